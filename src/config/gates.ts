/** The limits of SEMANTICS 8: built-in ones, changed by the file's top level, changed by the connection. */
import { parseDuration } from '#core/time';
import type { Deprovision } from '#rules/model';
import type { GateLimit } from './model.ts';
import { CHANGE_KINDS } from './shape/file.ts';

export interface WrittenGate {
  readonly percent?: number;
  readonly count?: number;
}
export type WrittenGates = Readonly<Record<string, WrittenGate>>;

const STRICT: GateLimit = { percent: 5, count: 500 };
const USUAL: GateLimit = { percent: 20, count: 5_000 };
const IS_STRICT: ReadonlySet<string> = new Set(['disable', 'delete', 'unlink']);

/** A limit for every kind of change, and for each attribute that the file names. `attribute` and `empty` go for all others. */
export function gateLimits(layers: readonly WrittenGates[]): ReadonlyMap<string, GateLimit> {
  const limits = new Map<string, GateLimit>(CHANGE_KINDS.map((kind) => [kind, IS_STRICT.has(kind) ? STRICT : USUAL]));
  for (const layer of layers) {
    for (const [key, written] of Object.entries(layer)) {
      const before = limits.get(key) ?? limits.get(key.slice(0, key.indexOf(':')))!;
      limits.set(key, { percent: written.percent ?? before.percent, count: written.count ?? before.count });
    }
  }
  return limits;
}

export interface WrittenDeprovision {
  readonly action: Deprovision['action'];
  readonly then?: Deprovision['then'];
  readonly after?: string;
}

export function deprovisionOf(written: WrittenDeprovision | undefined): Deprovision {
  return { action: written?.action ?? 'none', then: written?.then ?? 'none', afterMs: parseDuration(written?.after ?? '30d') };
}
