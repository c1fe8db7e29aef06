import { describe, test } from 'vitest';
import { guidText } from '#protocols/ldap/ids';
import { formatChange, formatEntry } from '#protocols/ldap/ldif-write';
import { ldap as program } from '../../../test/servers/ldap-programs.ts';
import { freshUnit, sambaOfFile, testOnSamba } from '../../../test/servers/samba.ts';
import { connectorConformance, type SeedObject, type Subject } from '../conformance/index.ts';
import type { LdapConfig } from './config.ts';
import { ldap } from './index.ts';

const runner = { describe, test: testOnSamba, skip: (name: string) => test.skip(name) };
const shared = sambaOfFile();

let base = '';
const dnOf = (key: string): string => `CN=${key},${base}`;
const entryOf = ({ key, text, other, list }: SeedObject): string =>
  formatEntry(dnOf(key), {
    objectClass: ['user'],
    ...(text === undefined ? {} : { displayName: [text] }),
    ...(other === undefined ? {} : { employeeType: [other] }),
    ...(list === undefined ? {} : { otherMailbox: [...list] }),
  });

/** What the server made of each key of the test that runs. */
const guids = new Map<string, string>();

const subject: Subject<LdapConfig> = {
  definition: ldap,
  kind: 'person',
  attributes: { text: 'displayName', other: 'employeeType', list: 'otherMailbox' },
  anchor: (key) => guids.get(key) ?? '00000000-0000-4000-8000-000000000000',
  lacks: {
    clock: 'whether a server says what time it is shows when it answers',
    commit: 'an entry counts as soon as its write is answered',
    fingerprint: 'a directory says nothing of all of its content',
    resume: 'where a search was is forgotten with its connection',
    callerAnchors: 'the server chooses it',
  },
  async make(seeds) {
    const server = await shared();
    const unit = await freshUnit(server);
    base = unit.dn;
    const by = { url: server.ldaps, ...server.admin, caFile: server.caFile };
    const learn = async (): Promise<void> => {
      const found = await program('ldapsearch', by, ['-b', base, '(objectClass=user)', 'cn', 'objectGUID']);
      for (const entry of found.split('\n\n')) {
        const [cn, guid] = [/^cn: (.*)$/m.exec(entry)?.[1], /^objectGUID:: (.*)$/m.exec(entry)?.[1]];
        if (cn !== undefined && guid !== undefined) guids.set(cn, guidText(Buffer.from(guid, 'base64')));
      }
    };
    if (seeds.length > 0) await program('ldapadd', by, [], seeds.map(entryOf).join('\n'));
    await learn();
    const config = {
      url: server.ldaps,
      tls: { ca: server.caFile },
      bind: { dn: server.admin.upn, password: server.admin.password },
      base,
    };
    let ruined: { bind?: object } = {};
    return {
      folder: server.folder,
      get config() {
        return { ...config, ...ruined };
      },
      async ruin() {
        ruined = { bind: { ...config.bind, password: 'wrong' } };
      },
      async change({ put, set, remove }) {
        const changes = [{ op: 'replace', attribute: 'displayName', values: [set?.text ?? ''] }] as const;
        if (put !== undefined) await program('ldapadd', by, [], entryOf(put));
        if (set !== undefined) await program('ldapmodify', by, [], formatChange({ type: 'modify', dn: dnOf(set.key), changes }));
        if (remove !== undefined) await program('ldapdelete', by, [dnOf(remove)]);
        await learn();
      },
      async dispose() {
        guids.clear();
        await unit.remove();
      },
    };
  },
};

connectorConformance(runner, subject);
