/** Somebody who was erased may come back: what keeps them out is forgotten. What was erased stays so. */
import { auditEvent, type Happened } from '#audit/event';
import { createDigester } from '#core/digest';
import { erasedAnchor, erasedIdentity, erasedScope, identityValues } from '#core/erased';
import { RollcallError } from '#core/errors';
import type { Services } from '#runs/model';
import type { ObjectId } from '#store/contract';

export interface Readmitted {
  readonly person: ObjectId;
  readonly hashes: number;
}

/**
 * `who`: the number that the person had here (`#42`), or `connection:value` with what a source knows them by. Errors: notFound; conflict
 * where it was several people's.
 */
export async function readmit(
  who: string,
  { actor, reason }: { readonly actor: Happened['actor']; readonly reason: string },
  services: Services,
): Promise<Readmitted> {
  const { store, wall } = services;
  const person = await erasedPerson(who.trim(), services);
  const done = auditEvent({ at: wall(), action: 'person.readmit', actor, subject: { objectId: person }, after: { reason } });
  const hashes = await store.people.readmit(person, [done]);
  if (hashes === 0) throw nobody(who);
  return { person, hashes };
}

async function erasedPerson(who: string, { store, config }: Services): Promise<ObjectId> {
  if (/^#\d{1,15}$/.test(who)) return Number(who.slice(1));
  const colon = who.indexOf(':');
  const connection = config.connections.find(({ name }) => name === who.slice(0, Math.max(colon, 0)));
  if (connection === undefined) throw nobody(who);
  const value = who.slice(colon + 1);
  const digester = createDigester(store.info.digestKey);
  const scope = erasedScope(connection.name);
  const hashes = [...new Set([...connection.imports.values()].map(({ from }) => from))].flatMap((kind) => [
    erasedAnchor(digester, kind, value),
    ...identityValues(connection.definition.identity, kind, () => value).map((one) => erasedIdentity(digester, kind, one)),
  ]);
  const owners = [...new Set((await store.sync.keys(hashes.map((norm) => ({ scope, norm })))).map(({ owner }) => owner))];
  if (owners.length === 0) throw nobody(who);
  if (owners.length > 1)
    throw new RollcallError('conflict', `that was ${owners.map((id) => `#${id}`).join(' and ')}`, {
      remedy: 'name one by the number',
    });
  return owners[0]!;
}

function nobody(who: string): RollcallError {
  return new RollcallError('notFound', `Nobody who was erased, and is kept out, is '${who}'.`, {
    remedy:
      "Name them by the number that the erasure said (#42; 'rollcall audit --action person.erase'), or as 'okta:zcelik@firm.example'.",
  });
}
