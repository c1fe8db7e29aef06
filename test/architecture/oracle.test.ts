/** SEMANTICS 18: the oracle is small enough to be read, and owes nothing to what it checks. */
import { describe, expect, it } from 'vitest';
import { projectFiles, read } from './tree.ts';

const files = projectFiles().filter((file) => file.startsWith('test/oracle/'));
const MOST_LINES = 900;
const LONGEST_LINE = 130;

/** What a source text imports or re-exports, by every way there is. */
function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"`]([^'"`]+)['"`]/g)].map((found) => found[1]!);
}

const isOwn = (name: string): boolean => /^\.\/[a-z-]+\.ts$/.test(name);
const isAllowed = (name: string): boolean => isOwn(name) || /^#(core|rules)\/[a-z-]+$/.test(name);

describe('the oracle', () => {
  it('is found at all', () => expect(files.length).toBeGreaterThan(3));

  it(`has at most ${MOST_LINES} lines, none of them packed`, () => {
    const lines = files.flatMap((file) => read(file).trimEnd().split('\n'));
    expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
    expect(lines.filter((line) => line.length > LONGEST_LINE)).toEqual([]);
  });

  it('imports core, rules and itself only', () => {
    const all = files.flatMap((file) => importsOf(read(file)).map((name) => `${file}: ${name}`));
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter((one) => !isAllowed(one.split(': ')[1]!))).toEqual([]);
  });

  it.each([
    "import { x } from '#store/contract';",
    "import type { x } from '#config/model';",
    "export { x } from '#engine/index';",
    "const x = await import('#runs/index');",
    "import '../simulation/house.ts';",
    "let x: import('#store/contract').Store;",
  ])('would be seen to write: %s', (text) => expect(importsOf(text).filter((name) => !isAllowed(name))).toHaveLength(1));
});
