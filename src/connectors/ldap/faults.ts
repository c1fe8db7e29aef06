/** What a server refuses, as the error kinds of Rollcall: the table is protocols/ldap/result-codes. */
import { RollcallError, type Where } from '#core/errors';
import type { LdapResult } from '#protocols/ldap/responses';
import { meaningOf } from '#protocols/ldap/result-codes';

/** Texts of servers are shown, but not at any length, and not over several lines. */
const LONGEST = 300;

function said({ text }: LdapResult): string {
  const line = text.replace(/\p{Cc}+/gu, ' ').trim();
  return line === '' ? '' : `: ${line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line}`;
}

/** `what`: what was tried, as the beginning of a sentence. */
export function refusal(what: string, result: LdapResult, where: Where = {}): RollcallError {
  const { name, kind, remedy } = meaningOf(result.code);
  return new RollcallError(kind, `${what}: ${name} (${result.code})${said(result)}`, {
    where,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
