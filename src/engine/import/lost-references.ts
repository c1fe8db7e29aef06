/** References and photos in writes that nobody answered, as their target shows them: text, and what was made of the photo. */
import { parseImage } from '#core/canonical';
import { isUnmade, withPhotos } from '#core/photo';
import { type Blob, scalars, type Value } from '#core/values';
import type { ObjectId, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { madePhoto } from '../export/photos.ts';
import { isObjectReference } from '../export/translate.ts';
import { parseSteps } from '../lifecycle/steps.ts';
import { type Account, accountsIn, referenceText } from '../sync/accounts.ts';

export interface LostReferences {
  /** Looks up whom the writes of these accounts referred to. */
  load(rows: Iterable<StagedRow>): Promise<void>;
  /** The value as text where it refers to somebody; null when whom it refers to has no account there. A photo as it was made. */
  asText(attribute: string, value: Value): Value;
}

export function createLostReferences(context: EngineContext, connection: EngineConnection): LostReferences {
  const accounts = new Map<ObjectId, Account>();
  const photos = new Map<string, Blob>();
  return {
    async load(rows) {
      const ids: ObjectId[] = [];
      for (const row of rows)
        for (const value of mayBeWritten(row))
          for (const scalar of scalars(value)) {
            if (isObjectReference(scalar)) ids.push(scalar.object);
            const photo = isUnmade(scalar) ? await madePhoto(context.store, scalar) : null;
            if (photo !== null && isUnmade(scalar)) photos.set(scalar.blob, photo);
          }
      for (const [id, account] of await accountsIn(context, connection.name, ids)) accounts.set(id, account);
    },
    asText(attribute, value) {
      if (isObjectReference(value)) return referenceText(accounts.get(value.object), byOf(connection, attribute));
      return withPhotos(value, (one) => photos.get(one.blob) ?? one);
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
