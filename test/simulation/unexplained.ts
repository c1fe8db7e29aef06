/** What explain cannot explain, of everybody in a house. */
import type { Configuration } from '#config/model';
import { explain } from '#people/explain';
import { DIFFERENCES } from '#people/reasons';
import type { ObjectRow } from '#store/contract';
import type { EngineHouse } from './engine-house.ts';

const NAMED: ReadonlySet<string> = new Set(DIFFERENCES.filter((reason) => reason !== 'unexplained'));

export async function everybody(house: EngineHouse): Promise<ObjectRow[]> {
  const all: ObjectRow[] = [];
  for (let after = 0; ; after = all.at(-1)!.id) {
    const page = await house.store.sync.scanObjects({ after, limit: 100 });
    if (page.length === 0) return all;
    all.push(...page);
  }
}

/** Differences without a reason, and reasons without a difference. */
export async function unexplained(house: EngineHouse, config: Configuration = house.config): Promise<unknown[]> {
  const wrong: unknown[] = [];
  for (const object of await everybody(house)) {
    const { attributes } = await explain(object, null, { store: house.store, config, wall: () => house.now });
    const named = new Set(attributes.map((one) => one.attribute));
    for (const attribute of Object.keys(JSON.parse(object.attributes)))
      if (!named.has(attribute)) wrong.push({ object: object.id, attribute, missing: true });
    for (const { attribute, stored, recomputed, difference, contributions } of attributes) {
      const same = JSON.stringify(stored ?? null) === JSON.stringify(recomputed ?? null);
      if (same ? difference !== null : !NAMED.has(difference?.reason ?? 'none'))
        wrong.push({
          object: object.id,
          kind: object.kind,
          state: object.state,
          attribute,
          stored,
          recomputed,
          difference,
          contributions,
        });
    }
  }
  return wrong;
}
