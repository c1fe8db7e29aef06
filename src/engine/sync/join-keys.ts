/** The keys by which a staged object is looked for, and by which what is made of it is found (SEMANTICS 2). */
import { parseImage } from '#core/canonical';
import { normalForm } from '#core/matching';
import { scalars } from '#core/values';
import type { Clock, ImportRule, KindRules, RowScope } from '#rules/model';
import type { ObjectId, StagedKey, StagedRow } from '#store/contract';
import { clockOf, type EngineConnection, type EngineContext } from '../context.ts';
import type { OutageTimes } from '../import/health.ts';
import { ruleFor, scopeOf } from './contributions.ts';
import { joinScope } from './generation.ts';
import { outagesOf } from './outages.ts';
import { publishedKeys } from './published-keys.ts';

/** The keys by which a staged object is looked for, one list per join attribute. A failing flow gives none: it is reported when evaluated. */
export function joinKeysOf(
  context: Pick<EngineContext, 'kinds'>,
  rule: ImportRule,
  scope: RowScope,
  clock: Clock,
): (readonly StagedKey[])[] {
  const rules: KindRules = context.kinds.get(rule.kind)!;
  return rule.join.map((attribute) => {
    const flow = rule.flows.find((f) => f.attribute === attribute);
    const type = rules.attributes.get(attribute);
    if (!flow || !type) return [];
    try {
      const value = flow.evaluate(scope, clock);
      return scalars(value ?? null)
        .map((scalar) => normalForm(scalar, type.matching))
        .filter((norm) => norm !== '')
        .map((norm) => ({ scope: joinScope(rule.kind, attribute), norm }));
    } catch {
      return [];
    }
  });
}

/** The keys a new object will be found by: of all that it is made from, not only what its own rule joins on. */
export function publishedBy(
  context: EngineContext,
  rule: ImportRule,
  row: StagedRow,
  outages: OutageTimes,
  clock: Clock,
): readonly StagedKey[] {
  const join = context.kinds.get(rule.kind)!.joinKeys;
  return flat(joinKeysOf(context, { ...rule, join }, scopeOf(row, outages), clock));
}

/** The keys these objects are found by, as they are stored. */
export async function keysOfObjects(context: EngineContext, ids: readonly ObjectId[]): Promise<StagedKey[]> {
  if (ids.length === 0) return [];
  return (await context.store.sync.objects(ids)).flatMap(({ kind, attributes }) => {
    const rules = context.kinds.get(kind);
    return rules ? publishedKeys(rules, parseImage(attributes)).filter(({ scope }) => scope.startsWith('join:')) : [];
  });
}

/** The keys an unlinked staged object is looked for by. */
export function waitedFor(context: EngineContext, connection: EngineConnection, row: StagedRow): readonly StagedKey[] {
  const clock = clockOf(context);
  const scope = scopeOf(row, outagesOf(context, connection.name));
  const rule = ruleFor(connection, row, scope, clock);
  return rule ? flat(joinKeysOf(context, rule, scope, clock)) : [];
}

export function flat(keys: readonly (readonly StagedKey[])[]): readonly StagedKey[] {
  return keys.length === 1 ? keys[0]! : keys.flat();
}
