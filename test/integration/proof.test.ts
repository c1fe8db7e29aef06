/** SEMANTICS 9: the cheapest proof that a connection has ends an export; which one that is, is said and counted. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import type { CheckOutput } from '#operations/check';
import type { ReportOutput } from '#operations/shapes';
import { firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';
import { type Place, place } from './place.ts';

const WAYS: { readonly [target: string]: string } = {
  answer: '',
  lookup: 'answers: anchor',
  delta: 'answers: anchor, lookup: false',
  read: 'answers: anchor, lookup: false, deltas: false',
};
const COUNTS = { digest: 'ByDigest', answer: 'ByAnswer', lookup: 'ByLookup', delta: 'ByDelta', read: 'ByRead' };
const rules = `import: { person: { join: employeeId, attributes: { employeeId: number } } }
    export: { person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName }, enabled: { attribute: active, on: 'yes', off: 'no' } } }
    deprovision: { action: disable }`;
const YAML = `gates: { ${unlimited('create', 'update', 'attribute', 'disable')} }
connections:
  hr:
    type: memory
    system: proof hr
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } } }
  digest:
    type: csv
    path: people.csv
    anchor: number
    ${rules}
${Object.entries(WAYS)
  .map(
    ([name, way]) =>
      `  ${name}: { type: memory, system: proof ${name}${way === '' ? '' : `, ${way}`},\n    ${rules.replaceAll('\n', ',\n')} }`,
  )
  .join('\n')}
`;
const TARGETS = ['digest', ...Object.keys(WAYS)];

let here: Place;
let before: { readonly [target: string]: { readonly reads: number; readonly lookups: number } };
let report: ReportOutput;
const asked = () => Object.fromEntries(Object.keys(WAYS).map((name) => [name, { ...memorySystem(`proof ${name}`).counts }]));

beforeAll(async () => {
  here = await place(YAML);
  for (let i = 0; i < 3; i++) memorySystem('proof hr').put('person', `${i}`, { id: `${i}`, name: `Person ${i}` });
  await here.run();
  for (const name of TARGETS) await here.call('approve', name, '--as', 'Ada', '--reason', 'looked at it');
  before = asked();
  report = await here.run();
});
afterAll(async () => {
  await here.remove();
  for (const name of ['hr', ...Object.keys(WAYS)]) forgetMemorySystem(`proof ${name}`);
});

it('check says for each connection what ends an export to it', async () => {
  const { connections } = JSON.parse((await here.call('check', '--json')).out) as CheckOutput;
  expect(connections.map(({ connection, proof }) => [connection, proof])).toEqual([
    ['hr', null],
    ...TARGETS.map((name) => [name, name]),
  ]);
  expect((await here.call('check')).out).toContain('writes are proven by looking them up');
});

it.each(TARGETS)('%s: a run counts what was proven by it, and asks for nothing else', (name) => {
  const counts = report.connections.find((one) => one.connection === name) as unknown as { readonly [count: string]: number };
  const proven = Object.fromEntries(Object.entries(COUNTS).map(([proof, by]) => [proof, counts[`proven${by}`]]));
  expect({ written: counts['written'], ...proven }).toEqual({
    ...{ written: 3, digest: 0, answer: 0, lookup: 0, delta: 0, read: 0 },
    [name]: 3,
  });
});

it('who is proven by a look is not read again for that, nor looked up for more than that', () => {
  const after = asked();
  const more = (name: string) => [after[name]!.reads - before[name]!.reads, after[name]!.lookups - before[name]!.lookups];
  expect([more('answer'), more('lookup'), more('delta')]).toEqual([
    [1, 0],
    [1, 3],
    [2, 0],
  ]);
});

it.each(TARGETS)('%s: a change and a disable are proven in the same way, and the next run is quiet', async (name) => {
  const [id, leaver] = [`${name} changes`, `${name} leaves`];
  const hr = memorySystem('proof hr');
  for (const one of [id, leaver]) hr.put('person', one, { id: one, name: 'Ann' });
  await here.run();
  hr.put('person', id, { id, name: 'Bea' });
  hr.remove('person', leaver);
  const { connections } = await here.run();
  const counts = connections.find((one) => one.connection === name)!;
  expect(counts).toMatchObject({ written: 2, updated: 1, disabled: 1, [`proven${COUNTS[name as keyof typeof COUNTS]}`]: 2 });
  expect(await here.run()).toMatchObject({
    rowsWritten: 0,
    connections: expect.not.arrayContaining([expect.objectContaining({ written: 1 })]),
  });
});

it('a look that shows the account from before its write proves nothing: what shows it later does, and it is written once', async () => {
  const late = 'answers: anchor\nfaults: [{ on: update, anchor: p1, times: 1, do: { late: 2 } }]';
  const there = await firm(hrAndDirectory({ dir: late }), ['hr', 'dir']);
  try {
    there.system('hr').put('person', 'p1', { id: 'p1', name: 'Ann' });
    await there.first();
    there.system('hr').put('person', 'p1', { id: 'p1', name: 'Bea' });
    const { connections } = await there.run();
    expect(connections.find((one) => one.connection === 'dir')).toMatchObject({ updated: 1, provenByLookup: 0 });
    await there.run({ profile: 'full-import' });
    await there.run();
    const shown = { export: null, sent: null, steps: null, seen: expect.stringContaining('Bea') };
    expect(await there.account('dir', 'p1')).toMatchObject(shown);
    expect(there.system('dir').counts.updated).toBe(1);
  } finally {
    await there.close();
  }
});
