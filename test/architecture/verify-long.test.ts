/** SEMANTICS 18: what `npm run verify:long` adds up to. */
import { describe, expect, it } from 'vitest';
import { pieces } from '../../scripts/long/parts.ts';
import { projectFiles, read } from './tree.ts';

const all = pieces(20_000, true);
const sum = (part: string, what: string) =>
  all.filter((one) => one.part === part).reduce((total, { amount }) => total + amount[what]!, 0);

describe('verify:long', () => {
  it('is 500 kills per store, a million inputs per parser, and random stories from six seeds on both', () => {
    for (const store of ['sqlite', 'postgres']) {
      expect(sum(`kills-${store}`, 'kills')).toBe(500);
      expect(sum(`simulation-${store}`, 'seeds')).toBe(6);
    }
    expect(sum('fuzz', 'inputsPerParser')).toBe(1_000_000);
  });

  it('tells each test what it claims, and tests that are there', () => {
    for (const { amount, env, part } of all) {
      if (amount['kills']) expect([part, env['ROLLCALL_KILLS']]).toEqual([part, String(amount['kills'])]);
      if (amount['inputsPerParser']) expect(env['ROLLCALL_RUNS']).toBe(String(amount['inputsPerParser']));
    }
    const files = projectFiles();
    for (const { command } of all)
      for (const name of command.filter((one) => /^(test|scripts|bench)\//.test(one)))
        expect(files.some((file) => file.startsWith(name))).toBe(true);
    expect(read('test/fuzz/parsers.test.ts')).toContain("process.env['ROLLCALL_RUNS']");
    expect(read('test/integration/kill.test.ts')).toContain("process.env['ROLLCALL_KILLS']");
    expect(read('test/integration/kill.test.ts')).toContain('testStore');
  });

  it('gives each piece a seed of its own, and every part a piece before any part a second', () => {
    expect(new Set(all.map(({ seed }) => seed)).size).toBe(all.length);
    const parts = new Set(all.map(({ part }) => part));
    expect(new Set(all.slice(0, parts.size).map(({ part }) => part))).toEqual(parts);
  });
});
