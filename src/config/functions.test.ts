import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAKES } from './fakes.ts';
import { loadConfiguration } from './load.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-config-'));
  await writeFile(
    path.join(folder, 'rules.ts'),
    'export function shout(inputs: { mail: string }): string { return `${inputs.mail}!`; }\nexport const five = 5;\n',
  );
  await writeFile(path.join(folder, 'broken.ts'), 'export function (');
});
afterAll(() => rm(folder, { recursive: true }));

async function load(reference: string) {
  const file = path.join(folder, 'rollcall.yaml');
  await writeFile(
    file,
    `connections:\n  hr:\n    type: csv\n    path: x\n    anchor: id\n    import:\n      person:\n        project: true\n        attributes:\n          mail: { function: '${reference}', reads: [mail] }\n`,
  );
  return loadConfiguration({ file, definitions: FAKES, env: {} });
}

test('a function of one’s own computes a value, and changing it changes the rules', async () => {
  const before = await load('./rules.ts#shout');
  if (!before.ok) throw new Error(before.faults[0]?.message);
  const flow = before.config.connections[0]?.imports.get('person')?.flows[0];
  const row = Object.assign(Object.create(null), { mail: 'a@x' });
  expect(flow?.evaluate({ row, anchor: '1', name: null }, { now: 0, due: 0 })).toBe('a@x!');
  await writeFile(
    path.join(folder, 'rules.ts'),
    'export function shout(inputs: { mail: string }): string { return `${inputs.mail}?`; }\nexport const five = 5;\n',
  );
  const after = await load('./rules.ts#shout');
  if (!after.ok) throw new Error(after.faults[0]?.message);
  expect(after.config.connections[0]?.rulesHash).not.toBe(before.config.connections[0]?.rulesHash);
  expect(
    after.config.connections[0]?.imports.get('person')?.flows[0]?.evaluate({ row, anchor: '1', name: null }, { now: 0, due: 0 }),
  ).toBe('a@x?');
});

test.each([
  ['./rules.ts#shuot', './rules.ts exports no function shuot', 'did you mean shout?'],
  ['./rules.ts#five', './rules.ts exports no function five', 'export function five from it'],
  ['./none.ts#x', 'the file ./none.ts cannot be read', expect.any(String)],
  ['./broken.ts#x', expect.stringContaining('the file ./broken.ts cannot be loaded'), expect.any(String)],
  ['node:fs#readFileSync', 'does not name a function', expect.any(String)],
  ['/etc/passwd#x', 'does not name a function', expect.any(String)],
])('%s', async (reference, message, remedy) => {
  const loaded = await load(reference);
  if (loaded.ok) throw new Error('it was taken');
  const prefix = 'connections.hr.import.person.attributes.mail.function: ';
  expect(loaded.faults).toHaveLength(1);
  expect(loaded.faults[0]).toMatchObject({ where: { line: 10, column: 29 }, remedy });
  expect(loaded.faults[0]?.message.slice(prefix.length)).toEqual(message);
});

test('a file on disk: not UTF-8, too large', async () => {
  const file = path.join(folder, 'odd.yaml');
  await writeFile(file, Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
  expect(await loadConfiguration({ file, definitions: FAKES, env: {} })).toMatchObject({
    ok: false,
    faults: [{ message: `${file} is not UTF-8 text` }],
  });
  await writeFile(file, 'a: b\n'.repeat(400_000));
  expect(await loadConfiguration({ file, definitions: FAKES, env: {} })).toMatchObject({
    ok: false,
    faults: [{ message: 'the file is larger than 1024 KB' }],
  });
});
