import { expect } from 'vitest';
import { element, integer, SEQUENCE } from '#protocols/ldap/ber';
import { EVERYTHING } from '#protocols/ldap/filter';
import { search } from '#protocols/ldap/requests';
import { sharedSamba, testOnSamba } from '../../../test/servers/samba.ts';
import { ldapConfig } from './config.ts';
import { one, Session } from './session.ts';
import { streamOf } from './stream.ts';

/** The configuration and the schema, which stand below the domain, come with it (MS-ADTS 3.1.1.3.4.1.12, PHANTOM_ROOT). */
const allContexts = { oid: '1.2.840.113556.1.4.1340', critical: true, value: element(SEQUENCE, integer(2)) };

testOnSamba('a stream that waits lets other requests of its connection through, and loses nothing', async () => {
  const server = await sharedSamba();
  const { upn, password } = server.admin;
  const settings = { url: server.ldaps, tls: { ca: server.caFile }, bind: { dn: upn, password }, base: server.base };
  const session = new Session(ldapConfig.parse(settings), '/', 1_000_000);
  const live = await session.live();
  const everything = { base: server.base, scope: 'sub', filter: EVERYTHING, attributes: ['1.1'] } as const;
  const stream = streamOf(live, search(everything), [allContexts], new AbortController().signal);
  let entries = 0;
  for await (const events of stream) {
    // Its answer stands behind more entries than the stream keeps.
    if (entries === 0) expect(await one(live.client, live.decoder, { ...everything, scope: 'base' })).not.toBeNull();
    entries += events.length;
  }
  expect(entries).toBeGreaterThan(2500);
  await session.close();
});
