import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAKES } from './fakes.ts';
import { loadConfiguration } from './load.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-own-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** @param connections YAML below `connections`, each `name: { … }`. */
async function load(connections: readonly string[], env: { [name: string]: string } = {}) {
  const file = path.join(folder, 'rollcall.yaml');
  await writeFile(file, `connections:\n${connections.map((one) => `  ${one}\n`).join('')}`);
  return loadConfiguration({ file, definitions: FAKES, env });
}
async function faultsOf(...connections: string[]) {
  const loaded = await load(connections);
  if (loaded.ok) throw new Error('it was taken');
  return loaded.faults.map(({ message, where, remedy }) => ({
    message: message.replace(/^connections\.\w+\.type: /, ''),
    where,
    remedy,
  }));
}
const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);

const MASTER = `{
  type: 'user-master', title: 'Master', maturity: 'alpha',
  config: z.strictObject({ url: z.url(), token: z.string().meta({ secret: true }).optional() }),
  open: () => ({}),
}`;
const module = (definition: string, how = 'export default'): string => `import { z } from 'zod';\n${how} ${definition};\n`;

test('a type that is a path is the connector in that file, by its default export or its only one, and loaded once', async () => {
  await write('a.ts', module(`${MASTER} as const`));
  await write('b.mjs', module(MASTER.replace('user-master', 'other-master'), 'export const limit = 5; export const other ='));
  const loaded = await load([
    'a: { type: ./a.ts, url: "http://a" }',
    'a2: { type: ./a.ts, url: "http://a2" }',
    `b: { type: ${path.join(folder, 'b.mjs')}, url: "http://b" }`,
  ]);
  if (!loaded.ok) throw new Error(loaded.faults[0]!.message);
  const { connections } = loaded.config;
  expect(connections.map(({ type, settings }) => [type, settings])).toEqual([
    ['user-master', { url: 'http://a' }],
    ['user-master', { url: 'http://a2' }],
    ['other-master', { url: 'http://b' }],
  ]);
  expect(connections[0]!.definition).toBe(connections[1]!.definition);
  expect(connections[0]!.configHash).not.toBe(connections[1]!.configHash);
});

test('where the file is, what is in it and a new secret make no other system', async () => {
  await mkdir(path.join(folder, 'moved'), { recursive: true });
  await write('c.ts', module(MASTER));
  await write('moved/c.ts', `// Moved.\n${module(MASTER)}`);
  const hash = async (type: string, token: string) => {
    const loaded = await load([`a: { type: ${type}, url: "http://a", token: "\${env:TOKEN}" }`], { TOKEN: token });
    if (!loaded.ok) throw new Error(loaded.faults[0]!.message);
    expect(JSON.stringify(loaded.config.connections[0]!.settings)).not.toContain(token);
    return loaded.config.connections[0]!.configHash;
  };
  expect(await hash('./moved/c.ts', 'second secret')).toBe(await hash('./c.ts', 'first secret'));
});

test('its zod may be another copy than ours', async () => {
  const there = path.join(folder, 'apart/node_modules/zod');
  const ours = path.dirname(fileURLToPath(import.meta.resolve('zod/package.json')));
  await cp(ours, there, { recursive: true, filter: (file) => !/\.(cts|d\.ts|cjs)$|\/src(\/|$)/.test(file) });
  await write('apart/own.mjs', module(MASTER.replace('z.url()', "z.string().regex(/^http/, 'must begin with http')")));
  const loaded = await load(['a: { type: ./apart/own.mjs, url: "ftp://a", token: 1234512345 }']);
  if (loaded.ok) throw new Error('it was taken');
  expect(loaded.faults.map(({ message, where }) => [message, where.line, where.column])).toEqual([
    ['connections.a.url: must begin with http', 2, 36],
    ['connections.a.token: token is secret and is written out here', 2, 54],
  ]);
});

test.each([
  ['export const five = 5', 'the file ./x.ts exports no connector'],
  [
    `import { z } from 'zod'; export const a = ${MASTER}; export const b = ${MASTER}`,
    'the file ./x.ts exports several connectors',
  ],
  ['export default null', 'the connector in ./x.ts is not right: it is no object'],
  [
    module(MASTER.replace('user-master', 'User Master')),
    'the connector in ./x.ts is not right: type must be a small letter, then small letters, digits or -',
  ],
  [
    module(MASTER.replace("title: 'Master', maturity: 'alpha',", '')),
    'the connector in ./x.ts is not right: title is missing or wrong; maturity must be stable, beta or alpha',
  ],
  [
    module(MASTER.replace(/config: .*/, 'config: { parse: () => ({}) },')),
    'the connector in ./x.ts is not right: config must be a z.strictObject of zod 4',
  ],
  [
    module(MASTER.replace('open: () => ({})', "open: 'now', writes: true")),
    'the connector in ./x.ts is not right: writes must be never, callerKey, callerName or a function; open must be a function',
  ],
  [
    module(MASTER.replace('url:', 'mode:')),
    'the connector in ./x.ts is not right: its setting mode is a key of every connection',
  ],
  [module(MASTER.replace('user-master', 'csv')), 'its type, csv, is that of a connector which is built in'],
  [
    module(MASTER.replace('z.url()', 'z.string().refine(async () => true)')),
    'connections.a: user-master cannot check its settings: Encountered Promise during synchronous parse. Use .parseAsync() instead.',
  ],
])('refused %#', async (text, message) => {
  await write('x.ts', text);
  const faults = await faultsOf('a: { type: ./x.ts, url: "http://a" }');
  expect(faults.map((one) => one.message)).toEqual([message]);
  expect(faults[0]!.remedy).not.toBe('');
});

test('one type is one connector', async () => {
  await write('d.ts', module(MASTER));
  await write('e.ts', `// A copy.\n${module(MASTER)}`);
  expect(await faultsOf('a: { type: ./d.ts, url: "http://a" }', 'b: { type: ./e.ts, url: "http://a" }')).toMatchObject([
    { message: `its type, user-master, is that of ${path.join(folder, 'd.ts')} as well`, where: { line: 3, column: 14 } },
  ]);
});
