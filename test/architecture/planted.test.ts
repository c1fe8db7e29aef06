/** SEMANTICS 18: each planted bug (test/planted) still has its place in the sources, and the tests that are to catch it are there. */
import { describe, expect, it } from 'vitest';
import { planted, plantedBugs } from '../planted/planted.ts';
import { projectFiles, read } from './tree.ts';

const bugs = plantedBugs();
const files = new Set(projectFiles());

describe('planted bugs', () => {
  it('are at least fourteen, each of its own', () => {
    expect(bugs.length).toBeGreaterThanOrEqual(14);
    expect(new Set(bugs.map(({ file, find }) => `${file}\n${find}`)).size).toBe(bugs.length);
  });

  it.each(bugs)('$name fits its source, once, and changes it', (bug) => {
    const source = read(bug.file);
    expect(planted(source, bug)).not.toBe(source);
  });

  it.each(bugs)('$name breaks a promise and is to be caught by tests that are there', ({ breaks, caught, needsPostgres }) => {
    expect(breaks).toMatch(/^(SEMANTICS|STORE) \d+(, | and |: )/);
    expect(Object.keys(caught)).not.toEqual([]);
    for (const [file, names] of Object.entries(caught)) {
      expect(files).toContain(file);
      expect(names.every((name) => name.length > 0)).toBe(true);
      if (/testOnPostgres|\bprocesses\(/.test(read(file))) expect(needsPostgres).toBe(true);
    }
  });

  it('a text that is not there, or is there twice, is told', () => {
    const bug = { ...bugs[0]!, find: 'a' };
    expect(() => planted('b', bug)).toThrow('has its text 0 times');
    expect(() => planted('a a', bug)).toThrow('has its text 2 times');
  });
});
