/** `verify:long` goes on where it was ended: the scripts as they are, in a repository of their own, over pieces that take no time. */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pieces } from '../../scripts/long/parts.ts';
import type { Done, Head } from '../../scripts/long/record.ts';
import { ROOT } from '../architecture/tree.ts';

const SEED = 7;
/** A hook of git would have this repository's own. */
const ENV = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rollcall-resumed-'));
  cpSync(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true });
  plant('package.json', '{ "type": "module" }');
  // The one piece that is run: it says its seed, and that a test passed.
  plant(
    'node_modules/vitest/vitest.mjs',
    `import { writeFileSync } from 'node:fs';
     const told = process.argv.find((word) => word.startsWith('--outputFile.json=')).split('=')[1];
     writeFileSync('bench/results/ran', process.env.ROLLCALL_SEED);
     writeFileSync(told, '{ "numPassedTests": 1, "numFailedTests": 0 }');`,
  );
  git('init', '--quiet');
  git('add', '--all', '--force');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.invalid', 'commit', '--quiet', '--no-gpg-sign', '-m', 'all');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function plant(file: string, text: string): void {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), text);
}

const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: root, env: ENV, encoding: 'utf8' }).trim();

function verifyLong(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const script = join(root, 'scripts/verify-long.ts');
  const env = { ...ENV, ROLLCALL_TEST_POSTGRES: 'postgres://nobody@127.0.0.1:1/none' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: root, env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

test('with its own seed and no other, without the piece whose line was cut short, to the end', () => {
  const file = join(root, 'bench/results/unfinished', `${git('rev-parse', '--short', 'HEAD')}.jsonl`);
  const all = pieces(SEED, false);
  const cut = all.find(({ part, number }) => part === 'fuzz' && number === 3)!;
  const line = ({ part, number, of, seed, amount }: (typeof all)[number]): string =>
    JSON.stringify({ part, piece: number, of, seed, amount, ended: '', seconds: 60, passed: 1, failed: 0 } satisfies Done);

  expect(verifyLong('--seed', String(SEED), '--minutes', '0')).toMatchObject({ code: 2, err: '' });
  for (const piece of all) if (piece !== cut) appendFileSync(file, `${line(piece)}\n`);
  appendFileSync(file, line(cut).slice(0, -9));

  const other = verifyLong('--seed', String(SEED + 1));
  expect(other).toMatchObject({ code: 2, out: '' });
  expect(other.err).toMatch(/^--seed is of a new one, and one of \w+ with the seed 7 goes on: [^\n]+\n$/);

  const rest = verifyLong();
  expect(rest).toMatchObject({ code: 0, err: '' });
  expect(rest.out).toContain(`${all.length - 1} of ${all.length} pieces are done\nfuzz 4 of 20, seed ${cut.seed}: 1 passed`);
  expect(readFileSync(join(root, 'bench/results/ran'), 'utf8')).toBe(String(cut.seed));

  const [, kept] = /all passed: (\S+)/.exec(rest.out)!;
  const [head, ...done] = readFileSync(join(root, kept!), 'utf8').trimEnd().split('\n');
  expect((JSON.parse(head!) as Head).seed).toBe(SEED);
  const seeds = done.map((one) => (JSON.parse(one) as Done).seed);
  expect(seeds.sort()).toEqual(all.map(({ seed }) => seed).sort());
  expect(readdirSync(join(root, 'bench/results/unfinished'))).toEqual([]);
});
