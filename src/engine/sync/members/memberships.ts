/** Memberships of an object whose account appeared or was renamed: each is looked at again. */
import type { StagedKey, StagedRow } from '#store/contract';
import type { EngineContext } from '../../context.ts';
import { nameKeys } from '../../import/staging.ts';
import { type Generation, joinScope } from '../generation.ts';
import { PAGE } from './edges.ts';

/** `published`: the join keys of the objects, for sources that name members by one of them. */
export async function membershipsOf(
  context: EngineContext,
  generation: Generation,
  rows: readonly StagedRow[],
  published: readonly StagedKey[],
): Promise<{ staged: number; attribute: string; key: string }[]> {
  const out: { staged: number; attribute: string; key: string }[] = [];
  for (const connection of context.connections) {
    const edges = [...connection.imports.values()].flatMap((rule) => rule.edges.filter((edge) => edge.multi));
    const attributes = new Set(edges.map((edge) => edge.attribute));
    if (attributes.size === 0) continue;
    const scopes = new Set(
      edges.map(({ reference: { by, kind } }) => (typeof by === 'string' ? '' : joinScope(kind, by.attribute))),
    );
    const named = new Set(edges.map(({ reference }) => reference.connection));
    const keys = [
      ...rows.filter((row) => named.has(row.connection)).flatMap(keysOf),
      ...published.filter((key) => scopes.has(key.scope)).map((key) => key.norm),
    ];
    if (keys.length === 0) continue;
    // Pages end between staged objects; a short one is the last.
    for (let after = 0; ; ) {
      const page = await context.store.spaces.edgesTo(connection.name, keys, { after, limit: PAGE });
      for (const edge of page)
        if (attributes.has(edge.attribute)) out.push({ staged: edge.stagedId, attribute: edge.attribute, key: edge.key });
      if (page.length < PAGE) break;
      after = page[page.length - 1]!.stagedId;
    }
  }
  if (out.length === 0) return out;
  const groups = new Map(
    (await context.store.spaces.byIds([...new Set(out.map((m) => m.staged))])).map((row) => [row.id, row.objectId]),
  );
  // A group compared in this generation sees the new account anyway.
  return out.filter((member) => {
    const object = groups.get(member.staged) ?? generation.links.objectOf(member.staged);
    return object !== undefined && object !== null && !generation.ordered.has(object);
  });
}

/** The keys a staged object is referred to by in its own system. */
export function keysOf(row: StagedRow): string[] {
  const { nameKey } = nameKeys(row.name);
  return [...(row.anchor === null ? [] : [row.anchor]), ...(nameKey === null ? [] : [nameKey])];
}
