/** Bugs that are put into the sources on purpose, one YAML file each: a test that nothing can make fail proves nothing (SEMANTICS 18). */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

export interface Planted {
  /** Of its file. */
  readonly name: string;
  /** What somebody could have written. */
  readonly bug: string;
  /** The promise it breaks, with its section of docs/SEMANTICS.md or docs/STORE.md. */
  readonly breaks: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Test file → names of tests, as they are printed. Each fails, and by what it expects. */
  readonly caught: { readonly [file: string]: readonly string[] };
  /** Its tests are about the PostgreSQL store. */
  readonly needsPostgres?: boolean | undefined;
  /** For random stories: from this seed, so many of them (ROLLCALL_SEED, ROLLCALL_RUNS). */
  readonly seed?: number | undefined;
  readonly runs?: number | undefined;
}

const text = z.string().min(1);
const shape: z.ZodType<Omit<Planted, 'name'>> = z.strictObject({
  bug: text,
  breaks: text,
  file: text,
  find: text,
  replace: z.string(),
  caught: z.record(text, z.array(text).min(1)),
  needsPostgres: z.boolean().optional(),
  seed: z.number().optional(),
  runs: z.number().optional(),
});

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

export function plantedBugs(): readonly Planted[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.yaml'.length), ...shape.parse(parse(readFileSync(`${FOLDER}${file}`, 'utf8'))) }));
}

/** The source with the bug in it. @throws when its place is not there any more, or is there more than once. */
export function planted(source: string, { name, file, find, replace }: Planted): string {
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(`test/planted/${name}.yaml: ${file} has its text ${parts.length - 1} times, where it must be once`);
  return parts.join(replace);
}
