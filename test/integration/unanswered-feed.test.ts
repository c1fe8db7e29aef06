/** SEMANTICS 9: a target that is a feed and nothing else never ends a complete read. What it did not answer is looked for in what it tells. */
import { afterEach, expect, it } from 'vitest';
import { type FaultRule, withFaults } from '#connectors/fault-injection/index';
import { createProgram } from '#main';
import { run } from '#runs/index';
import { HR, IDS, type Place, place, rows } from './place.ts';

const open = '{ percent: 100, count: 1000 }';
const YAML = `gates: { create: ${open}, update: ${open}, attribute: ${open} }
${HR}  feed:
    type: jsonl
    path: feed.jsonl
    format: changes
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
`;

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

const lines = async (): Promise<string[]> => (await here.read('feed.jsonl')).trimEnd().split('\n').sort();

it.each(['before', 'after'] as const)(
  'creates and updates without an answer, %s they were done: each is told once',
  async (die) => {
    here = await place(YAML);
    await here.write('hr.csv', `id,name,phone\n${rows().join('\n')}\n`);
    await cycle();
    expect(await here.call('approve', 'feed', '--as', 'Ada', '--reason', 'looked at it')).toMatchObject({ code: 0 });
    for (const [on, name] of [
      ['create', 'Person'],
      ['update', 'Somebody'],
    ] as const) {
      await here.write('hr.csv', `id,name,phone\n${rows().join('\n').replaceAll('Person', name)}\n`);
      const broken = await cycle({ on, after: 4, times: 1, do: { die, how: 'throw' } });
      expect(broken.faults).toMatchObject([{ message: expect.stringContaining('was lost'), where: { connection: 'feed' } }]);
      for (let i = 0; i < 3; i++) await cycle();
      expect(await cycle()).toMatchObject({ rowsWritten: 0, faults: [], connections: [{}, { waiting: 0 }] });
    }
    const told = (op: string, name: string) =>
      IDS.map((id, i) => {
        const set = op === 'put' ? { cn: `${name} ${i + 1}`, number: id } : { cn: `${name} ${i + 1}` };
        return JSON.stringify({ op, kind: 'person', anchor: id, set });
      });
    expect(await lines()).toEqual([...told('put', 'Person'), ...told('patch', 'Somebody')].sort());
  },
);
