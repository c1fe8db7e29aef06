/** docs/guide/custom-connector.md, as it stands on the page: its types, its conformance test, and cycles with it, by the real command. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Master, startMaster } from './user-master.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TOKEN = 'a token of the master';
const page = readFileSync(join(ROOT, 'docs/guide/custom-connector.md'), 'utf8');
const blocks = [...page.matchAll(/```(ts|yaml)\n([\s\S]*?)```/g)].map(([, language, text]) => ({ language, text: text! }));
const [connector, suite] = blocks.filter(({ language }) => language === 'ts').map(({ text }) => text);
const settings = blocks.find(({ language }) => language === 'yaml')!.text;

let folder: string;
let master: Master;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-own-'));
  mkdirSync(join(folder, 'connectors'));
  write('connectors/user-master.ts', connector!);
  master = await startMaster(TOKEN);
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await master[Symbol.asyncDispose]();
});

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

interface Ended {
  readonly code: number;
  readonly out: string;
}

function node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, NODE_OPTIONS: '', ...env } };
    const child = execFile(process.execPath, ['--conditions=source', ...args], options, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out: out + err }),
    );
  });
}

async function rollcall(...argv: string[]): Promise<Ended> {
  const ended = await node([join(ROOT, 'src/main.ts'), ...argv], { MASTER_TOKEN: TOKEN });
  expect(ended.out).not.toContain(TOKEN);
  return ended;
}

/** `more`: lines of the connection of the master. */
function configure(more: string): void {
  write(
    'rollcall.yaml',
    `${settings.replace('https://master.example.org', master.url)}${more}
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        project: true
        attributes: { employeeId: id, displayName: name, title: title }
`,
  );
}
const EXPORT = `    import: { person: { join: employeeId, attributes: { employeeId: id } } }
    export:
      person:
        provision: true
        when: person.active
        anchor: employeeId
        attributes: { name: displayName, title: title }
    deprovision: { action: delete }`;
const people = (...rows: string[]): void => write('hr.csv', ['id,name,title', ...rows, ''].join('\n'));

it('is short, right by its types, and passes the suite', async () => {
  expect(`${connector}${suite}`.split('\n').length - 1).toBeLessThan(80);
  write('connectors/user-master.test.ts', suite!);
  write('package.json', '{ "type": "module" }');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules/rollcall'));
  for (const name of ['zod', '@types']) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'esnext',
        lib: ['esnext'],
        module: 'nodenext',
        types: ['node'],
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        customConditions: ['source'],
      },
      include: ['connectors'],
    }),
  );
  const types = await node([join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.']);
  expect(types).toEqual({ code: 0, out: '' });
  const tested = await startMaster('test');
  const ended = await node(['--test', '--test-reporter=tap', 'connectors/user-master.test.ts'], { MASTER_TEST: tested.url });
  await tested[Symbol.asyncDispose]();
  expect(ended.code, ended.out).toBe(0);
  expect(Number(/^# pass (\d+)/m.exec(ended.out)![1])).toBeGreaterThan(12);
});

it('is in the first rollcall.yaml, by its path', async () => {
  master.users.set('1', { name: 'Zoe', title: 'Lead' });
  const source = `./connectors/user-master.ts:${master.url}`;
  const made = await rollcall('init', '--source', source, '--source-name', 'master', '--set', 'token=${env:MASTER_TOKEN}');
  expect(made).toMatchObject({ code: 0, out: expect.stringContaining("people known by 'id'") });
  expect(readFileSync(join(folder, 'rollcall.yaml'), 'utf8')).toContain('token: ${env:MASTER_TOKEN}');
  expect(await rollcall('check')).toMatchObject({ code: 0 });
  expect(await rollcall('plan', '--read')).toMatchObject({ code: 2, out: expect.stringContaining('displayName  Zoe') });
  const other = await rollcall('init', '--force', '--source', source);
  expect(other).toMatchObject({ code: 1, out: expect.stringContaining('such as --set token=…; its own file has them all') });
});

it('is a target: watched, approved, written page by page, and looked up before anybody is gone', async () => {
  configure(EXPORT);
  people('1,Zoë Çelik,Lead', '2,Bo Berg,', '3,Cy Dahl,Clerk');
  master.users.set('1', { name: 'Zoe', title: 'Lead' });
  expect(await rollcall('check')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/master.* user-master .*1 users on the first page/),
  });
  expect((await rollcall('run')).code).toBe(3);
  expect((await rollcall('approve', 'master', '--as', 'Ada', '--reason', 'looked at it')).code).toBe(0);
  expect((await rollcall('plan')).out).toContain('Cy Dahl');
  const run = await rollcall('run');
  expect(run.code, run.out).toBe(0);
  expect([...master.users]).toEqual([
    ['1', { name: 'Zoë Çelik', title: 'Lead' }],
    ['2', { name: 'Bo Berg' }],
    ['3', { name: 'Cy Dahl', title: 'Clerk' }],
  ]);
  people('1,Zoë Çelik,', '2,Bo Berg,');
  await rollcall('run');
  expect([...master.users.keys()]).toEqual(['1', '2']);
  expect((await rollcall('run')).out).toMatch(/\b0 written/);
  expect((await rollcall('explain', 'hr:1', 'displayName')).out).toContain('Zoë Çelik');
});

it('is asked for its settings as others are, and each fault is told where it stands', async () => {
  write('connectors/broken.ts', '\nconst a = = 1;\n');
  write('connectors/throws.ts', "import './thrown.ts';\nexport default {};\n");
  write('connectors/thrown.ts', "export {};\n\nthrow new Error('no such luck');\n");
  const one = (name: string, type: string, more = ''): string => `  ${name}:\n    type: ${type}\n${more}`;
  write(
    'rollcall.yaml',
    [
      'connections:\n',
      one('shown', './connectors/user-master.ts', '    url: http://127.0.0.1\n    token: 1234512345\n'),
      one('misspelt', './connectors/user-master.ts', '    uri: http://127.0.0.1\n    token: ${env:MASTER_TOKEN}\n'),
      one('wrong', './connectors/user-master.ts', '    url: here\n    token: ${env:MASTER_TOKEN}\n'),
      one('missing', './connectors/none.ts'),
      one('bare', 'connectors/user-master.ts'),
      one('broken', './connectors/broken.ts'),
      one('throws', './connectors/throws.ts'),
    ].join(''),
  );
  const { code, out } = await rollcall('check', '--json');
  expect(code).toBe(1);
  const { faults } = JSON.parse(out) as {
    faults: { message: string; where: { line: number; column: number }; remedy: string }[];
  };
  const told = faults.map(
    ({ message, where, remedy }) => `${where.line}:${where.column} ${message.slice('connections.'.length)} → ${remedy}`,
  );
  const written = 'write ${env:NAME} or ${file:path} and keep the value itself outside of this file';
  const mend = 'mend it; it must be an ES module, in TypeScript without enums, namespaces and parameter properties';
  expect(told).toEqual([
    `5:12 shown.token: token is secret and is written out here → ${written}`,
    '6:3 misspelt.url: url is missing → add url',
    '8:5 misspelt.uri: unknown key uri → did you mean url?',
    '12:10 wrong.url: must be a url → correct the value',
    '15:11 missing.type: the file ./connectors/none.ts cannot be read → create it, or correct its path; paths start at the folder of this file',
    '17:11 bare.type: there is no connector of this type → did you mean ./connectors/user-master.ts?',
    `19:11 broken.type: the file ./connectors/broken.ts cannot be loaded: line 2: Expression expected → ${mend}`,
    `21:11 throws.type: the file ./connectors/throws.ts cannot be loaded: connectors/thrown.ts, line 3: no such luck → ${mend}`,
  ]);
});
