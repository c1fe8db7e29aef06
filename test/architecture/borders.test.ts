import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BORDERS, withBorders } from '../../scripts/borders.ts';
import { hiddenImports } from './hidden-imports.ts';
import { lint, projectFiles, type Report, ROOT, read } from './tree.ts';

const BORDER = 'lint/style/noRestrictedImports';
const CYCLE = 'lint/suspicious/noImportCycles';
const RULES = ['style/noRestrictedImports', 'suspicious/noImportCycles'];

/** Statement that imports `from`, one for each way the language has and the linter should see. */
const WAYS: { readonly [way: string]: (from: string) => string } = {
  static: (from) => `import { x } from '${from}';\nexport const y = x;\n`,
  effect: (from) => `import '${from}';\n`,
  type: (from) => `import type { X } from '${from}';\nexport type Y = X;\n`,
  inlineType: (from) => `import { type X } from '${from}';\nexport type Y = X;\n`,
  reexport: (from) => `export { x } from '${from}';\n`,
  reexportAll: (from) => `export * from '${from}';\n`,
  reexportType: (from) => `export type { X } from '${from}';\n`,
  dynamic: (from) => `export const y = (): Promise<unknown> => import('${from}');\n`,
};

const outsiders = (folder: string): readonly string[] =>
  [...Object.keys(BORDERS), 'server'].filter((other) => !BORDERS[folder]!.includes(other));

let root: string;
let reports: readonly Report[];
const planted = new Map<string, string>();
const allowed: string[] = [];

function plant(file: string, text: string): string {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
  return file;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'rollcall-borders-'));
  for (const file of ['biome.json', 'package.json', '.gitignore']) copyFileSync(join(ROOT, file), join(root, file));
  for (const folder of Object.keys(BORDERS)) {
    plant(`src/${folder}/thing.ts`, 'export const x = 1;\nexport type X = 1;\n');
    for (const [way, statement] of Object.entries(WAYS)) {
      for (const other of outsiders(folder)) {
        planted.set(plant(`src/${folder}/${way}-${other}.ts`, statement(`#${other}/thing`)), `${way} ${other}`);
      }
      planted.set(plant(`src/${folder}/${way}-main.ts`, statement('#main')), `${way} main`);
      planted.set(plant(`src/${folder}/${way}-relative.ts`, statement('../elsewhere/thing.ts')), `${way} relative`);
      planted.set(plant(`src/${folder}/deep/${way}-relative.ts`, statement('../../elsewhere/thing.ts')), `${way} deep relative`);
      planted.set(plant(`src/${folder}/deep/er/${way}.ts`, statement('../../../elsewhere/thing.ts')), `${way} deeper relative`);
    }
    for (const name of BORDERS[folder]!) {
      allowed.push(
        plant(`src/${folder}/may-${name.replace('/', '-')}.ts`, WAYS.static!(`#${name.includes('/') ? name : `${name}/thing`}`)),
      );
    }
    allowed.push(plant(`src/${folder}/deep/may-own.ts`, WAYS.static!('../thing.ts')));
    allowed.push(plant(`src/${folder}/deep/er/may-own.ts`, WAYS.static!('../../thing.ts')));
  }
  planted.set(plant('src/engine/store-inside.ts', WAYS.static!('#store/sqlite/open')), 'inside of the store');
  planted.set(plant('src/connectors/csv/sibling.ts', WAYS.static!('../jsonl/read.ts')), 'sibling connector');
  allowed.push(plant('src/connectors/csv/shared.ts', WAYS.static!('../files/lines.ts')));
  plant('src/engine/ring/a.ts', "import { b } from './b.ts';\nexport const a = (): unknown => b;\n");
  plant('src/engine/ring/b.ts', "import { c } from '../c.ts';\nexport const b = (): unknown => c;\n");
  plant('src/engine/c.ts', "import { a } from './ring/a.ts';\nexport const c = (): unknown => a;\n");
  reports = lint(root, 'src', RULES).reports;
}, 60_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('borders between the folders of src', () => {
  it('are what biome.json says', () => {
    expect(JSON.parse(read('biome.json'))).toEqual(JSON.parse(withBorders(read('biome.json'))));
  });

  it('go as deep as the folders do', () => {
    const tooDeep = projectFiles().filter((file) => /^src\/(?:[^/]+\/){4,}/.test(file) && file.endsWith('.ts'));
    expect(tooDeep).toEqual([]);
  });

  it('name every folder there is, and nothing that is not there', () => {
    const files = projectFiles();
    const folders = new Set(files.flatMap((file) => /^src\/([^/]+)\//.exec(file)?.[1] ?? []));
    expect(Object.keys(BORDERS).sort()).toEqual([...folders].sort());
    const named = Object.values(BORDERS).flat();
    expect(named.filter((name) => !folders.has(name) && !files.includes(`src/${name}.ts`))).toEqual([]);
  });

  it('are seen by the linter for every folder and every way to import', () => {
    const reported = new Set(reports.filter((one) => one.rule === BORDER).map((one) => one.file));
    expect(planted.size).toBeGreaterThan(300);
    expect([...planted.keys()].filter((file) => !reported.has(file))).toEqual([]);
  });

  it('let pass what is allowed', () => {
    const reported = new Set(reports.map((one) => one.file));
    expect(allowed.filter((file) => reported.has(file))).toEqual([]);
  });

  it('hold in the real tree, all of which is read', () => {
    const sources = projectFiles().filter((file) => /^src\/.*\.ts$/.test(file));
    const real = lint(ROOT, 'src', RULES);
    expect(real.checked).toBe(sources.length);
    expect(real.reports).toEqual([]);
  });
});

describe('cycles', () => {
  it('are seen at each file they run through', () => {
    const reported = reports.filter((one) => one.rule === CYCLE).map((one) => one.file);
    expect(reported.sort()).toEqual(['src/engine/c.ts', 'src/engine/ring/a.ts', 'src/engine/ring/b.ts']);
  });
});

describe('ways to import that the linter does not see', () => {
  it.each([
    ['type import expression', "export type A = import('#runs/model').Plan;"],
    ['type import expression', "export type A = typeof import('#runs/model');"],
    ['computed import', 'const load = () => import(`#runs/model`);'],
    ['computed import', 'const load = (name) => import(name);'],
    ['require', "const plan = require('#runs/model');"],
    ['file address', "new Worker(new URL('../runs/worker.ts', import.meta.url));"],
  ])('finds a %s: %s', (form, source) => {
    expect(hiddenImports(`// one line\n${source}`)).toContainEqual({ form, line: 2 });
  });

  it('leaves ordinary imports and prose alone', () => {
    expect(hiddenImports("/* never import(x) */\nimport { a } from './a.ts';\nconst b = () => import('./b.ts');")).toEqual([]);
  });

  // Workers and migrations are located in one file; code of a user's own is imported from where rollcall.yaml says.
  const exceptions = [/^src\/store\/place\.ts:\d+ file address$/, /^src\/config\/module\.ts:\d+ computed import$/];

  it('are not used in src, with two exceptions', () => {
    const sources = projectFiles().filter((file) => /^src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts'));
    const found = sources.flatMap((file) => hiddenImports(read(file)).map((one) => `${file}:${one.line} ${one.form}`));
    expect(sources.length).toBeGreaterThan(10);
    expect(found.filter((line) => !exceptions.some((known) => known.test(line)))).toEqual([]);
  });
});
