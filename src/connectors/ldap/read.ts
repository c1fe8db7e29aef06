/** Everything below the bases. */
import type { Page } from '#connectors/contract';
import { type Fault, toFault } from '#core/errors';
import { allOf, anyOf, EVERYTHING, equals, type Filter } from '#protocols/ldap/filter';
import type { LdapResult } from '#protocols/ldap/responses';
import { isLimit } from '#protocols/ldap/result-codes';
import { type Skipped, skippedIn } from '../files/skipped.ts';
import { lockOf } from './account.ts';
import { type Base, basesOf, filterOf, type LdapConfig } from './config.ts';
import { refusal } from './faults.ts';
import { type Finding, searchPages } from './pages.ts';
import type { Live, Session } from './session.ts';
import { type View, viewOf } from './view.ts';

type Warn = (fault: Fault) => void;

export interface Reading {
  readonly config: LdapConfig;
  readonly session: Session;
  readonly warn: Warn;
  readonly clears: readonly string[];
  readonly maxObjectBytes: number;
}

/** What is searched for: entries of the kinds that are offered, and what the settings say. */
export function filterFor(config: LdapConfig, { kinds }: View): Filter {
  const own = filterOf(config);
  const classes = kinds.all().flatMap((kind) => kinds.classesFor(kind));
  const offered = config.others ? EVERYTHING : anyOf(classes.map((name) => equals('objectClass', name)));
  return own === null ? offered : allOf([offered, own]);
}

export function attributesFor({ directory, schema }: Live): readonly string[] {
  const lock = lockOf(directory.vendor, schema);
  return ['*', ...directory.asked, ...(lock === null ? [] : [lock])];
}

export function findingOf({ config, maxObjectBytes }: Reading, live: Live, view: View, skipped: Skipped): Finding {
  return { live, view, skipped, pageSize: config.pageSize, maxObjectBytes };
}

export async function* readEverything(reading: Reading, signal: AbortSignal, restarted: boolean): AsyncGenerator<Page> {
  const { config, session, warn } = reading;
  let again = restarted ? { restarted } : {};
  signal.throwIfAborted();
  const live = await session.live();
  const view = viewOf(config, live, reading.clears);
  const skipped = skippedIn(live.address, 'entries', warn);
  const finding = findingOf(reading, live, view, skipped);
  const names = new Set<string>();
  let reason: Fault | undefined;
  for (const base of basesOf(config)) {
    const request = { base: base.dn, scope: base.scope, filter: filterFor(config, view), attributes: attributesFor(live) };
    for await (const { entries, result } of searchPages(finding, request, signal, names)) {
      yield { objects: entries, ...again };
      again = {};
      if (result !== null) reason ??= cutShort(base, result);
    }
  }
  signal.throwIfAborted();
  reason ??= skipped.reason();
  const known = Object.keys(live.schema);
  yield {
    objects: [],
    ...again,
    end:
      reason === undefined
        ? { complete: true, ...(known.length === 0 ? {} : { attributes: [...new Set([...known, ...names])] }) }
        : { complete: false, reason },
  };
}

/** Why a search that ended showed less than there is. @throws RollcallError where it showed nothing to be believed */
function cutShort({ dn }: Base, result: LdapResult): Fault | undefined {
  if (result.code === 0) return undefined;
  const fault = refusal(`reading "${dn}"`, result);
  if (isLimit(result)) return toFault(fault);
  throw fault;
}
