/**
 * The system itself: objects, a change feed, counters. Tests get at it by `memorySystem(name)` to edit what a stranger would
 * edit and to count what is really there; connections get at it by the same name.
 */
import type { Change, RawValue, ReadObject } from '#connectors/contract';
import { type Bell, createBell } from '#core/bell';
import { RollcallError } from '#core/errors';
import type { Kind } from '#core/values';
import { newRow, type Row } from '../files/row.ts';
import type { Journal } from './journal.ts';
import { shown } from './secrets.ts';

export interface Stored {
  readonly kind: Kind;
  readonly anchor: string;
  readonly name: string | undefined;
  readonly attributes: Row;
  readonly changedAt: string | undefined;
}

interface Slot {
  /** Null = deleted, and not yet invisible. */
  readonly now: Stored | null;
  /** What is seen before read number `shownFrom`. */
  readonly before: Stored | null;
  readonly shownFrom: number;
}

/** What a journal keeps: everything that ever changed, in order. */
export type Deed =
  | {
      readonly put: Omit<Stored, 'attributes'> & { readonly attributes: readonly (readonly [string, RawValue])[] };
      readonly attempt?: string;
    }
  | { readonly gone: readonly [kind: Kind, anchor: string] }
  | { readonly fired: number }
  /** Several as one: all of them or none. */
  | { readonly all: readonly Deed[] };

interface Entry {
  readonly change: Change | ReadObject;
  readonly shownFrom: number;
}

export interface Counts {
  reads: number;
  lookups: number;
  created: number;
  updated: number;
  deleted: number;
}

export class MemorySystem {
  readonly name: string;
  readonly counts: Counts = { reads: 0, lookups: 0, created: 0, updated: 0, deleted: 0 };
  /** Its clock, ms. */
  time: () => number = Date.now;
  /** Rises when old cursors become worthless. */
  epoch = 1;
  /** Attempt → anchor, for idempotency keys. */
  readonly attempts: Map<string, string> = new Map();
  /** How often each fault rule fitted, by its place in the script. */
  readonly fitted: Map<number, number>;
  readonly snapshots: Map<string, readonly ReadObject[]> = new Map();
  #slots = new Map<string, Slot>();
  #feed: Entry[] = [];
  #nextAnchor = 1;
  #journal: Journal | undefined;
  readonly #bells = new Set<Bell>();

  constructor(name: string, fitted: Map<number, number> = new Map()) {
    this.name = name;
    this.fitted = fitted;
  }

  /** Replays what a journal holds, then writes to it. */
  attach(open: () => Journal): void {
    if (this.#journal !== undefined) return;
    const journal = open();
    for (const deed of journal.read()) this.#replay(deed);
    this.#journal = journal;
  }

  /** Does what a copy of this system recorded, as one deed. */
  perform(deeds: readonly Deed[]): void {
    const all: Deed = { all: deeds };
    this.#note(all);
    this.#replay(all);
  }

  /** A system with the same objects that records what is done to it, sharing the count of faults. */
  trial(): { readonly system: MemorySystem; readonly deeds: Deed[] } {
    const system = new MemorySystem(this.name, this.fitted);
    for (const stored of this.objects()) system.#store(stored, 0, readObject(stored));
    for (const [attempt, anchor] of this.attempts) system.attempts.set(attempt, anchor);
    const deeds: Deed[] = [];
    const nothing = (): void => undefined;
    system.#journal = { read: () => [], add: (deed) => void deeds.push(deed), sync: nothing, close: nothing };
    return { system, deeds };
  }

  /** Everything written is durable when it returns. */
  sync(): void {
    this.#journal?.sync();
  }

  detach(): void {
    this.#journal?.close();
    this.#journal = undefined;
  }

  get isEmpty(): boolean {
    return this.#slots.size === 0;
  }

  /** What is really there, visible or not, in the order of creation. */
  objects(kind?: Kind): Stored[] {
    const found: Stored[] = [];
    for (const { now } of this.#slots.values()) if (now !== null && (kind === undefined || now.kind === kind)) found.push(now);
    return found;
  }

  get(kind: Kind, anchor: string): Stored | null {
    return this.#slots.get(slotKey(kind, anchor))?.now ?? null;
  }

  /** As a reader sees it now. */
  *visible(): Generator<Stored> {
    for (const slot of this.#slots.values()) {
      const seen = this.#seen(slot);
      if (seen !== null) yield seen;
    }
  }

  see(kind: Kind, anchor: string): Stored | null {
    const slot = this.#slots.get(slotKey(kind, anchor));
    return slot === undefined ? null : this.#seen(slot);
  }

  /** Makes or replaces an object. `late`: visible from the so-manieth read or lookup on. */
  put(
    kind: Kind,
    anchor: string,
    attributes: { readonly [name: string]: RawValue },
    more: { name?: string; changedAt?: string; late?: number; attempt?: string } = {},
  ): void {
    const before = this.get(kind, anchor);
    const stored: Stored = {
      kind,
      anchor,
      name: more.name ?? before?.name,
      attributes: copied(attributes),
      changedAt: more.changedAt,
    };
    this.#note({
      put: { ...stored, attributes: Object.entries(stored.attributes) },
      ...(more.attempt === undefined ? {} : { attempt: more.attempt }),
    });
    if (more.attempt !== undefined) this.attempts.set(more.attempt, anchor);
    this.#store(stored, more.late ?? 0, before === null ? readObject(stored) : changeOf(before, stored));
  }

  /** Changes some attributes of an object that is there; null empties one, undefined takes it away. */
  edit(
    kind: Kind,
    anchor: string,
    set: { readonly [name: string]: RawValue | undefined },
    more: { name?: string; changedAt?: string } = {},
  ): void {
    const attributes = copied(this.get(kind, anchor)!.attributes);
    for (const [name, value] of Object.entries(set)) {
      if (value === undefined) delete attributes[name];
      else attributes[name] = value;
    }
    this.put(kind, anchor, attributes, more);
  }

  remove(kind: Kind, anchor: string, late = 0): void {
    this.#note({ gone: [kind, anchor] });
    this.#drop(kind, anchor, late);
  }

  newAnchor(): string {
    return `m${this.#nextAnchor++}`;
  }

  /** Answers how often the rule fitted before. */
  fit(rule: number): number {
    const before = this.fitted.get(rule) ?? 0;
    this.fitted.set(rule, before + 1);
    this.#note({ fired: rule });
    return before;
  }

  /** The feed forgets what it holds: cursors given so far are refused. */
  expireCursors(): void {
    this.epoch++;
    this.#feed = [];
  }

  get feedEnd(): number {
    return this.#feed.length;
  }

  /** Rings when something changes. */
  async *listen(signal: AbortSignal): AsyncGenerator<void> {
    const bell = createBell();
    this.#bells.add(bell);
    bell.ring();
    try {
      yield* bell.heard(signal);
    } finally {
      this.#bells.delete(bell);
    }
  }

  /** How many listen to it. */
  get listeners(): number {
    return this.#bells.size;
  }

  /** Whoever listens hears nothing any more, and is told so. */
  hangUp(): void {
    for (const bell of this.#bells) bell.fail(new RollcallError('unavailable', `${this.name} hung up`));
  }

  /** Entries from a place on, up to the first one that is not visible yet. */
  feed(from: number): (Change | ReadObject)[] {
    const entries = this.#feed.slice(from);
    const hidden = entries.findIndex((entry) => entry.shownFrom > this.#looks);
    return (hidden === -1 ? entries : entries.slice(0, hidden)).map((entry) => entry.change);
  }

  get #looks(): number {
    return this.counts.reads + this.counts.lookups;
  }

  #seen(slot: Slot): Stored | null {
    return this.#looks >= slot.shownFrom ? slot.now : slot.before;
  }

  #store(stored: Stored, late: number, change: Change | ReadObject): void {
    const key = slotKey(stored.kind, stored.anchor);
    const slot = this.#slots.get(key);
    const shownFrom = late === 0 ? 0 : this.#looks + late;
    this.#slots.set(key, { now: stored, before: slot === undefined ? null : this.#seen(slot), shownFrom });
    this.#tell({ change, shownFrom });
    const assigned = /^m(\d{1,15})$/.exec(stored.anchor);
    if (assigned !== null) this.#nextAnchor = Math.max(this.#nextAnchor, Number(assigned[1]) + 1);
  }

  #drop(kind: Kind, anchor: string, late: number): void {
    const key = slotKey(kind, anchor);
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    const shownFrom = late === 0 ? 0 : this.#looks + late;
    if (late === 0) this.#slots.delete(key);
    else this.#slots.set(key, { now: null, before: this.#seen(slot), shownFrom });
    this.#tell({ change: { op: 'delete', kind, anchor }, shownFrom });
  }

  #tell(entry: Entry): void {
    this.#feed.push(entry);
    for (const bell of this.#bells) bell.ring();
  }

  #note(deed: Deed): void {
    this.#journal?.add(deed);
  }

  #replay(deed: Deed): void {
    if ('all' in deed) for (const each of deed.all) this.#replay(each);
    else if ('fired' in deed) this.fitted.set(deed.fired, (this.fitted.get(deed.fired) ?? 0) + 1);
    else if ('gone' in deed) this.#drop(...deed.gone, 0);
    else {
      const { attributes, ...rest } = deed.put;
      const row = newRow();
      for (const [name, value] of attributes) row[name] = value;
      // JSON leaves out what is undefined.
      const stored: Stored = { ...rest, name: rest.name, changedAt: rest.changedAt, attributes: row };
      const before = this.get(stored.kind, stored.anchor);
      if (deed.attempt !== undefined) this.attempts.set(deed.attempt, stored.anchor);
      this.#store(stored, 0, before === null ? readObject(stored) : changeOf(before, stored));
    }
  }
}

const systems = new Map<string, MemorySystem>();

/** The system of this name in this process; made when asked for first. */
export function memorySystem(name: string): MemorySystem {
  let system = systems.get(name);
  if (system === undefined) {
    system = new MemorySystem(name);
    systems.set(name, system);
  }
  return system;
}

/** Takes a system out of the process, as its end would; a journal stays. */
export function forgetMemorySystem(name: string): void {
  systems.get(name)?.detach();
  systems.delete(name);
}

export function readObject({ kind, anchor, name, attributes, changedAt }: Stored): ReadObject {
  return {
    kind,
    anchor,
    attributes: shown(attributes),
    ...(name === undefined ? {} : { name }),
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}

/** What changed, as the feed tells it: the whole object where an attribute is gone, for a patch could only call it empty. */
function changeOf(before: Stored, after: Stored): Change | ReadObject {
  if (Object.keys(before.attributes).some((name) => after.attributes[name] === undefined)) return readObject(after);
  const set = newRow();
  for (const [name, value] of Object.entries(shown(after.attributes))) {
    if (JSON.stringify(value) !== JSON.stringify(before.attributes[name])) set[name] = value;
  }
  const { kind, anchor, name, changedAt } = after;
  return {
    op: 'patch',
    kind,
    anchor,
    set,
    ...(name === before.name || name === undefined ? {} : { name }),
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}

function copied(attributes: { readonly [name: string]: RawValue }): Row {
  const row = newRow();
  for (const name of Object.keys(attributes)) row[name] = attributes[name]!;
  return row;
}

function slotKey(kind: Kind, anchor: string): string {
  return `${kind}\0${anchor}`;
}
