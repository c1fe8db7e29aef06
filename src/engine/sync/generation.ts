/** What one generation decides in memory before it is committed: links, new objects, what is parked or waits. */
import type { Kind } from '#core/values';
import type { ObjectId, StagedId, StagedKey } from '#store/contract';
import type { ParkedKind } from '../safety/parked.ts';
import type { Foresight } from './foresight.ts';
import { IdSet } from './ids.ts';
import { KeyOwners } from './key-owners.ts';
import { Links } from './links.ts';

/** Batches that the store writes while one is worked out: none waits because another one took longer. */
export const ON_THEIR_WAY = 2;

export interface ParkedItem {
  readonly kind: ParkedKind;
  readonly connection: string | null;
  readonly detail: string;
}

export interface Generation {
  readonly number: number;
  /** Between two batches: others may go first (turns.ts). */
  readonly pause: () => Promise<void>;
  /** In the middle of a batch: whoever asked something meanwhile is heard, where somebody may have. */
  readonly heard: () => Promise<void>;
  /** Somebody else had a turn since it began (disturbed.ts): the keys they published, whom they worked out, and what does not hold any more. */
  disturbed: boolean;
  readonly foreign: Set<string>;
  readonly elsewhere: IdSet;
  readonly stale: StagedId[];
  readonly withdrawn: StagedKey[];
  /** Of the staged objects that stay unlinked, as they were looked at. */
  readonly revisions: Map<StagedId, number>;
  /** The store had no object when it began. */
  readonly first: boolean;
  /** Whether any decision by a person stands: most stores have none, and need not be asked. */
  readonly decided: boolean;
  /** By connection: objects that get an account there once a link that the gate `unlink` holds is approved. */
  readonly promised: ReadonlyMap<string, ReadonlySet<ObjectId>>;
  /** Links made in this generation, not all committed yet. */
  readonly links: Links;
  /** Objects are worked out without them: as if nothing was linked yet (foresight.ts). */
  readonly apart: boolean;
  readonly created: Created;
  /** Those of them made though somebody has their join keys: a person parted them. */
  readonly parted: Set<ObjectId>;
  /** Objects to evaluate, in the order (connection rank, anchor) in which competitors are decided. */
  readonly order: ObjectId[];
  readonly ordered: IdSet;
  /** Those of them that are worked out in it: not all are where only some were asked for. */
  readonly workedOut: IdSet;
  /** Those of them that were committed already. */
  readonly done: IdSet;
  /** What rules read of objects agreed on before their turn. */
  readonly ahead: Map<ObjectId, { readonly [name: string]: unknown }>;
  /** What was read so before somebody else had a turn: it may come out otherwise. */
  readonly foretold: Map<ObjectId, { readonly [name: string]: unknown }>;
  /** Join keys published by objects made in this generation: `scope␟norm` → owners. */
  readonly newKeys: KeyOwners;
  /** Those of them with several owners, and join keys that known objects got: whoever else has one looks again (doubtful.ts). */
  readonly shared: Set<string>;
  readonly gained: Map<string, ObjectId[]>;
  /** Join keys as they will be, where that matters to the links of this generation (foresight.ts). */
  foresight: Foresight | null;
  /** How many staged objects of each connection the link pass looked at. */
  readonly looked: Map<string, number>;
  readonly waiting: Map<StagedId, readonly StagedKey[]>;
  /** The same by key, once the link pass is over. */
  readonly waitingFor: Map<string, StagedId[]>;
  readonly parked: Map<StagedId, readonly ParkedItem[]>;
  /** Objects evaluated while one that they refer to had no account in a target yet, by the one referred to. */
  readonly awaited: Map<ObjectId, ObjectId[]>;
  /** Objects one of whose accounts a read found gone. */
  readonly lost: Set<ObjectId>;
  /** Objects whose account appeared, was renamed or is gone. */
  readonly moved: IdSet;
  /** Names and anchors of accounts to be created by the batch at hand, and by those on their way to the store, newest first. */
  names: Map<string, ObjectId>[];
  /** Groups whose membership is to be compared in full, and single memberships to look at. */
  readonly groups: Set<ObjectId>;
  readonly members: { readonly staged: StagedId; readonly attribute: string; readonly key: string }[];
}

/** Objects that are made, with their kind. */
export class Created {
  readonly #kinds = new Map<Kind, IdSet>();
  #size = 0;

  get size(): number {
    return this.#size;
  }
  has(object: ObjectId): boolean {
    return this.get(object) !== undefined;
  }
  get(object: ObjectId): Kind | undefined {
    for (const [kind, ids] of this.#kinds) if (ids.has(object)) return kind;
    return undefined;
  }
  set(object: ObjectId, kind: Kind): void {
    const ids = this.#kinds.get(kind) ?? new IdSet();
    this.#kinds.set(kind, ids);
    if (ids.add(object)) this.#size++;
  }
  delete(object: ObjectId): boolean {
    for (const ids of this.#kinds.values())
      if (ids.delete(object)) {
        this.#size--;
        return true;
      }
    return false;
  }
  clear(): void {
    this.#kinds.clear();
    this.#size = 0;
  }
}

type Surroundings = Pick<Generation, 'first' | 'pause' | 'heard' | 'promised'>;
const ALONE: Surroundings = { first: false, pause: async () => undefined, heard: async () => undefined, promised: new Map() };

export function newGeneration(
  number: number,
  decided: boolean,
  { first, pause, heard, promised }: Surroundings = ALONE,
): Generation {
  return {
    number,
    first,
    pause,
    heard,
    promised,
    disturbed: false,
    foreign: new Set(),
    elsewhere: new IdSet(),
    stale: [],
    withdrawn: [],
    revisions: new Map(),
    decided,
    links: new Links(),
    apart: false,
    created: new Created(),
    parted: new Set(),
    order: [],
    ordered: new IdSet(),
    workedOut: new IdSet(),
    done: new IdSet(),
    ahead: new Map(),
    foretold: new Map(),
    newKeys: new KeyOwners(),
    shared: new Set(),
    gained: new Map(),
    foresight: null,
    looked: new Map(),
    waiting: new Map(),
    waitingFor: new Map(),
    parked: new Map(),
    awaited: new Map(),
    lost: new Set(),
    moved: new IdSet(),
    names: [],
    groups: new Set(),
    members: [],
  };
}

/** The link pass is done again: nothing is linked, made or settled; `order`: who was to be evaluated before it. */
export function forgetLinks(generation: Generation, order: readonly ObjectId[]): void {
  const { links, created, parted, newKeys, shared, waiting, parked, revisions, ordered } = generation;
  for (const one of [links, created, parted, newKeys, shared, waiting, parked, revisions, ordered]) one.clear();
  generation.order.length = 0;
  for (const id of order) look(generation, id);
}

export function look(generation: Generation, object: ObjectId): void {
  if (generation.ordered.add(object)) generation.order.push(object);
}

/** A new object that is not made after all: nobody finds it any more. Answers the staged objects and keys it had. */
export function withdraw(generation: Generation, object: ObjectId): { staged: StagedId[]; keys: StagedKey[] } {
  const staged = generation.links.of(object);
  if (!generation.created.delete(object)) return { staged: [], keys: [] };
  for (const id of staged) generation.links.delete(id);
  return { staged, keys: generation.newKeys.remove(object).map(keyOf) };
}

export function joinScope(kind: Kind, attribute: string): string {
  return `join:${kind}.${attribute}`;
}

/** Of keys that nobody may have besides: whoever was made because they named nobody (SEMANTICS 16). */
export function strongScope(scope: string): string {
  return scope.replace(/^join:/, 'join!:');
}

export function uniqueScope(kind: Kind, attribute: string): string {
  return `unique:${kind}.${attribute}`;
}

/** Values that a target has given to others: nobody's, and not their owner's again. */
export function reservedScope(kind: Kind, attribute: string): string {
  return `reserved:${kind}.${attribute}`;
}

export function keyText(key: StagedKey): string {
  return `${key.scope}\u001f${key.norm}`;
}

export function keyOf(text: string): StagedKey {
  const at = text.indexOf('\u001f');
  return { scope: text.slice(0, at), norm: text.slice(at + 1) };
}
