/** What a server refuses, as the error kinds of Rollcall: the tables are protocols/ldap/result-codes and windows-errors. */
import { RollcallError, type Where } from '#core/errors';
import type { LdapResult } from '#protocols/ldap/responses';
import { CONSTRAINT_VIOLATION, meaningOf } from '#protocols/ldap/result-codes';
import { windowsError } from '#protocols/ldap/windows-errors';

/** Texts of servers are shown, but not at any length, and not over several lines. */
const LONGEST = 300;

/** Without the values of filters: they are those of a person. */
function said({ text }: LdapResult): string {
  const line = text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\(([\w;.-]+)[~<>]?=[^()]*\)/g, '($1=…)')
    .trim();
  return line === '' ? '' : `: ${line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line}`;
}

/** `what`: what was tried, as the beginning of a sentence. */
export function refusal(what: string, result: LdapResult, where: Where = {}): RollcallError {
  const more = windowsError(result);
  const taken = more === null ? takenIn(result) : null;
  if (taken !== null)
    return new RollcallError('conflict', `${what}: another entry has that "${taken}" (${result.code})`, {
      where: { ...where, attribute: taken },
      remedy: 'choose another value, or join with the entry that has it',
    });
  const { name, kind, remedy } = meaningOf(result.code);
  const words = more?.words == null ? said(result) : `: ${more.words}`;
  const advice = more?.remedy ?? remedy;
  const attribute = more?.attribute ?? wrongIn(result.text);
  return new RollcallError(more?.kind ?? kind, `${what}: ${name} (${result.code})${words}`, {
    where: attribute === undefined ? where : { ...where, attribute },
    ...(advice === undefined ? {} : { remedy: advice }),
  });
}

/** The attribute that cannot have this value, as OpenLDAP and 389-ds say it: `mail: value #0 invalid per syntax`. */
function wrongIn(text: string): string | undefined {
  return /^([a-z][\w;.-]*): (?:value #\d+ |multiple values )/i.exec(text)?.[1];
}

/** The attribute of which another entry has the value, as OpenLDAP's overlay unique and 389-ds say it. */
function takenIn({ code, text }: LdapResult): string | null {
  if (code !== CONSTRAINT_VIOLATION || !/unique|same attribute value/i.test(text)) return null;
  return /\(([\w;.-]+)=/.exec(text)?.[1] ?? /\(attribute: "?([\w;.-]+)/i.exec(text)?.[1] ?? null;
}

/** Everything is to be read anew. */
export function unknownPlace(why: string): RollcallError {
  return new RollcallError('conflict', why, { remedy: 'it is read in full' });
}

/** The same, as it happens every day with such a server. */
export function readAnew(why: string, remedy = 'nothing is to be done'): RollcallError {
  return new RollcallError('conflict', why, { remedy, usual: true });
}
