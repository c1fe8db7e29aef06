/** Faults as they are found, each once, with its place in the file. */
import type { Fault, Where } from '#core/errors';
import type { Path, Positions } from './document.ts';
import { redact } from './secrets/redact.ts';

export type Part = 'key' | 'value';
export type Report = (path: Path, part: Part, message: string, remedy?: string) => void;

export interface Collector {
  readonly faults: Fault[];
  readonly warnings: Fault[];
  /** A fault at a path that already has one, or lies inside of one, is its consequence and is not repeated. */
  readonly fault: Report;
  readonly warn: Report;
  /** Whether the path has a fault, or lies inside of one that has. */
  readonly isFaulty: (path: Path) => boolean;
}

export function collector(file: string, positions: Positions): Collector {
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const seen = new Set<string>();
  const isFaulty = (path: Path): boolean => path.some((_, index) => seen.has(JSON.stringify(path.slice(0, index + 1))));
  const make = (path: Path, part: Part, message: string, remedy: string | undefined): Fault => {
    const where: Where = { file, ...positions(path, part) };
    const said = path.length === 0 ? message : `${display(path)}: ${message}`;
    return { kind: 'configuration', message: redact(said), where, ...(remedy === undefined ? {} : { remedy: redact(remedy) }) };
  };
  return {
    faults,
    warnings,
    isFaulty,
    fault: (path, part, message, remedy) => {
      if (isFaulty(path)) return;
      if (path.length > 0) seen.add(JSON.stringify(path));
      faults.push(make(path, part, message, remedy));
    },
    warn: (path, part, message, remedy) => void warnings.push(make(path, part, message, remedy)),
  };
}

export function byPosition(a: Fault, b: Fault): number {
  return (a.where.line ?? 0) - (b.where.line ?? 0) || (a.where.column ?? 0) - (b.where.column ?? 0);
}

/** `connections.hr.attributes[2]`; long or odd names are quoted and cut. */
export function display(path: Path): string {
  let out = '';
  for (const part of path) {
    if (typeof part === 'number') out += `[${part}]`;
    else {
      const name = /^[\w:*-]{1,60}$/.test(part) ? part : JSON.stringify(part.length > 60 ? `${part.slice(0, 57)}…` : part);
      out += out === '' ? name : `.${name}`;
    }
  }
  return out;
}
