/**
 * Passwords that OpenLDAP is told by an operation of their own (RFC 3062): so it keeps them as its `password-hash` says, where it would keep
 * a `userPassword` as it was sent.
 */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { extended, PASSWORD_MODIFY, passwordModify, remove } from '#protocols/ldap/requests';
import { halfDone, Unanswered } from './client.ts';
import { refusal } from './faults.ts';
import { PASSWORD } from './password.ts';
import type { Writing } from './write.ts';

/** Writes all but the password, and then the password. A create of which it is refused is taken back. */
export async function writtenFirst(
  item: WriteItem,
  writing: Writing,
  write: (item: WriteItem) => Promise<WriteResult>,
): Promise<WriteResult> {
  const { [PASSWORD]: password, ...set } = item.set;
  if (password === undefined || item.operation === 'delete' || !writing.live.directory.passwordModify) return await write(item);
  if (typeof password !== 'string')
    throw new RollcallError('invalidValue', 'a password is one text', { where: { attribute: PASSWORD } });
  const result = await write({ ...item, set });
  if (!result.ok) return result;
  const dn = result.name!;
  try {
    const answer = await writing.live.client.request(extended(PASSWORD_MODIFY, passwordModify(dn, password)));
    if (answer.code !== 0) throw refusal('the password cannot be set', answer, { object: dn.slice(0, 512) });
    return result;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    if (error.kind === 'unavailable') throw halfDone(error);
    if (item.operation === 'create') await takeBack(dn, error, writing);
    throw error;
  }
}

/** What is refused makes nothing. */
async function takeBack(dn: string, { message }: RollcallError, { live }: Writing): Promise<void> {
  const { code } = await live.client.request(remove(dn));
  if (code !== 0) throw new Unanswered(`${message}; the entry is there without one`, 'what there is now is looked at first');
}
