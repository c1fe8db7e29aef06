/** Values added to a list, or taken out of it, however long it is: what is there, or gone, already is no fault. */
import { type Control, permissiveModify } from '#protocols/ldap/controls';
import { type Modification, modify } from '#protocols/ldap/requests';
import type { LdapResult } from '#protocols/ldap/responses';
import {
  ENTRY_EXISTS,
  INAPPROPRIATE_MATCHING,
  NO_SUCH_ATTRIBUTE,
  OBJECT_CLASS_VIOLATION,
  UNWILLING,
  VALUE_EXISTS,
} from '#protocols/ldap/result-codes';
import { windowsError } from '#protocols/ldap/windows-errors';
import { refusal } from './faults.ts';
import { isMember, NO_MEMBER } from './members.ts';
import type { Writing } from './write.ts';

/** `asked`: of each request, besides. Answers what the last request answered; INAPPROPRIATE_MATCHING where no value of it can be named. @throws RollcallError */
export async function editValues(
  dn: string,
  edit: Modification,
  writing: Writing,
  asked: readonly Control[],
): Promise<LdapResult> {
  const { client, directory } = writing.live;
  const { op, attribute, values } = edit;
  const controls = [...asked, ...(directory.permissive ? [permissiveModify] : [])];
  const result = await client.request(modify(dn, [edit]), controls);
  if (result.code === 0 || result.code === INAPPROPRIATE_MATCHING) return result;
  if (op === 'delete' && result.code === OBJECT_CLASS_VIOLATION && isMember(attribute)) {
    const nobody: Modification = { op: 'add', attribute, values: [NO_MEMBER] };
    const last = await client.request(modify(dn, [nobody, edit]), controls);
    if (last.code === 0) return last;
    if (last.code !== NO_SUCH_ATTRIBUTE) throw refused(last, dn, attribute);
  }
  if (!isAlready(result, op)) throw refused(result, dn, attribute);
  if (values.length === 1) return result;
  // One of them is there, or gone: each half by itself, down to that one.
  const half = Math.ceil(values.length / 2);
  await editValues(dn, { op, attribute, values: values.slice(0, half) }, writing, asked);
  return editValues(dn, { op, attribute, values: values.slice(half) }, writing, asked);
}

/** Refused since a value to be added is there, or one to be taken out is gone. Samba has codes of its own for members. */
export function isAlready(result: LdapResult, op: Modification['op'] | null = null): boolean {
  const { code, text } = result;
  if (windowsError(result)?.kind !== undefined) return false;
  if (op !== 'delete' && (code === VALUE_EXISTS || code === ENTRY_EXISTS)) return true;
  return (
    op !== 'add' && (code === NO_SUCH_ATTRIBUTE || (code === UNWILLING && /^Attribute \S+ doesn't exist for target/.test(text)))
  );
}

function refused(result: LdapResult, dn: string, attribute: string): ReturnType<typeof refusal> {
  return refusal(`"${attribute}" cannot be changed`, result, { object: dn.slice(0, 512), attribute });
}
