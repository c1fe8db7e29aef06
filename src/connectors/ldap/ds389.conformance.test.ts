import { randomUUID } from 'node:crypto';
import { describe, test } from 'vitest';
import { formatEntry } from '#protocols/ldap/ldif-write';
import { ds389OfFile, testOnDs389 } from '../../../test/servers/ds389.ts';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { connectorConformance, type SeedObject, type Subject } from '../conformance/index.ts';
import type { LdapConfig } from './config.ts';
import { ldap } from './index.ts';

const runner = { describe, test: testOnDs389, skip: (name: string) => test.skip(name) };
const shared = ds389OfFile();

let base = '';
const dnOf = (key: string): string => `uid=${key},${base}`;
const entryOf = ({ key, text, other, list }: SeedObject): string =>
  formatEntry(dnOf(key), {
    objectClass: ['inetOrgPerson'],
    uid: [key],
    sn: [key],
    cn: [key],
    ...(text === undefined ? {} : { displayName: [text] }),
    ...(other === undefined ? {} : { employeeType: [other] }),
    ...(list === undefined ? {} : { title: [...list] }),
  });

/** What the server made of each key of the test that runs. */
const ids = new Map<string, string>();

const subject: Subject<LdapConfig> = {
  definition: ldap,
  kind: 'person',
  attributes: { text: 'displayName', other: 'employeeType', list: 'title' },
  anchor: (key) => ids.get(key) ?? '00000000-00000000-00000000-00000000',
  creating: (key) => ({ name: dnOf(key), set: { cn: key, sn: key } }),
  lacks: {
    clock: 'it does not say what time it is',
    commit: 'an entry counts as soon as its write is answered',
    fingerprint: 'a directory says nothing of all of its content',
    resume: 'where a search was is forgotten with its connection',
    callerAnchors: 'the server chooses it',
    deltas: 'what was deleted is not told, only that something was: ds389.test',
    watch: 'nothing tells what could be read after it',
  },
  async make(seeds) {
    const server = await shared();
    base = `ou=${randomUUID()},${server.suffix}`;
    const by = { url: server.ldap, ...server.sync };
    const learn = async (): Promise<void> => {
      const found = await program('ldapsearch', by, ['-b', base, '(uid=*)', 'uid', 'nsUniqueId']);
      for (const entry of found.split('\n\n')) {
        const [uid, id] = [/^uid: (.*)$/m.exec(entry)?.[1], /^nsUniqueId: (.*)$/m.exec(entry)?.[1]];
        if (uid !== undefined && id !== undefined) ids.set(uid, id);
      }
    };
    const unit = formatEntry(base, { objectClass: ['organizationalUnit'] });
    await program('ldapadd', by, [], [unit, ...seeds.map(entryOf)].join('\n'));
    await learn();
    const config = { url: server.ldaps, tls: { ca: server.caFile }, bind: server.sync, base, deltas: 'none' };
    let ruined: { bind?: object } = {};
    return {
      folder: server.folder,
      get config() {
        return { ...config, ...ruined };
      },
      async ruin() {
        ruined = { bind: { ...config.bind, password: 'wrong' } };
      },
      async dispose() {
        ids.clear();
        await program('ldapdelete', by, ['-r', base]);
      },
    };
  },
};

connectorConformance(runner, subject);
