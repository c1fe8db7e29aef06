/** Who wants a unique value that an account of nobody shows in a target: their own account may not be made there (SEMANTICS 4, 7). */
import { parseImage } from '#core/canonical';
import { normalForm } from '#core/matching';
import { scalars } from '#core/values';
import type { ObjectId, StagedKey, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { uniqueScope } from './generation.ts';
import { listsOf } from './kinds.ts';

export async function wantingThese(
  context: EngineContext,
  connection: string,
  rows: readonly StagedRow[],
): Promise<readonly ObjectId[]> {
  const places = [...context.kinds.values()].flatMap((rules) =>
    listsOf(rules).uniques.flatMap((type) =>
      type
        .unique!.uniqueIn.filter((place) => place.connection === connection)
        .map(({ attribute }) => ({ attribute, type, scope: uniqueScope(rules.kind, type.name) })),
    ),
  );
  if (places.length === 0 || rows.length === 0) return [];
  const keys: StagedKey[] = [];
  for (const row of rows) {
    const image = row.seen === null ? {} : parseImage(row.seen);
    for (const { attribute, type, scope } of places)
      for (const value of scalars(image[attribute] ?? null)) keys.push({ scope, norm: normalForm(value, type.matching) });
  }
  return keys.length === 0 ? [] : (await context.store.sync.keys(keys)).map((key) => key.owner);
}
