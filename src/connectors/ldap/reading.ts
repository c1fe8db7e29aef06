/** What every read of a directory has in common: whose it is, what is searched for, and what cuts it short. */
import { type Fault, toFault } from '#core/errors';
import type { Kind } from '#core/values';
import { allOf, anyOf, EVERYTHING, equals, type Filter } from '#protocols/ldap/filter';
import type { LdapResult } from '#protocols/ldap/responses';
import { isLimit } from '#protocols/ldap/result-codes';
import type { Skipped } from '../files/skipped.ts';
import { lockOf } from './account.ts';
import { filterOf, type LdapConfig } from './config.ts';
import { refusal } from './faults.ts';
import type { Finding } from './pages.ts';
import type { Live, Session } from './session.ts';
import type { View } from './view.ts';

export interface Reading {
  readonly config: LdapConfig;
  readonly session: Session;
  readonly warn: (fault: Fault) => void;
  readonly clears: readonly string[];
  readonly maxObjectBytes: number;
}

/** What is searched for: entries of these kinds, all that are offered unless told otherwise, and what the settings say. */
export function filterFor(config: LdapConfig, { kinds }: View, wanted?: readonly Kind[]): Filter {
  const own = filterOf(config);
  const classes = (wanted ?? kinds.all()).flatMap((kind) => kinds.classesFor(kind));
  const all = wanted === undefined && config.others;
  const offered = all ? EVERYTHING : anyOf(classes.map((name) => equals('objectClass', name)));
  return own === null ? offered : allOf([offered, own]);
}

export function attributesFor({ directory, schema }: Live): readonly string[] {
  const lock = lockOf(directory.vendor, schema);
  return ['*', ...directory.asked, ...(lock === null ? [] : [lock])];
}

export function findingOf({ config, maxObjectBytes }: Reading, live: Live, view: View, skipped: Skipped): Finding {
  return { live, view, skipped, pageSize: config.pageSize, maxObjectBytes };
}

/** Why a search that ended showed less than there is. @throws RollcallError where it showed nothing to be believed */
export function cutShort(dn: string, result: LdapResult): Fault | undefined {
  if (result.code === 0) return undefined;
  const fault = refusal(`reading "${dn}"`, result);
  if (isLimit(result)) return toFault(fault);
  throw fault;
}
