/** What export rules say about one object. A rule that fails is parked and told; its attribute is left alone in the target. */
import { canonicalJson } from '#core/canonical';
import { type Fault, toFault } from '#core/errors';
import type { Value } from '#core/values';
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

export const UNNAMED: Pick<Fault, 'message' | 'remedy'> = {
  message: 'the new account would have no name',
  remedy: 'mend what the name is made of, or let the rule allow for it',
};

export function park(
  context: EngineContext,
  one: Evaluated,
  connection: EngineConnection,
  { message, remedy }: Pick<Fault, 'message' | 'remedy'>,
  attribute: string,
): void {
  // branch: parks invalidValue: an export rule fails, or a value the target does not take
  one.parked.push({ kind: 'invalidValue', connection: connection.name, detail: canonicalJson({ attribute, message }) });
  // Its account there says most to who looks after the target; an object without any row has only its number.
  const row =
    one.rows.find((r) => r.connection === connection.name && r.anchor !== null) ?? one.rows.find((r) => r.anchor !== null);
  const where = { connection: connection.name, attribute, object: row?.anchor ?? `#${one.id}` };
  context.fault(
    { kind: 'invalidValue', message, where, ...(remedy === undefined ? {} : { remedy }) },
    { subject: 'object', id: one.id },
  );
}
