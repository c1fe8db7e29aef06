/** Connections that a push opened, for those that follow soon: to sign in to a system again for each would take longer than all it does. */
import type { Connection } from '#connectors/contract';
import { createOpened, type Opened } from './services.ts';

/** Then the systems have their connections back. */
const IDLE_MS = 2_000;

export interface KeptOpen {
  /** Nobody else uses them meanwhile. */
  take(): Opened;
  /** Those that worked. */
  give(opened: Opened): Promise<void>;
  /** Closes them; what is given from then on is closed. */
  close(): Promise<void>;
}

/** For a process that goes on. `failed` is told what a connection says when it is closed. */
export function keptOpen(failed: (error: unknown) => void): KeptOpen {
  let idle: Opened[] = [];
  let timer: NodeJS.Timeout | null = null;
  let over = false;
  const closeIdle = async (): Promise<void> => {
    timer = null;
    const all = idle;
    idle = [];
    await Promise.all(all.map((opened) => opened.close(true).catch(failed)));
  };
  return {
    take: () => idle.pop() ?? createOpened(stays),
    async give(opened) {
      if (over) return await opened.close(true);
      await opened.close(false);
      idle.push(opened);
      timer ??= setTimeout(() => void closeIdle(), IDLE_MS);
    },
    async close() {
      over = true;
      if (timer !== null) clearTimeout(timer);
      await closeIdle();
    },
  };
}

/** A file is opened for each run: others write to it meanwhile, and what is written as a whole is written by one at a time. */
function stays({ file, write }: Connection): boolean {
  return file === undefined && write?.commit === undefined;
}
