/**
 * Passwords that OpenLDAP is told by an operation of their own (RFC 3062): so it keeps them as its `password-hash` says, where it would keep
 * a `userPassword` as it was sent.
 */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { hasAny } from '#core/values';
import { extended, PASSWORD_MODIFY, passwordModify, remove } from '#protocols/ldap/requests';
import { halfDone, Unanswered, wasDone } from './client.ts';
import { refusal } from './faults.ts';
import { PASSWORD } from './password.ts';
import type { Writing } from './write.ts';

/**
 * Writes all but the password, and then the password: the other way round, where the rest is refused, the entry would have a password that
 * nobody is told. A create of which the password is refused is taken back.
 */
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
    if (item.operation === 'create') throw await takenBack(dn, error, writing);
    // What was written before is no part of the refusal.
    const isAll = item.name === undefined && ![set, item.add, item.remove].some((edits) => hasAny(edits ?? {}));
    throw isAll ? error : wasDone(error);
  }
}

/**
 * What is refused makes nothing. Answers what to throw: no error that goes out again by itself, for each time there would be another new
 * entry in the log, and in what others read.
 */
async function takenBack(dn: string, error: RollcallError, { live }: Writing): Promise<RollcallError> {
  const { message, where } = error;
  const { code } = await live.client.request(remove(dn));
  if (code !== 0) return new Unanswered(`${message}; the entry is there without one`, 'what there is now is looked at first');
  if (error.kind !== 'permission' && error.kind !== 'notFound') return error;
  return new RollcallError('invalidValue', `${message}; the new entry was taken back`, {
    where: { ...where, attribute: PASSWORD },
    remedy:
      'give the account that Rollcall binds as the right to set passwords, and then decide that it is tried again: it waits for that',
  });
}
