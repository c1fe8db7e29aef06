/**
 * LDAP directories as connected systems, read and written: OpenLDAP, Active Directory, 389-ds and what else speaks LDAP version 3. The guide is docs/guide/ldap.md.
 *
 * config.ts settings · connect.ts a socket with TLS · client.ts requests and answers on it · session.ts the one there is now ·
 * directory.ts what the server can do, account.ts, own-account.ts, password.ts, members.ts where vendors and classes have ways of their own · view.ts entry → object · read.ts, reading.ts, pages.ts, paging.ts,
 * ranges.ts, referrals.ts everything · changes.ts what changed, by syncrepl.ts, accesslog.ts, dirsync.ts, usn.ts or modified.ts, with stream.ts, again.ts, domain.ts, bases.ts; watch.ts when · look-up.ts single ones · write.ts, create.ts, update.ts, change.ts, delete.ts,
 * modifications.ts, edit-values.ts, edited.ts, rdn.ts, stored.ts what is written · about.ts in words · asks.ts, propose.ts for a first configuration · faults.ts what is refused. What goes over the wire is protocols/ldap.
 */
import type { Connection, ConnectorDefinition, Cursor, OpenContext } from '#connectors/contract';
import { about, schemaOf } from './about.ts';
import { asks } from './asks.ts';
import { expectBases } from './bases.ts';
import { currentCursor, readChanges } from './changes.ts';
import { type LdapConfig, ldapConfig } from './config.ts';
import { lookUp } from './look-up.ts';
import { protectedAccounts } from './own-account.ts';
import { secretsOf } from './password.ts';
import { proposeFrom } from './propose.ts';
import { readEverything } from './read.ts';
import type { Reading } from './reading.ts';
import { type Live, Session } from './session.ts';
import { watchChanges } from './watch.ts';
import { ldapWriter } from './write.ts';

export const ldap: ConnectorDefinition<LdapConfig> = {
  type: 'ldap',
  title: 'LDAP directory or Active Directory',
  maturity: 'beta',
  writes: ({ referrals }) => (referrals === 'follow' ? 'never' : 'callerName'),
  refersTo: 'present',
  protects: protectedAccounts,
  config: ldapConfig,
  asks,
  propose: proposeFrom,
  secrets: secretsOf,
  anchors: ({ anchor }) => (anchor === 'auto' || anchor === 'dn' ? [] : [anchor]),
  open,
};

function open(config: LdapConfig, context: OpenContext): Connection {
  const session = new Session(config, context.folder, context.limits.maxObjectBytes);
  const reading: Reading = {
    config,
    session,
    warn: context.warn,
    clears: context.clears ?? [],
    maxObjectBytes: context.limits.maxObjectBytes,
  };
  let placed: Live | null = null;
  async function cursor(): Promise<Cursor> {
    placed = await session.live();
    return currentCursor(reading, placed);
  }
  return {
    async test() {
      const live = await session.live();
      await expectBases(live, config);
      return about(live, config);
    },
    discoverSchema: async () => schemaOf(await session.live(), config),
    read: {
      deltas: config.deltas !== 'none',
      moving: true,
      ...(config.deltas === 'none' ? {} : { cursor, watch: (signal) => watchChanges(reading, signal) }),
      read: ({ since, resume, signal }) =>
        since === undefined ? readEverything(reading, signal, resume !== undefined, placed) : readChanges(reading, since, signal),
    },
    ...(config.referrals === 'follow' ? {} : { write: ldapWriter(reading) }),
    lookup: (by, kind) => lookUp(reading, by, kind),
    close: () => session.close(),
  };
}
