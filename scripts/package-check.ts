/**
 * Packs Rollcall as it would be published and uses it as strangers do: without this checkout, without install scripts, with
 * the machine's own Node.js first on the PATH, installed for a project, for the whole machine, and by npx.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Count, output } from './steps.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;

/** What a user's shell has: no variable of npm's, and not the Node.js that this script runs on. */
function userEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) && name !== 'NODE_OPTIONS');
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((part) => part !== dirname(process.execPath) && !part.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter), NO_COLOR: '1' };
}

export async function checkPackage(): Promise<Count> {
  const temporary = mkdtempSync(join(tmpdir(), 'rollcall-package-'));
  const env = userEnvironment();
  let passed = 0;
  const say = (text: string): void => {
    passed++;
    process.stdout.write(`✓ ${text}\n`);
  };
  const versionIs = async (what: string, program: string, args: readonly string[], cwd: string): Promise<void> => {
    const said = (await output(program, args, { cwd, env })).trim();
    if (!said.includes(version)) throw new Error(`${what}: expected version ${version}, it said ${JSON.stringify(said)}`);
    say(what);
  };
  const project = (name: string): string => {
    const folder = join(temporary, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"name":"somebody","private":true}\n');
    return folder;
  };
  try {
    await output('npm', ['pack', '--silent', '--pack-destination', temporary], { cwd: root });
    const tarball = join(temporary, readdirSync(temporary).find((name) => name.endsWith('.tgz'))!);
    const install = ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--silent'];
    const machine = (await output('node', ['--version'], { env })).trim();

    const local = project('project');
    await output('npm', [...install, tarball], { cwd: local, env });
    await versionIs(`by its path in .bin, on ${machine}`, join(local, 'node_modules/.bin/rollcall'), ['--version'], local);
    await versionIs(`by npx, on ${machine}`, 'npx', ['--no-install', 'rollcall', '--version'], local);

    const prefix = join(temporary, 'prefix');
    await output('npm', [...install, '--global', '--prefix', prefix, tarball], { cwd: temporary, env });
    await versionIs(`installed with -g, on ${machine}`, join(prefix, 'bin/rollcall'), ['--version'], temporary);

    const strict = project('strict');
    await output('npm', [...install, '--engine-strict', tarball], { cwd: strict, env });
    await versionIs('installed with engine-strict', join(strict, 'node_modules/.bin/rollcall'), ['--version'], strict);
    await versionIs(
      'started by a new enough Node.js itself',
      process.execPath,
      [join(strict, 'node_modules/rollcall/bin/rollcall.cjs'), '--version'],
      strict,
    );

    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object };
    const names = Object.keys(exports).filter((name) => /^\.\/(connectors|core|store)\//.test(name));
    const imports = names.map((name) => `await import(${JSON.stringify(name.replace('.', 'rollcall'))});`);
    await output(process.execPath, ['--input-type=module', '--eval', imports.join('\n')], { cwd: strict, env });
    say(`what authors of connectors import: ${names.join(', ')}`);

    // As docs/guide/faults.md has it.
    copyFileSync(join(root, 'examples/faults/faults.ts'), join(strict, 'faults.mts'));
    const told = await output(process.execPath, ['faults.mts'], { cwd: strict, env });
    if (!told.endsWith('the store: saved\n'))
      throw new Error(`the example of faults on purpose ends with ${JSON.stringify(told)}`);
    say('the example of faults on purpose, with the installed package');

    // As docs/guide/custom-connector.md has it: nothing is installed beside it, and what it imports is found.
    const own = project('own');
    const page = readFileSync(join(root, 'docs/guide/custom-connector.md'), 'utf8');
    mkdirSync(join(own, 'connectors'));
    writeFileSync(join(own, 'connectors/user-master.ts'), /```ts\n([\s\S]*?)```/.exec(page)![1]!);
    writeFileSync(
      join(own, 'rollcall.yaml'),
      "connections: { master: { type: ./connectors/user-master.ts, url: 'http://127.0.0.1:9', token: '${env:MASTER_TOKEN}' } }\n",
    );
    const checked = await output(
      join(prefix, 'bin/rollcall'),
      ['check'],
      { cwd: own, env: { ...env, MASTER_TOKEN: 'secret' } },
      [1],
    );
    if (!checked.includes('http://127.0.0.1:9 does not answer')) throw new Error(`a connector of one's own: ${checked}`);
    say('the connector of the guide, in TypeScript, with the installed program');

    const demo = [
      '--conditions=source',
      join(root, 'examples/demo/demo.ts'),
      '--folder',
      join(temporary, 'demo'),
      '--program',
      join(prefix, 'bin/rollcall'),
    ];
    await output(process.execPath, demo, { cwd: temporary, env });
    say('the demo, with the installed program');
    return { passed, failed: 0 };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
