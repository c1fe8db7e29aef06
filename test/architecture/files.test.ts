import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles, ROOT, read } from './tree.ts';

const files = projectFiles();
const sources = files.filter((file) => /^(src|scripts|bench|examples|test)\/.*\.(ts|cjs|sql)$/.test(file));
const LARGEST = 300_000;
const lines = (file: string): number => read(file).split('\n').length - 1;

describe('source files', () => {
  it('are found at all', () => expect(sources.length).toBeGreaterThan(20));

  it('are named by what they are about', () => {
    const vague = /(^|\/)(utils?|helpers?|lib|common|types|misc)(\.[a-z.]+)?(\/|$)/;
    expect('src/store/utils.ts').toMatch(vague);
    expect(sources.filter((file) => vague.test(file))).toEqual([]);
  });

  it('have at most 400 lines, but for tests', () => {
    const long = sources.filter((file) => !file.endsWith('.test.ts') && lines(file) > 400);
    expect(long.map((file) => `${file}: ${lines(file)}`)).toEqual([]);
  });

  it('suppress a rule only with a reason', () => {
    const bare = /biome-ignore [\w/]+\s*(:\s*)?$|@ts-(ignore|nocheck)|@ts-expect-error\s*$/m;
    expect('// biome-ignore lint/x/y:').toMatch(bare);
    expect(sources.filter((file) => !file.startsWith('test/architecture/') && bare.test(read(file)))).toEqual([]);
  });

  it('say at the head of each folder of src what it owns', () => {
    const folders = [...new Set(files.flatMap((file) => /^src\/[^/]+(?=\/)/.exec(file) ?? []))];
    const opened = (folder: string): boolean =>
      files.includes(`${folder}/README.md`) ||
      ['index', 'model', 'contract', 'operation'].some(
        (name) => files.includes(`${folder}/${name}.ts`) && read(`${folder}/${name}.ts`).startsWith('/**'),
      );
    expect(folders.filter((folder) => !opened(folder))).toEqual([]);
  });

  it('keep the connector contract to one and a half screens', () => {
    const contract = read('src/connectors/contract.ts').split('\n');
    expect(contract.filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(150);
  });
});

describe('the whole tree', () => {
  it('has no file that nobody wrote: a program or a package that was fetched and left lying', () => {
    expect(files.filter((file) => statSync(join(ROOT, file)).size > LARGEST || read(file).includes('\0'))).toEqual([]);
  });
});
