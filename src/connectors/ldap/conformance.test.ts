import { createHash, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { uuidText } from '#protocols/ldap/ids';
import { formatChange, formatEntry } from '#protocols/ldap/ldif-write';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { slapdOfFile, testOnSlapd } from '../../../test/servers/slapd.ts';
import { connectorConformance, type SeedObject, type Subject } from '../conformance/index.ts';
import type { LdapConfig } from './config.ts';
import { ldap } from './index.ts';

const runner = { describe, test: testOnSlapd, skip: (name: string) => test.skip(name) };
const shared = slapdOfFile();

/** An entryUUID that a test can name before the entry is there. */
const uuidOf = (key: string): string => uuidText(createHash('md5').update(key).digest());
const attributesOf = ({ key, text, other, list }: SeedObject) => ({
  objectClass: ['inetOrgPerson'],
  uid: [key],
  sn: [key],
  cn: [key],
  ...(text === undefined ? {} : { displayName: [text] }),
  ...(other === undefined ? {} : { employeeType: [other] }),
  ...(list === undefined ? {} : { title: [...list] }),
});

describe.each([
  { anchor: 'entryUUID', of: uuidOf, deltas: 'auto' },
  { anchor: 'entryUUID', of: uuidOf, deltas: 'accesslog' },
  { anchor: 'uid', of: (key: string) => key, deltas: 'none' },
])('OpenLDAP by $anchor, deltas $deltas', ({ anchor, of, deltas }) => {
  const own = anchor === 'entryUUID';
  let base = '';
  const dnOf = (key: string): string => `uid=${key},${base}`;
  const subject: Subject<LdapConfig> = {
    definition: ldap,
    kind: 'person',
    attributes: { text: 'displayName', other: 'employeeType', list: 'title' },
    anchor: of,
    creating: (key) => ({ name: dnOf(key), set: { cn: key, sn: key } }),
    lacks: {
      clock: 'OpenLDAP does not say what time it is',
      commit: 'an entry counts as soon as its write is answered',
      fingerprint: 'a directory says nothing of all of its content',
      resume: 'where a search was is forgotten with its connection',
      ...(own
        ? { callerAnchors: 'the server chooses it' }
        : {
            watch: 'what changed is asked by the id of the server',
            deltas: 'the server tells of changes by entryUUID, and so of deletes that are known by nothing else',
          }),
    },
    async make(seeds) {
      const server = await shared();
      base = `ou=${randomUUID()},${server.suffix}`;
      const by = { url: server.ldap, ...server.admin };
      const entries = seeds.map((seed) => {
        const entry = { ...attributesOf(seed), ...(own ? { entryUUID: [of(seed.key)] } : {}) };
        return formatEntry(dnOf(seed.key), entry);
      });
      const unit = formatEntry(base, { objectClass: ['organizationalUnit'] });
      const relax = ['-e', 'relax'];
      await program('ldapadd', by, relax, [unit, ...entries].join('\n'));
      await writeFile(join(server.folder, 'ca.pem'), server.ca);
      const config = {
        url: server.ldaps,
        tls: { ca: 'ca.pem' },
        bind: server.sync,
        base,
        deltas,
        ...(own ? {} : { anchor }),
      };
      let ruined: { bind?: object } = {};
      return {
        folder: server.folder,
        get config() {
          return { ...config, ...ruined };
        },
        async ruin() {
          ruined = { bind: { ...server.sync, password: 'wrong' } };
        },
        async change({ put, set, remove }) {
          const changes = [{ op: 'replace', attribute: 'displayName', values: [set?.text ?? ''] }] as const;
          const text = [
            ...(put === undefined ? [] : [formatEntry(dnOf(put.key), { ...attributesOf(put), entryUUID: [of(put.key)] })]),
          ];
          if (text.length > 0) await program('ldapadd', by, relax, text.join('\n'));
          if (set !== undefined)
            await program('ldapmodify', by, [], formatChange({ type: 'modify', dn: dnOf(set.key), changes }));
          if (remove !== undefined) await program('ldapdelete', by, [dnOf(remove)]);
        },
        async dispose() {
          await program('ldapdelete', by, ['-r', base]);
        },
      };
    },
  };
  connectorConformance(runner, subject);
});
