/**
 * References: from a key as a source writes it to the object it means, and back from an object to those that refer to it
 * (SEMANTICS 10). What cannot be resolved is debt: named, kept, and looked at again when its key appears.
 */
import { canonicalSet } from '#core/canonical';
import { scalars, type Value } from '#core/values';
import type { ImportFlow, ReferenceBy } from '#rules/model';
import type { ObjectId, StagedKey, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { keyBy } from '../import/plan.ts';
import { nameKeys } from '../import/staging.ts';
import { type Generation, joinScope, keyText } from './generation.ts';

export interface Resolver {
  /** Notes a flow's keys for the next `resolve`. */
  want(flow: ImportFlow, value: Value): void;
  resolve(): Promise<void>;
  /** Object ids for what resolves, `owedText` for what does not. */
  get(flow: ImportFlow, value: Value): Value;
}

/** Keys of any references, resolved together. */
export interface KeyResolver {
  want(reference: ReferenceBy, key: string): void;
  resolve(): Promise<void>;
  /** Whom the key names: nobody, one, or several. */
  get(reference: ReferenceBy, key: string): readonly ObjectId[];
}

type Asking = Pick<EngineContext, 'store' | 'kinds'>;

const PAGE = 5_000;
const NOBODY: readonly ObjectId[] = [];

export function createKeyResolver(context: Asking, generation: Generation): KeyResolver {
  const groups = new Map<string, { reference: ReferenceBy; keys: Set<string>; found: Map<string, readonly ObjectId[]> }>();
  const groupOf = (reference: ReferenceBy) => {
    const by = typeof reference.by === 'string' ? reference.by : `=${reference.by.attribute}`;
    const id = `${reference.connection}\u001f${by}\u001f${reference.kind}`;
    let group = groups.get(id);
    if (!group) {
      group = { reference, keys: new Set(), found: new Map() };
      groups.set(id, group);
    }
    return group;
  };
  return {
    want(reference, key) {
      const group = groupOf(reference);
      if (!group.found.has(key)) group.keys.add(key);
    },
    async resolve() {
      for (const group of groups.values()) {
        if (group.keys.size === 0) continue;
        for (const [key, objects] of await resolveKeys(context, generation, group.reference, [...group.keys]))
          group.found.set(key, objects);
        group.keys.clear();
      }
    },
    get: (reference, key) => groupOf(reference).found.get(key) ?? NOBODY,
  };
}

export function createResolver(context: Asking, generation: Generation): Resolver {
  const keys = createKeyResolver(context, generation);
  return {
    want({ reference }, value) {
      const keyOf = keyBy(context, reference!);
      for (const scalar of scalars(value)) keys.want(reference!, keyOf(scalar));
    },
    resolve: keys.resolve,
    get({ reference }, value) {
      const keyOf = keyBy(context, reference!);
      const out = scalars(value).map((scalar) => {
        const key = keyOf(scalar);
        const found = keys.get(reference!, key);
        return theOne(found) ?? owedText(key, found);
      });
      return out.length === 0 ? null : canonicalSet(out);
    },
  };
}

/** A key that names several is nobody's: it is owed until it names one. */
export function theOne(found: readonly ObjectId[] | undefined): ObjectId | undefined {
  return found?.length === 1 ? found[0] : undefined;
}

/** A reference that does not resolve, among those that do: its key, and whom it may mean. */
export function owedText(key: string, candidates: readonly ObjectId[]): string {
  return `?${candidates.join(',')}?${key}`;
}

export function owedOf(text: string): { readonly key: string; readonly candidates: readonly ObjectId[] } {
  const at = text.indexOf('?', 1);
  const ids = text.slice(1, at);
  return { key: text.slice(at + 1), candidates: ids === '' ? [] : ids.split(',').map(Number) };
}

/** Keys in normal form → the objects they name; one that names nobody is left out. */
export async function resolveKeys(
  context: Asking,
  generation: Generation,
  reference: ReferenceBy,
  keys: readonly string[],
): Promise<Map<string, readonly ObjectId[]>> {
  const owners = new Map<string, ObjectId[]>();
  const note = (key: string, owner: ObjectId): void => {
    const known = owners.get(key);
    if (!known) owners.set(key, [owner]);
    else if (!known.includes(owner)) known.push(owner);
  };
  if (reference.by === 'id') {
    const ids = keys.map(Number).filter((id) => Number.isSafeInteger(id) && id > 0);
    for (const { id, kind } of await context.store.sync.objects(ids)) if (kind === reference.kind) note(String(id), id);
    return owners;
  }
  if (typeof reference.by === 'string') {
    const by = reference.by === 'anchor' ? 'anchor' : 'nameKey';
    const found = (await context.store.spaces.resolve(reference.connection, by, null, keys)).flatMap((row) => {
      const object = row.objectId ?? generation.links.objectOf(row.stagedId);
      return object === undefined ? [] : [{ key: row.key, object, gone: row.presence === 'gone' }];
    });
    for (const { key, object, gone } of found) if (!gone) note(key, object);
    // Who is gone is meant where nobody who is there is.
    const there = new Set(owners.keys());
    for (const { key, object } of found) if (!there.has(key)) note(key, object);
    return ofTheKind(context, reference, owners);
  }
  const scope = joinScope(reference.kind, reference.by.attribute);
  for (const row of await context.store.sync.keys(keys.map((norm) => ({ scope, norm })))) note(row.norm, row.owner);
  for (const norm of keys) for (const fresh of generation.newKeys.of(keyText({ scope, norm }))) note(norm, fresh);
  return owners;
}

/** Objects of several kinds may have one anchor: the kind that is referred to decides, where it can. */
async function ofTheKind(
  context: Asking,
  reference: ReferenceBy,
  owners: Map<string, ObjectId[]>,
): Promise<Map<string, readonly ObjectId[]>> {
  const several = [...owners.values()].filter((ids) => ids.length > 1).flat();
  if (several.length === 0) return owners;
  const kinds = new Map((await context.store.sync.objects(several)).map((row) => [row.id, row.kind]));
  for (const [key, ids] of owners) {
    const meant = ids.filter((id) => kinds.get(id) === reference.kind);
    if (ids.length > 1 && meant.length > 0) owners.set(key, meant);
  }
  return owners;
}

/** Objects whose references mean one of these staged objects, or an object that publishes one of these join keys. */
export async function referrersOf(
  context: EngineContext,
  generation: Generation,
  rows: readonly StagedRow[],
  published: readonly StagedKey[] = [],
): Promise<ReadonlySet<ObjectId>> {
  const byConnection = new Map<string, Set<string>>();
  const want = (connection: string, key: string | null): void => {
    if (key === null) return;
    const keys = byConnection.get(connection);
    if (keys) keys.add(key);
    else byConnection.set(connection, new Set([key]));
  };
  for (const row of rows) {
    if (!hasReferences(context, row.connection)) continue;
    want(row.connection, row.anchor);
    want(row.connection, nameKeys(row.name).nameKey);
  }
  if (published.length > 0)
    for (const [connection, scope] of keyedReferences(context))
      for (const key of published) if (key.scope === scope) want(connection, key.norm);
  const staged = new Set<number>();
  for (const [connection, keys] of byConnection)
    for (let after = 0; ; ) {
      const page = await context.store.spaces.edgesTo(connection, [...keys], { after, limit: PAGE });
      for (const edge of page) staged.add(edge.stagedId);
      if (page.length < PAGE) break;
      after = page[page.length - 1]!.stagedId;
    }
  const out = new Set<ObjectId>();
  if (staged.size === 0) return out;
  for (const row of await context.store.spaces.byIds([...staged])) {
    const object = row.objectId ?? generation.links.objectOf(row.id);
    if (object !== undefined) out.add(object);
  }
  return out;
}

/** Connections whose references name a metaverse attribute, with the scope of its keys. */
function keyedReferences(context: EngineContext): [connection: string, scope: string][] {
  const out = new Map<string, [string, string]>();
  for (const connection of context.connections)
    for (const rule of connection.imports.values())
      for (const { reference } of rule.edges) {
        if (typeof reference.by === 'string') continue;
        const scope = joinScope(reference.kind, reference.by.attribute);
        out.set(`${connection.name} ${scope}`, [connection.name, scope]);
      }
  return [...out.values()];
}

/** Whether any rule reads references in this connection's terms. */
export function hasReferences(context: EngineContext, connection: string): boolean {
  return context.connections.some((c) =>
    [...c.imports.values()].some((rule) => rule.edges.some((edge) => edge.reference.connection === connection)),
  );
}
