/**
 * A change of a resource. It is looked at first: what it is compared with, and what stays of it, is what the server has now. Where the
 * server has versions the change is of that one alone (If-Match); if somebody was faster, it is looked at again.
 */
import type { RawValue, ReadObject, WriteItem, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { foldCase } from '#core/fold';
import { parseInstant } from '#core/time';
import { isObject, type JsonObject } from '#protocols/scim/values';
import type { Answer } from './answer.ts';
import { flagOf } from './config.ts';
import { type Edit, edited, editsOf, schemasOf, withPart } from './edited.ts';
import {
  type MemberEdits,
  memberEdits,
  memberRequests,
  refuseEmptying,
  refuseUnseen,
  removesByWhole,
  wholeList,
} from './members.ts';
import { MEMBERS, objectOf } from './objects.ts';
import { isEqual, type Operation, operationsFor, PATCH_URN } from './operations.ts';
import type { Writing } from './writing.ts';

/** Somebody changed what is to be replaced. */
export class Stale extends RollcallError {}

/** Somebody else writes it all the time. */
const TRIES = 4;

export async function updateResource(writing: Writing): Promise<WriteResult> {
  const { item, place, able, service } = writing;
  const edits = editsOf(item, place.type);
  refuseInactive(writing, edits);
  const isOfMembers = Object.hasOwn(item.set, MEMBERS);
  if (isOfMembers) refuseUnseen(service);
  let answer: Answer | null = null;
  let group: JsonObject | null = null;
  if (edits.length > 0 || isOfMembers)
    for (let tries = 1; ; tries++) {
      const now = await writing.now();
      checkSeen(item, objectOf(service, place, now.body!));
      group = now.body;
      answer = (await changed(writing, now, edits)) ?? now;
      if (answer.status !== 412) break;
      if (tries === TRIES)
        throw new Stale('conflict', `${item.kind} ${item.anchor} is changed all the time`, { where: { object: item.anchor! } });
    }
  const members = memberEdits(item, group);
  if (members !== null && (able.update === 'put' || removesByWhole(able.update, service, members)))
    await replaceMembers(writing, members);
  else if (members !== null) await sendMembers(writing, members);
  const { anchor } = item;
  // Who is in it nobody shows: the answer is all the proof there is.
  if (members !== null && !service.membersShown && edits.length === 0) return { ok: true, anchor: anchor!, edited: true };
  return { ok: true, anchor: anchor!, object: await writing.shown(members === null ? answer : null) };
}

/** What the server answers to it; null where nothing changes. @throws RollcallError for a refusal but 412 */
async function changed(writing: Writing, now: Answer, edits: readonly Edit[]): Promise<Answer | null> {
  const before = now.body!;
  const after = edited(before, edits);
  if (isEqual(before, after)) return null;
  const { update } = writing.able;
  if (update === 'put') return await put(writing, now, after);
  return await patch(writing, operationsFor(before, after, edits, update), versionOf(writing, now));
}

async function patch(writing: Writing, operations: readonly Operation[], version: { ifMatch?: string }): Promise<Answer | null> {
  if (operations.length === 0) return null;
  const body = { schemas: [PATCH_URN], Operations: operations };
  return checked(writing, await writing.send({ method: 'PATCH', path: writing.path, body, ...version }));
}

const OF_SERVER: ReadonlySet<string> = new Set(['meta', 'groups', 'schemas']);

/** All that was shown goes back, what is not known here too; the server has its own mind about what is its own. */
async function put(writing: Writing, now: Answer, after: JsonObject): Promise<Answer> {
  const { place, service } = writing;
  if (place.type.name === 'Group') refuseEmptying(service);
  const rest = Object.fromEntries(Object.entries(after).filter(([name]) => !OF_SERVER.has(name.toLowerCase())));
  const body = { schemas: schemasOf(after, place.type), ...rest };
  return checked(writing, await writing.send({ method: 'PUT', path: writing.path, body, ...versionOf(writing, now) }));
}

function checked(writing: Writing, answer: Answer): Answer {
  if (answer.status !== 412 && (answer.status < 200 || answer.status > 299)) throw writing.refusal('is not changed', answer);
  return answer;
}

/** Of a server that compares. */
function versionOf({ able }: Writing, { body, headers }: Answer): { ifMatch?: string } {
  const meta = body?.['meta'];
  const version = headers.etag ?? (isObject(meta) ? meta['version'] : undefined);
  return able.compares && typeof version === 'string' && /^[\x20-\x7e]{1,200}$/.test(version) ? { ifMatch: version } : {};
}

/** In as many requests as it takes. */
export async function sendMembers(writing: Writing, members: MemberEdits): Promise<void> {
  for (const operations of memberRequests(members, writing.service)) {
    const answer = await patch(writing, operations, {});
    // No version was named; some have one of their own in mind.
    if (answer?.status === 412) throw writing.refusal('is not changed', answer);
  }
}

async function replaceMembers(writing: Writing, members: MemberEdits): Promise<void> {
  const { service, able } = writing;
  refuseUnseen(service);
  for (let tries = 1; ; tries++) {
    const now = await writing.now();
    const all = wholeList(now.body!, members, service);
    const operation: Operation =
      able.update === 'values' ? { op: 'replace', value: { [MEMBERS]: all } } : { op: 'replace', path: MEMBERS, value: all };
    const answer =
      able.update === 'put'
        ? await put(writing, now, withPart(now.body!, MEMBERS, all))
        : await patch(writing, [operation], versionOf(writing, now));
    if (answer?.status !== 412) return;
    if (tries === TRIES) throw writing.refusal('is changed all the time', answer);
  }
}

/** @throws Stale for the first attribute that is another by now */
function checkSeen({ seen = {}, anchor }: WriteItem, now: ReadObject): void {
  for (const [attribute, value] of Object.entries(seen)) {
    if (attribute === 'password' || isSame(now.attributes[attribute], value)) continue;
    throw new Stale('conflict', `somebody changed ${attribute} meanwhile`, { where: { object: anchor!, attribute } });
  }
}

/** Lists are sets; a time is the same in every way to write it, and case is none of SCIM's (RFC 7643 2.2). */
function isSame(now: RawValue | undefined, seen: RawValue): boolean {
  const [there, before] = [now, seen].map(
    (value) => new Set((value === undefined || value === null ? [] : [value].flat()).map((one) => norm(String(one)))),
  );
  return there!.size === before!.size && there!.isSubsetOf(before!);
}

function norm(text: string): string {
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? parseInstant(text) : null;
  return at === null ? foldCase(text) : String(at);
}

/** Where it would delete, or might: a delete has gates, a grace and a word of its own. */
export function refuseInactive({ service }: Writing, edits: readonly Edit[]): void {
  if (flagOf(service.config, 'inactive') !== 'deleted') return;
  if (edits.every(({ path, value }) => path.field.image !== 'active' || String(value) === 'true')) return;
  throw new RollcallError(
    'invalidValue',
    `${service.title} deletes a user who is not active, and that is not what is asked for`,
    {
      where: { attribute: 'active' },
      remedy: 'set `deprovision: { action: delete }`, so that it counts as a delete; or `inactive: kept` where they stay',
    },
  );
}
