/** What export rules say about one object. A rule that fails is parked and told; its attribute is left alone in the target. */

import { canonicalJson } from '#core/canonical';
import { type Fault, toFault } from '#core/errors';
import { accountName } from '#core/label';
import { scalars, type Value } from '#core/values';
import type { ExportFlow, ExportRule, ObjectScope } from '#rules/model';
import type { EngineConnection, EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';

/** What the target has is left alone: nobody knows what it should be. */
export const FAILED: unique symbol = Symbol('failed');

export function evaluate(
  context: EngineContext,
  one: Evaluated,
  connection: EngineConnection,
  flow: ExportFlow,
  scope: ObjectScope,
): Value | undefined | typeof FAILED {
  try {
    return flow.evaluate(scope, one.clock);
  } catch (error) {
    park(context, one, connection, toFault(error), flow.attribute);
    return FAILED;
  }
}

export function text(
  context: EngineContext,
  one: Evaluated,
  connection: EngineConnection,
  rule: ExportRule['name'],
  scope: ObjectScope,
  what: string,
): string | null {
  if (!rule) return null;
  try {
    const value = rule(scope, one.clock);
    return value === undefined || value === null || value === '' ? null : String(value);
  } catch (error) {
    park(context, one, connection, toFault(error), what);
    return null;
  }
}

/** A new account without what it is known by there: the rule, and what it is made of that is empty. */
export function unnamed(
  rule: Pick<ExportRule, 'namedBy'>,
  { object }: ObjectScope,
  what: 'anchor' | 'name',
): Pick<Fault, 'message' | 'remedy'> {
  const empty = rule.namedBy.filter((read) => scalars((object[read.split('.')[0]!] ?? null) as Value).length === 0);
  const because = empty.length === 0 ? '' : `, because ${empty.join(' and ')} ${empty.length === 1 ? 'is' : 'are'} empty`;
  return {
    message: `the new account would have no ${what}: the rule for it gives nothing${because}`,
    remedy: `mend what the ${what} is made of in the source, or let the rule allow for it`,
  };
}

export function park(
  context: EngineContext,
  one: Evaluated,
  connection: EngineConnection,
  { message, remedy }: Pick<Fault, 'message' | 'remedy'>,
  attribute: string,
): void {
  // branch: parks invalidValue: an export rule fails, or a value the target does not take
  one.parked.push({ kind: 'invalidValue', connection: connection.name, detail: canonicalJson({ attribute, message }) });
  // Its account there says most to who looks after the target; what another system calls it is said with that system, and an
  // object without any row has only its number.
  const row = one.rows.find((r) => r.connection === connection.name && r.anchor !== null);
  const other = row ? undefined : one.rows.find((r) => r.anchor !== null);
  const object = row ? accountName(row)! : other ? `${other.connection}:${accountName(other)}` : `#${one.id}`;
  const where = { connection: connection.name, attribute, object };
  context.fault(
    { kind: 'invalidValue', message, where, ...(remedy === undefined ? {} : { remedy }) },
    { subject: 'object', id: one.id },
  );
}
