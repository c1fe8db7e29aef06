/** `log` of the file: what the service writes about what it does, and where. */
import path from 'node:path';
import type { Level, LogFormat } from '#core/levels';

export interface LogConfig {
  readonly level: Level;
  /** Null: by where it goes. */
  readonly format: LogFormat | null;
  /** Path; null: stderr. */
  readonly file: string | null;
}

export interface WrittenLog {
  readonly level?: Level;
  readonly format?: LogFormat;
  readonly file?: string;
}

/** `folder`: that of the file, from which paths go. */
export function logOf({ level, format, file }: WrittenLog, folder: string): LogConfig {
  return { level: level ?? 'info', format: format ?? null, file: file === undefined ? null : path.resolve(folder, file) };
}
