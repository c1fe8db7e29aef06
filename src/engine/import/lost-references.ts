/** References in writes that nobody answered, as their target names them: what a read shows there is text. */
import { parseImage } from '#core/canonical';
import { scalars, type Value } from '#core/values';
import type { ObjectId, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { isObjectReference } from '../export/translate.ts';
import { parseSteps } from '../lifecycle/steps.ts';
import { type Account, accountsIn, referenceText } from '../sync/accounts.ts';

export interface LostReferences {
  /** Looks up whom the writes of these accounts referred to. */
  load(rows: Iterable<StagedRow>): Promise<void>;
  /** The value as text where it refers to somebody; null when whom it refers to has no account there. */
  asText(attribute: string, value: Value): Value;
}

export function createLostReferences(context: EngineContext, connection: EngineConnection): LostReferences {
  const accounts = new Map<ObjectId, Account>();
  return {
    async load(rows) {
      const ids: ObjectId[] = [];
      for (const row of rows)
        for (const value of mayBeWritten(row))
          for (const scalar of scalars(value)) if (isObjectReference(scalar)) ids.push(scalar.object);
      for (const [id, account] of await accountsIn(context, connection.name, ids)) accounts.set(id, account);
    },
    asText(attribute, value) {
      return isObjectReference(value) ? referenceText(accounts.get(value.object), byOf(connection, attribute)) : value;
    },
  };
}

function mayBeWritten({ export: wish, steps, overtaken }: StagedRow): readonly Value[] {
  const wanted = wish?.state === 'unknown' && wish.wanted !== null ? Object.values(parseImage(wish.wanted)) : [];
  const before = overtaken === null ? [] : Object.values(parseImage(overtaken));
  return [...before, ...wanted, ...Object.values(parseSteps(steps).unanswered ?? {}).flat()];
}

function byOf(connection: EngineConnection, attribute: string): Parameters<typeof referenceText>[1] {
  for (const rule of connection.exports.values())
    for (const flow of rule.flows) if (flow.attribute === attribute && flow.reference) return flow.reference.by;
  return 'anchor';
}
