/**
 * References: from a key as a source writes it to the object it means, and back from an object to those that refer to it
 * (SEMANTICS 10). What cannot be resolved is debt: named, kept, and looked at again when its key appears.
 */
import { canonicalSet } from '#core/canonical';
import { type Scalar, scalars, type Value } from '#core/values';
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
  /** Object ids for what resolves, `?key` texts for what does not. */
  get(flow: ImportFlow, value: Value): Value;
}

interface Group {
  readonly reference: ReferenceBy;
  readonly keys: Set<string>;
  readonly found: Map<string, ObjectId>;
}

const PAGE = 5_000;

export function createResolver(context: EngineContext, generation: Generation): Resolver {
  const groups = new Map<string, Group>();
  const groupOf = (reference: ReferenceBy): Group => {
    const by = typeof reference.by === 'string' ? reference.by : `=${reference.by.attribute}`;
    const id = `${reference.connection}\u001f${by}\u001f${reference.kind}`;
    let group = groups.get(id);
    if (!group) {
      group = { reference, keys: new Set(), found: new Map() };
      groups.set(id, group);
    }
    return group;
  };
  const keyOf = (reference: ReferenceBy, scalar: Scalar): string => keyBy(context, reference)(scalar);
  return {
    want(flow, value) {
      const group = groupOf(flow.reference!);
      for (const scalar of scalars(value)) {
        const key = keyOf(flow.reference!, scalar);
        if (!group.found.has(key)) group.keys.add(key);
      }
    },
    async resolve() {
      for (const group of groups.values()) {
        if (group.keys.size === 0) continue;
        for (const [key, object] of await resolveKeys(context, generation, group.reference, [...group.keys]))
          group.found.set(key, object);
        group.keys.clear();
      }
    },
    get(flow, value) {
      const group = groupOf(flow.reference!);
      const out = scalars(value).map((scalar) => {
        const key = keyOf(flow.reference!, scalar);
        return group.found.get(key) ?? `?${key}`;
      });
      return out.length === 0 ? null : canonicalSet(out);
    },
  };
}

/** Keys in normal form → objects; what does not resolve is left out. */
export async function resolveKeys(
  context: EngineContext,
  generation: Generation,
  reference: ReferenceBy,
  keys: readonly string[],
): Promise<Map<string, ObjectId>> {
  const out = new Map<string, ObjectId>();
  if (typeof reference.by === 'string') {
    const by = reference.by === 'anchor' ? 'anchor' : 'nameKey';
    for (const found of await context.store.spaces.resolve(reference.connection, by, null, keys)) {
      const object = found.objectId ?? generation.assignments.get(found.stagedId)?.object;
      if (object !== undefined && (found.presence !== 'gone' || !out.has(found.key))) out.set(found.key, object);
    }
    return out;
  }
  const scope = joinScope(reference.kind, reference.by.attribute);
  const owners = new Map<string, Set<ObjectId>>();
  const note = (norm: string, owner: ObjectId): void => {
    const known = owners.get(norm);
    if (known) known.add(owner);
    else owners.set(norm, new Set([owner]));
  };
  for (const row of await context.store.sync.keys(keys.map((norm) => ({ scope, norm })))) note(row.norm, row.owner);
  for (const norm of keys) for (const fresh of generation.newKeys.get(keyText({ scope, norm })) ?? []) note(norm, fresh);
  // A key that names several is nobody's: it is owed until it names one.
  for (const [norm, found] of owners) if (found.size === 1) out.set(norm, [...found][0]!);
  return out;
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
    const object = row.objectId ?? generation.assignments.get(row.id)?.object;
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
