import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { formatChange, formatEntry } from '#protocols/ldap/ldif-write';
import { nameKey } from '#protocols/ldap/names';
import { connectorConformance, type SeedObject, type Subject } from '../conformance/index.ts';
import type { LdifConfig } from './config.ts';
import { ldif } from './index.ts';

const runner = { describe, test, skip: (name: string) => test.skip(name) };
const dnOf = (key: string) => `uid=${key},ou=people,dc=example,dc=org`;
const attributesOf = ({ key, text, other, list }: SeedObject) => ({
  objectClass: ['inetOrgPerson'],
  uid: [key],
  ...(text === undefined ? {} : { displayName: [text] }),
  ...(other === undefined ? {} : { title: [other] }),
  ...(list === undefined ? {} : { mail: [...list] }),
});

async function bench(content: string, config: object) {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-ldif-'));
  const path = join(folder, 'people.ldif');
  await writeFile(path, content);
  return {
    folder,
    path,
    config: { path: 'people.ldif', ...config },
    async ruin() {
      await rm(path);
      await mkdir(path);
    },
    dispose: () => rm(folder, { recursive: true }),
  };
}

const subject: Omit<Subject<LdifConfig>, 'lacks' | 'make'> = {
  definition: ldif,
  kind: 'person',
  attributes: { text: 'displayName', other: 'title', list: 'mail' },
  anchor: (key) => nameKey(dnOf(key))!,
  creating: (key) => ({ name: dnOf(key) }),
};

describe.each([
  { anchor: 'dn', of: subject.anchor },
  { anchor: 'uid', of: (key: string) => key },
])('entries by $anchor', ({ anchor, of }) => {
  connectorConformance(runner, {
    ...subject,
    anchor: of,
    lacks: {
      clock: 'a file has no clock',
      compare: 'a file is merged as it is when it is replaced',
      deltas: 'a file of entries says what is, not what changed',
      resume: 'a million entries are read in five seconds',
    },
    async make(seeds) {
      let entries = [...seeds];
      const content = () => entries.map((seed) => formatEntry(dnOf(seed.key), attributesOf(seed))).join('');
      const made = await bench(content(), { anchor });
      return {
        ...made,
        async change({ put, set, remove }) {
          if (put !== undefined) entries.push(put);
          entries = entries.filter(({ key }) => key !== remove).map((one) => (one.key === set?.key ? { ...one, ...set } : one));
          await writeFile(made.path, content());
        },
      };
    },
  });
});

describe('changes', () => {
  connectorConformance(runner, {
    ...subject,
    creates: 'idempotencyKey',
    lacks: {
      clock: 'a file has no clock',
      compare: 'records are added without working out what all before them come to',
      fullRead: 'a log says what changed, not what is',
      resume: 'a log is read on from its cursor',
      commit: 'a change is durable when write answers',
      fingerprint: 'a log only grows; each record is proven by its own answer',
      lookup: 'a log says what changed, not what is',
      presence: 'records are added without working out what all records before them come to',
    },
    async make(seeds) {
      const added = (seed: SeedObject) => formatChange({ type: 'add', dn: dnOf(seed.key), attributes: attributesOf(seed) });
      const made = await bench(seeds.map(added).join(''), { format: 'changes' });
      return {
        ...made,
        async change({ put, set, remove }) {
          if (put !== undefined) await appendFile(made.path, added(put));
          if (set !== undefined) {
            const changes = [{ op: 'replace', attribute: 'displayName', values: [set.text!] }] as const;
            await appendFile(made.path, formatChange({ type: 'modify', dn: dnOf(set.key), changes }));
          }
          if (remove !== undefined) await appendFile(made.path, formatChange({ type: 'delete', dn: dnOf(remove) }));
        },
      };
    },
  });
});
