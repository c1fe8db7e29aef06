/** SEMANTICS 9: a target that is a feed and nothing else never ends a complete read. What it did not answer is looked for in what it tells. */
import { afterEach, describe, expect, it } from 'vitest';
import { type FaultRule, withFaults } from '#connectors/fault-injection/index';
import { createProgram } from '#main';
import { run } from '#runs/index';
import { HR, IDS, type Place, place, rows } from './place.ts';

const open = '{ percent: 100, count: 1000 }';
const yaml = (type: string, rule: string): string => `gates: { create: ${open}, update: ${open}, attribute: ${open} }
${HR}  feed:
    type: ${type}
    path: feed
    format: changes
    export:
      person: { provision: true, ${rule} }
`;

interface Feed {
  readonly yaml: string;
  /** What the file tells of the n-th person: when made, when renamed. */
  readonly told: (op: 'create' | 'update', id: string, name: string) => string;
  readonly split: RegExp;
}
const JSONL: Feed = {
  yaml: yaml('jsonl', 'anchor: employeeId, attributes: { number: employeeId, cn: displayName }'),
  told: (op, id, name) =>
    JSON.stringify({
      op: op === 'create' ? 'put' : 'patch',
      kind: 'person',
      anchor: id,
      set: { cn: name, ...(op === 'create' ? { number: id } : {}) },
    }),
  split: /\n/,
};
const CLASSES = ['top', 'person', 'organizationalPerson', 'inetOrgPerson'].map((name) => `objectClass: ${name}`).join('\n');
const LDIF: Feed = {
  yaml: yaml(
    'ldif',
    `name: '\${"uid=" + person.employeeId + ",ou=people,dc=x"}', attributes: { uid: employeeId, cn: displayName, sn: displayName }`,
  ),
  told: (op, id, name) => {
    const dn = `dn: uid=${id},ou=people,dc=x`;
    if (op === 'create') return `${dn}\nchangetype: add\n${CLASSES}\ncn: ${name}\nsn: ${name}\nuid: ${id}`;
    return `${dn.toLowerCase()}\nchangetype: modify\nreplace: cn\ncn: ${name}\n-\nreplace: sn\nsn: ${name}\n-`;
  },
  split: /\n\n/,
};

let here: Place;
afterEach(() => here.remove());

/** One cycle over a feed that fails so. */
async function cycle(...script: readonly FaultRule[]) {
  here.now += 3_600_000;
  const program = await createProgram();
  const loaded = await program.loadConfig(here.path('rollcall.yaml'));
  if (!loaded.ok) throw new Error('the configuration has faults');
  const connections = loaded.config.connections.map((one) =>
    one.name === 'feed' ? { ...one, definition: withFaults(one.definition, { script }) } : one,
  );
  const store = await program.openStore(loaded.config, { readOnly: false });
  try {
    const services = { config: { ...loaded.config, connections }, store, wall: () => here.now };
    return await run({ profile: 'cycle', connections: null, by: 'test' }, services);
  } finally {
    await store.close();
  }
}

/** Its records, without what is said about them. */
async function records({ split }: Feed): Promise<string[]> {
  const text = (await here.read('feed')).replaceAll(/^# .*\n/gm, '').replace(/^version: 1\n\n/, '');
  return text.trimEnd().split(split).sort();
}

describe.each([
  ['jsonl', JSONL],
  ['ldif', LDIF],
])('%s', (_, feed) => {
  it.each(['before', 'after'] as const)(
    'creates and updates without an answer, %s they were done: each is told once',
    async (die) => {
      here = await place(feed.yaml);
      await here.write('hr.csv', `id,name,phone\n${rows().join('\n')}\n`);
      await cycle();
      expect(await here.call('approve', 'feed', '--as', 'Ada', '--reason', 'looked at it')).toMatchObject({ code: 0 });
      const told: string[] = [];
      for (const [on, name] of [
        ['create', 'Person'],
        ['update', 'Somebody'],
      ] as const) {
        await here.write('hr.csv', `id,name,phone\n${rows().join('\n').replaceAll('Person', name)}\n`);
        const broken = await cycle({ on, after: 4, times: 1, do: { die, how: 'throw' } });
        expect(broken.faults).toMatchObject([{ message: expect.stringContaining('was lost'), where: { connection: 'feed' } }]);
        for (let i = 0; i < 3; i++) await cycle();
        expect(await cycle()).toMatchObject({ rowsWritten: 0, faults: [], connections: [{}, { waiting: 0 }] });
        told.push(...IDS.map((id, i) => feed.told(on, id, `${name} ${i + 1}`)));
        expect(await records(feed)).toEqual([...told].sort());
      }
    },
  );
});
