/** What a write left in the directory: said by its answer (RFC 4527) where the server can, and read where it cannot. */
import type { ReadObject, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { BerReader } from '#protocols/ldap/ber';
import { type Control, controlValue, POST_READ, postRead } from '#protocols/ldap/controls';
import type { LdapEntry } from '#protocols/ldap/entry';
import { EVERYTHING } from '#protocols/ldap/filter';
import { modify } from '#protocols/ldap/requests';
import { ENTRY, type LdapResult } from '#protocols/ldap/responses';
import { wasDone } from './client.ts';
import { isMember, NO_MEMBER } from './members.ts';
import { completeRanges } from './ranges.ts';
import { attributesFor } from './reading.ts';
import { type Live, one } from './session.ts';
import type { Writing } from './write.ts';

export function storedControls(live: Live): readonly Control[] {
  return live.directory.postRead ? [postRead(attributesFor(live))] : [];
}

function answered({ decoder }: Live, { controls }: LdapResult): LdapEntry | null {
  const value = controlValue(controls, POST_READ);
  if (value === undefined) return null;
  const body = new BerReader(value).inside(value[0] === ENTRY ? ENTRY : 0x30);
  return decoder.read({ body });
}

/** The answer of a write of the entry that stands at `dn` now; `result`: what the server answered to it, null where nothing was sent. */
export function storedAnswer(writing: Writing, dn: string, result: LdapResult | null): Promise<WriteResult> {
  return afterWrite(result, () => shown(writing, dn, result));
}

/** A look at what a write left: what goes wrong with it does not undo the write. */
export async function afterWrite<Seen>(result: LdapResult | null, look: () => Promise<Seen>): Promise<Seen> {
  try {
    return await look();
  } catch (error) {
    throw result !== null && error instanceof RollcallError ? wasDone(error) : error;
  }
}

async function shown({ live, view }: Writing, dn: string, result: LdapResult | null): Promise<WriteResult> {
  const entry = (result === null ? null : answered(live, result)) ?? (await readBack(live, dn));
  if (entry !== null) await dropNobody(live, dn, entry);
  const object = entry === null ? null : view.objectOf(await completeRanges(live, entry));
  if (object === null) throw unseen(dn);
  return { ok: true, ...named(object), object };
}

/** Who stood for nobody goes once somebody is there; where that one went meanwhile, the server keeps the other, and is right. */
async function dropNobody({ client }: Live, dn: string, { attributes }: LdapEntry): Promise<void> {
  for (const attribute of Object.keys(attributes)) {
    const values = attributes[attribute]!;
    if (values.length < 2 || !isMember(attribute) || !values.includes(NO_MEMBER)) continue;
    await client.request(modify(dn, [{ op: 'delete', attribute, values: [NO_MEMBER] }]));
  }
}

const named = ({ anchor, name }: ReadObject): Pick<ReadObject, 'anchor' | 'name'> => ({
  anchor,
  ...(name === undefined ? {} : { name }),
});

function readBack(live: Live, dn: string): Promise<LdapEntry | null> {
  return one(live.client, live.decoder, { base: dn, scope: 'base', filter: EVERYTHING, attributes: attributesFor(live) });
}

function unseen(dn: string): RollcallError {
  return new RollcallError('permission', 'the entry cannot be read as one of its kind', {
    where: { object: dn.slice(0, 512) },
    remedy: 'let the account read what it writes, and see that objectClasses and kinds fit each other',
  });
}
