/** The marks of branches that park, hold or try again (scripts/branches.ts): whole, counted rightly, and none of them missing. */
import { describe, expect, it } from 'vitest';
import { PARKED_KINDS } from '#engine/safety/parked';
import { branchesIn, branchesOf, branchReport, instrumented } from '../../scripts/branches.ts';
import { projectFiles, ROOT, read } from './tree.ts';

const branches = branchesIn(ROOT);
const engine = projectFiles().filter((file) => /^src\/engine\/.*(?<!\.test)\.ts$/.test(file));

describe('marked branches', () => {
  it('each have a name of their own', () => {
    const names = branches.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(35);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names.filter((name) => !/^(parks \w+|holds|waits|retries)(:|$)/.test(name))).toEqual([]);
  });

  it('cover every kind of parked item', () => {
    const parked = new Set(branches.flatMap(({ name }) => /^parks (\w+)/.exec(name)?.[1] ?? []));
    expect(PARKED_KINDS.filter((kind) => !parked.has(kind))).toEqual([]);
    expect([...parked].filter((kind) => !(PARKED_KINDS as readonly string[]).includes(kind))).toEqual([]);
  });

  it('stand wherever the engine parks something', () => {
    const unmarked = engine.flatMap((file) => {
      const lines = read(file).split('\n');
      return lines.flatMap((line, i) => {
        if (!/(?:parked\.push\((?!\{ subject)|\[\s*\{ kind(?:: '\w+')?, connection|^\s*\{ kind, connection)/.test(line))
          return [];
        const near = lines.slice(Math.max(0, i - 3), i + 1).join('\n');
        return /\/\/ branch: parks /.test(near) ? [] : [`${file}:${i + 1}`];
      });
    });
    expect(unmarked).toEqual([]);
  });

  it('become statements on the same line, one for several where they say so', () => {
    const text = ['if (x) {', '  // branch: holds: all', '  y();', '}', '// branch: parks ${kind} of second, third'].join('\n');
    expect(branchesOf(text, 'a.ts').map(({ name, line }) => [name, line])).toEqual([
      ['holds: all', 2],
      ['parks second', 5],
      ['parks third', 5],
    ]);
    const reached = new Set<string>();
    const run = new Function('x', 'kind', 'y', instrumented(text)) as (x: boolean, kind: string, y: () => void) => void;
    globalThis.rollcallBranches = reached;
    try {
      run(false, 'second', () => undefined);
      expect([...reached]).toEqual(['parks second']);
      run(true, 'third', () => undefined);
    } finally {
      globalThis.rollcallBranches = undefined;
    }
    expect([...reached]).toEqual(['parks second', 'holds: all', 'parks third']);
  });

  it('that nothing reached are named', () => {
    const { text, missed } = branchReport(branchesOf('// branch: a\n// branch: b', 'x.ts'), new Map([['b', 2]]));
    expect(missed.map(({ name }) => name)).toEqual(['a']);
    expect(text).toMatch(/a {2}NOT REACHED {2,}x\.ts:1\nb {2}2 test files {2,}x\.ts:2/);
  });
});
