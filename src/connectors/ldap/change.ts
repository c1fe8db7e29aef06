/** What an update sends once its entry has its name: in one request where it can be, so that what is refused changes nothing. */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Control } from '#protocols/ldap/controls';
import type { LdapEntry } from '#protocols/ldap/entry';
import { EVERYTHING } from '#protocols/ldap/filter';
import { type Modification, modify } from '#protocols/ldap/requests';
import type { LdapResult } from '#protocols/ldap/responses';
import { ASSERTION_FAILED, INAPPROPRIATE_MATCHING, OBJECT_CLASS_VIOLATION } from '#protocols/ldap/result-codes';
import { ENABLED, enabledValue, isEnabled, lockOf } from './account.ts';
import { halfDone } from './client.ts';
import { editValues, isAlready } from './edit-values.ts';
import { editedAnswer, isFewEdits } from './edited.ts';
import { refusal } from './faults.ts';
import { isMember, NO_MEMBER } from './members.ts';
import { CHUNK, described, edited, editing, replacing } from './modifications.ts';
import { one } from './session.ts';
import { afterWrite, storedAnswer, storedControls } from './stored.ts';
import type { Writing } from './write.ts';

/** Somebody else changed it since it was seen. */
export class Stale extends RollcallError {
  constructor(dn: string, attribute?: string) {
    super('conflict', 'somebody changed the entry since it was read', {
      where: { object: dn.slice(0, 512), ...(attribute === undefined ? {} : { attribute }) },
      remedy: 'it is read again first, and the rules decide',
    });
  }
}

/** `now`: what of the entry is to be changed. `controls`: it holds only while the entry is like that. @throws RollcallError */
export async function changeEntry(
  item: WriteItem,
  now: LdapEntry,
  controls: readonly Control[],
  writing: Writing,
): Promise<WriteResult> {
  const { schema, directory } = writing.live;
  const { dn } = now;
  // Two changes of one second leave the same time: there each value that goes is named as well.
  const way = controls.length === 0 || directory.version === 'modifyTimestamp' ? 'named' : 'values';
  const changes = replacing(now.attributes, setOf(item, now, writing), schema, way);
  let edits = editing(item, schema);
  let result: LdapResult | null = null;
  if (changes.length > 0) {
    const together = edits.length > 0 && edits.reduce((sum, { values }) => sum + values.length, 0) <= CHUNK;
    if (together) result = await send(dn, [...changes, ...edits], controls, writing);
    // Of edits it is no fault that a value is there already, or gone.
    if (result === null || isAlready(result)) result = await send(dn, changes, controls, writing);
    else edits = [];
    if (result.code === INAPPROPRIATE_MATCHING) return await changeWholly(item, now, controls, writing);
    // Without an assertion each value that goes is named.
    if (result.code === ASSERTION_FAILED && (await isSame(now, writing))) return await changeEntry(item, now, [], writing);
    if (result.code === ASSERTION_FAILED || (way === 'named' && isAlready(result))) throw new Stale(dn);
    if (result.code !== 0) throw refusal('the entry cannot be changed', result, { object: dn.slice(0, 512) });
  }
  let begun = result !== null;
  const isFew = isFewEdits(item);
  try {
    for (const edit of edits) {
      result = await editValues(dn, edit, writing, isFew ? [] : storedControls(writing.live));
      if (result.code === INAPPROPRIATE_MATCHING) return await changeWholly(item, now, controls, writing);
      begun = true;
    }
    return (
      (isFew ? await afterWrite(result, () => editedAnswer(item, dn, writing)) : null) ??
      (await storedAnswer(writing, dn, result))
    );
  } catch (error) {
    // Active Directory renames in its lists by itself, and knows nobody of the old name any more: what is wanted is there.
    const isRefusal = isFew && error instanceof RollcallError && error.kind !== 'unavailable';
    // A look that fails says nothing: the refusal stands.
    const done = isRefusal ? await editedAnswer(item, dn, writing).catch(() => null) : null;
    if (done !== null) return done;
    if (begun && error instanceof RollcallError) throw halfDone(error);
    throw error;
  }
}

/**
 * OpenLDAP's overlay unique takes the assertion for one about the entry that it searches below (2.5), and so refuses each change of an
 * attribute that it watches.
 */
async function isSame({ dn, attributes }: LdapEntry, { live }: Writing): Promise<boolean> {
  const { client, decoder, directory } = live;
  const version = directory.version!;
  const now = await one(client, decoder, { base: dn, scope: 'base', filter: EVERYTHING, attributes: [version] });
  return now !== null && String(now.attributes[version]) === String(attributes[version]);
}

async function send(
  dn: string,
  changes: readonly Modification[],
  controls: readonly Control[],
  { live }: Writing,
): Promise<LdapResult> {
  const all = [...storedControls(live), ...controls];
  const result = await live.client.request(modify(dn, changes), all);
  const emptied = changes.filter(({ op, attribute, values }) => op === 'delete' && values.length === 0 && isMember(attribute));
  if (result.code !== OBJECT_CLASS_VIOLATION || emptied.length === 0) return result;
  // A group that may not be without members.
  const nobody = changes.map((each) =>
    emptied.includes(each) ? ({ op: 'replace', attribute: each.attribute, values: [NO_MEMBER] } as const) : each,
  );
  return live.client.request(modify(dn, nobody), all);
}

/** Of an attribute without a rule of equality no value can be named: all its values are written. */
async function changeWholly(
  item: WriteItem,
  { dn, attributes }: LdapEntry,
  controls: readonly Control[],
  writing: Writing,
): Promise<WriteResult> {
  const { live } = writing;
  const names = Object.keys({ ...item.add, ...item.remove }).map(described);
  const request = { base: dn, scope: 'base', filter: EVERYTHING, attributes: ['1.1', ...names] } as const;
  const lists = names.length === 0 ? null : await one(live.client, live.decoder, request);
  const now = { ...attributes, ...lists?.attributes };
  const set = { ...setOf(item, { dn, attributes }, writing), ...edited(now, item, live.schema) };
  const changes = replacing(now, set, live.schema, 'whole');
  const result = changes.length === 0 ? null : await send(dn, changes, controls, writing);
  if (result?.code === ASSERTION_FAILED) throw new Stale(dn);
  if (result !== null && result.code !== 0) throw refusal('the entry cannot be changed', result, { object: dn.slice(0, 512) });
  return await storedAnswer(writing, dn, result);
}

function setOf({ set, kind }: WriteItem, now: LdapEntry, { live }: Writing): WriteItem['set'] {
  const { vendor } = live.directory;
  const lock = kind === 'person' ? lockOf(vendor, live.schema) : null;
  if (lock === null || set[ENABLED] === undefined) return set;
  const { [ENABLED]: wanted, ...others } = set;
  const enabled = wanted !== false;
  if (isEnabled(vendor, now.attributes) === enabled) return others;
  return { ...others, [lock]: enabledValue(vendor, enabled, now.attributes[lock]?.map(String)[0]) };
}
