import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { FAKES } from './fakes.ts';
import { loadConfiguration } from './load.ts';

const load = async (hook: string) => {
  const loaded = await loadConfiguration({
    file: '/etc/rollcall.yaml',
    definitions: FAKES,
    env: { SECRET: 'between-us-4711' },
    readFile: async () =>
      `connections:\n  hr: { type: csv, path: hr.csv, anchor: id, hook: ${hook}, import: { person: { project: true, attributes: { employeeId: id } } } }\n`,
  });
  return loaded.ok ? loaded.config : loaded.faults.map(({ message }) => message).join();
};

test('means what it says, and prints no secret', async () => {
  const config = await load('{ secret: "${env:SECRET}", object: { value: /a~1b/0, by: badge } }');
  if (typeof config === 'string') throw new Error(config);
  const { hook } = config.connections[0]!;
  expect(hook.secret).toBe('between-us-4711');
  expect(hook.object).toEqual({ kind: 'person', by: 'badge', value: ['a/b', '0'] });
  for (const printed of [JSON.stringify(config), inspect(config, { depth: 9 })]) expect(printed).not.toContain('4711');
});

test.each([
  ['{ secret: written-out }', 'connections.hr.hook.secret: is secret'],
  ['{ object: { value: id } }', 'connections.hr.hook.object.value: must be a JSON Pointer'],
  ['{ objects: 1 }', 'connections.hr.hook.objects'],
])('faults: %s', async (hook, said) => expect(await load(hook)).toContain(said));
