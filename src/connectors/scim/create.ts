/** A new resource. The server gives its id. */
import type { WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { JsonObject } from '#protocols/scim/values';
import type { Answer } from './answer.ts';
import { edited, editsOf, schemasOf } from './edited.ts';
import { lookUp } from './look-up.ts';
import { memberEdits, mostAtOnce, wholeList } from './members.ts';
import { idOf, MEMBERS } from './objects.ts';
import { invalid } from './paths.ts';
import { refuseInactive, sendMembers } from './update.ts';
import { Writing } from './writing.ts';

/** What has to have a value, and is found by. */
export const NAMES = { User: 'userName', Group: 'displayName' } as const;

export async function createResource(writing: Writing): Promise<WriteResult> {
  const { item, place, service } = writing;
  const edits = editsOf(item, place.type);
  refuseInactive(writing, edits);
  const name = NAMES[place.type.name as 'User'];
  const empty: JsonObject = Object.fromEntries([]);
  const made = edited(empty, edits);
  if (made[name] === undefined) throw invalid(name, `a new ${place.type.name} needs ${name}`, 'export it');
  const all = memberEdits(item, null)?.add ?? [];
  // Without PATCH the rest would be sent with those before it anyway.
  const first = writing.able.update === 'put' ? all : all.slice(0, mostAtOnce(service));
  const members = wholeList(empty, { add: first, remove: [] }, service);
  const body = { schemas: schemasOf(made, place.type), ...made, ...(members.length === 0 ? {} : { [MEMBERS]: members }) };
  const answer = await writing.send({ method: 'POST', path: place.endpoint, body });
  if (answer.status === 409) throw (await taken(writing, body)) ?? writing.refusal('is not made', answer);
  if (answer.status !== 201 && answer.status !== 200) throw writing.refusal('is not made', answer);
  const anchor = await idAfter(writing, answer, String(made[name]));
  const here = new Writing(service, writing.able, { ...item, anchor });
  const rest = all.slice(first.length);
  if (rest.length > 0) await sendMembers(here, { add: rest, remove: [] });
  const object = await here.shown(rest.length > 0 ? null : answer);
  return { ok: true, anchor, object };
}

/** An answer may be empty, or say only where it is. */
async function idAfter({ service, place, item }: Writing, { body, headers }: Answer, name: string): Promise<string> {
  if (body !== null && Object.hasOwn(body, 'id')) return idOf(body);
  const last = /\/([^/?#]+)\/?$/.exec(headers.location ?? '')?.[1];
  if (last !== undefined && URL.canParse(headers.location!, service.config.url)) return decodeURIComponent(last);
  const found = await lookUp(service, { attribute: NAMES[place.type.name as 'User'], value: name }, item.kind);
  if (found.length === 1) return found[0]!.anchor;
  throw new RollcallError('unavailable', 'the server says that it was made, and not under which id', {
    remedy: 'nothing is to be done: it is looked up',
  });
}

/** Which value it is that somebody else has; undefined where no look says so. */
async function taken({ service, item, place }: Writing, body: JsonObject): Promise<RollcallError | undefined> {
  for (const attribute of [NAMES[place.type.name as 'User'], 'externalId']) {
    const value = body[attribute];
    if (typeof value !== 'string') continue;
    const [there] = await lookUp(service, { attribute, value }, item.kind);
    if (there === undefined) continue;
    return new RollcallError('conflict', `${attribute} is that of ${item.kind} ${there.anchor}, which is there already`, {
      where: { attribute },
      remedy: 'join with it by the import of this connection, or choose another value',
    });
  }
  return undefined;
}
