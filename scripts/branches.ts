/**
 * Branches that park, hold, wait or try again are marked in the sources by a comment of their own line, `// branch: NAME`. When
 * tests run, each mark becomes a statement that notes its name: so a branch counts as reached only if the engine really went
 * through it. `verify` prints which were reached, and fails for those that were not.
 *
 * `// branch: parks ${kind} of second, duplicateAccount` is one mark for several: what stands in braces is evaluated, and each
 * word after `of` must come.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const MARK = /^([ \t]*)\/\/ branch: (.+)$/gm;
const SEVERAL = /^(.*)(\$\{[^}]+\})(.*?) of (\w+(?:, \w+)*)$/;
/** Folders whose sources are marked. */
const MARKED = ['src/engine', 'src/runs'];

/** Reached by a unit test that shows more than a whole one could, and why no whole one gets there. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  [
    'parks circular',
    'src/engine/sync/returning.test.ts: rules read one hop and agree in one generation, so none that check accepts goes round',
  ],
]);

export interface Branch {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

declare global {
  var rollcallBranches: Set<string> | undefined;
}

export function branchesIn(root: string): Branch[] {
  return MARKED.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((one) => join(root, folder, one)),
  )
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .sort()
    .flatMap((path) => branchesOf(readFileSync(path, 'utf8'), relative(root, path)));
}

export function branchesOf(text: string, file: string): Branch[] {
  return [...text.matchAll(MARK)].flatMap((found) => {
    const line = text.slice(0, found.index).split('\n').length;
    const several = SEVERAL.exec(found[2]!);
    const names = several ? several[4]!.split(', ').map((word) => `${several[1]}${word}${several[3]}`) : [found[2]!];
    return names.map((name) => ({ name, file, line }));
  });
}

/** The source with its marks as statements, on the same lines. */
export function instrumented(text: string): string {
  return text.replace(MARK, (_, indent: string, name: string) => {
    const several = SEVERAL.exec(name);
    const said = several ? `${several[1]}${several[2]}${several[3]}` : name;
    return `${indent};globalThis.rollcallBranches?.add(\`${said}\`);`;
  });
}

/** For Vite, before anything else sees the source. */
export const countBranches = {
  name: 'count branches',
  enforce: 'pre' as const,
  transform: (code: string, id: string): string | null =>
    MARKED.some((folder) => id.includes(`/${folder}/`)) && code.includes('// branch: ') ? instrumented(code) : null,
};

/** One file for each test file, in the folder that `verify` names. */
export function saveReached(folder: string, testFile: string, reached: ReadonlySet<string>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${testFile.replace(/\W+/g, '-')}.json`), JSON.stringify([...reached]));
}

/** How many test files reached each branch. */
export function reachedIn(folder: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const file of readdirSync(folder))
    for (const name of JSON.parse(readFileSync(join(folder, file), 'utf8')) as string[])
      counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The table as text, and the branches that nothing reached. */
export function branchReport(
  branches: readonly Branch[],
  reached: ReadonlyMap<string, number>,
): { text: string; missed: Branch[] } {
  const width = Math.max(...branches.map(({ name }) => name.length));
  const lines = branches.map(({ name, file, line }) => {
    const n = reached.get(name) ?? 0;
    const how = n > 0 ? `${n} test files` : (ELSEWHERE.get(name) ?? 'NOT REACHED');
    return `${name.padEnd(width)}  ${how.padEnd(13)}  ${file}:${line}`;
  });
  return { text: lines.join('\n'), missed: branches.filter(({ name }) => !reached.has(name) && !ELSEWHERE.has(name)) };
}
