/** What developers type: help is what stands at the head of a script, and a mistake is one line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftWords } from '../../scripts/long/words.ts';
import { usageOf } from '../../scripts/options.ts';
import { read } from '../architecture/tree.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

async function run(script: string, ...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, ['--conditions=source', script, ...args], { cwd: ROOT });
  const said = { out: '', err: '' };
  child.stdout.on('data', (part) => (said.out += part));
  child.stderr.on('data', (part) => (said.err += part));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...said };
}

/** Those that npm runs, and those that a comment or a page says to run. */
const SCRIPTS = Object.values((JSON.parse(read('package.json')) as { scripts: { [name: string]: string } }).scripts)
  .flatMap((command) => /run\.cjs ((?:scripts|bench|examples)\/\S+\.ts)/.exec(command)?.[1] ?? [])
  .concat('scripts/picture.ts', 'scripts/write-schema.ts');

describe.concurrent.each([...new Set(SCRIPTS)])('%s', (script) => {
  it('says what it is for, and does nothing', async () => {
    expect(await run(script, '--help')).toEqual({ code: 0, out: `${usageOf(read(script))}\n`, err: '' });
  });

  it('refuses what it does not know in one line', async () => {
    const err = "Unknown option '--nonsense' (--help says what there is)\n";
    expect(await run(script, '--nonsense')).toEqual({ code: 2, out: '', err });
  });
});

it.concurrent.each([
  ['bench/bench.ts', ['--case', 'nonsense'], /^there is no case 'nonsense': there are first-cycle, /],
  ['bench/bench.ts', ['--size', 'abc'], /^--size must be a whole number from 100, not 'abc' /],
  ['scripts/verify-long.ts', ['--part', 'nonsense'], /^there is no part 'nonsense': there are kills-sqlite, /],
  ['scripts/verify-long.ts', ['--seed'], /^Option '--seed <value>' argument missing /],
  ['scripts/verify-long.ts', ['--minutes', 'soon'], /^--minutes must be a number from 0, not 'soon' /],
  ['scripts/verify.ts', ['fast'], /^Unexpected argument 'fast'/],
  ['scripts/planted.ts', ['nonsense'], /^there is no planted bug 'nonsense', test\/planted\/nonsense.yaml /],
])('%s %j', async (script, args, line) => {
  const { code, out, err } = await run(script, ...args);
  expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
  expect(err).toMatch(line);
});

it('nothing of a folder that is no demo is touched', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-no-demo-'));
  const { code, out, err } = await run('examples/demo/demo.ts', '--folder', folder);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toBe(`${folder} is there and is not a demo: choose another one with --folder (--help says what there is)\n`);
  await rmdir(folder);
});

it('every option that is asked for stands in the help', () => {
  const missing = SCRIPTS.flatMap((script) => {
    const [, given = ''] = /optionsOf\(import\.meta\.url, \{([\s\S]*?\})?,?\s*\}[,)]/.exec(read(script))!;
    const options = [...given.matchAll(/(\w+): \{ type/g)].map((found) => `--${found[1]}`);
    if (script.startsWith('bench/')) expect(options.length).toBe(10);
    return options.filter((option) => !usageOf(read(script)).includes(option));
  });
  expect(missing).toEqual([]);
});

it('what is left of a verify:long goes on with the same command, but where that has no minutes', () => {
  const what = { left: 5, of: 6, seconds: 300 };
  expect(leftWords({ ...what, minutes: 20 })).toBe('5 of 6 pieces are left, about 5 min: the same command goes on with them');
  expect(leftWords({ ...what, minutes: 0 })).not.toContain('the same command');
});
