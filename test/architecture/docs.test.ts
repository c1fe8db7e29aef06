import { describe, expect, it } from 'vitest';
import { BORDERS } from '../../scripts/borders.ts';
import { rulesPage } from '../../scripts/write-rules.ts';
import { ONE_STORE } from '../one-store.ts';
import { projectFiles, read } from './tree.ts';

/** Several processes on one store. */
const ONLY_POSTGRES = ['test/integration/several.test.ts', 'test/integration/several-frozen.test.ts'];

describe('documents', () => {
  it('show the borders as they are', () => {
    const table = /<!-- borders -->\n([\s\S]*?)<!-- \/borders -->/.exec(read('docs/ARCHITECTURE.md'))![1]!;
    const rows = table.split('\n').flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      return /^`[\w-]+`$/.test(cells[1] ?? '') ? [[cells[1]!.replaceAll('`', ''), cells[3]!] as const] : [];
    });
    const written = (allowed: readonly string[]): string =>
      allowed.length === 0 ? 'nothing of ours' : allowed.map((name) => `\`${name}\``).join(', ');
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(BORDERS).map(([folder, allowed]) => [folder, written(allowed)])),
    );
  });

  it('show the functions of the rule language as they are', () => expect(read('docs/guide/rules.md')).toBe(rulesPage()));

  it('number the decisions once each, in the file and in its head', () => {
    const files = projectFiles().filter((file) => /^docs\/decisions\/\d{4}-/.test(file));
    const numbers = files.map((file) => Number(/\d{4}/.exec(file)![0])).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, at) => at));
    for (const file of files.filter((one) => !one.includes('/0000-')))
      expect([file, Number(/^# (\d+)[.:]/.exec(read(file))?.[1])]).toEqual([file, Number(/\d{4}/.exec(file)![0])]);
  });

  it.each(['SEMANTICS', 'STORE'])('have every section of %s that is named', (page) => {
    const sections = new Set([...read(`docs/${page}.md`).matchAll(/^## (\d+)\./gm)].map((found) => found[1]!));
    const named = projectFiles()
      .filter((file) => /^(src|test|bench|scripts)\/.*\.(ts|md)$/.test(file))
      .flatMap((file) => [...read(file).matchAll(new RegExp(`\\b${page} ((?:\\d+(?:, | and )?)+)`, 'g'))])
      .flatMap((found) => found[1]!.split(/, | and /));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((section) => section !== '' && !sections.has(section))).toEqual([]);
  });

  it('name tests that are there, for every promise', () => {
    const files = new Set(projectFiles());
    const rows = read('docs/guide/guarantees.md')
      .split('\n')
      .filter((line) => /^\| (?!promise|-)/.test(line));
    expect(rows.length).toBeGreaterThan(20);
    const named = rows.map((row) => [...row.matchAll(/`((?:src|test)\/[^`]+)`/g)].map((found) => found[1]!));
    expect(rows.filter((_, i) => named[i]!.length === 0)).toEqual([]);
    expect(named.flat().filter((file) => !(file.endsWith('.test.ts') && files.has(file)))).toEqual([]);
    // What is marked runs on both stores, what is not on one.
    const once = (file: string): boolean => ONE_STORE.has(file) || file.startsWith('src/') || ONLY_POSTGRES.includes(file);
    const marked = new Set(rows.flatMap((row) => [...row.matchAll(/`([^`]+)` ²/g)].map((found) => found[1]!)));
    expect(named.flat().filter((file) => marked.has(file) === once(file))).toEqual([]);
  });

  it('name only what the package exports, every store among it', () => {
    const { exports } = JSON.parse(read('package.json')) as { exports: { [name: string]: { source: string } } };
    const files = projectFiles();
    const pages = files.filter((file) => file.endsWith('.md') && !file.startsWith('test/'));
    const named = pages.flatMap((file) => [...read(file).matchAll(/[`']rollcall(\/(?:connectors|core|store)\/[\w-]+)[`']/g)]);
    expect(named.length).toBeGreaterThan(5);
    const stores = files.flatMap((file) => /^src(\/store\/\w+)\/open\.ts$/.exec(file)?.[1] ?? []);
    expect(stores.length).toBe(2);
    for (const name of new Set([...named.map((found) => found[1]!), ...stores])) {
      expect(Object.keys(exports)).toContain(`.${name}`);
      expect(files).toContain(exports[`.${name}`]!.source.slice(2));
    }
  });

  it('link only to what is there', () => {
    const files = new Set(projectFiles());
    const folders = new Set([...files].flatMap((file) => file.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))));
    const broken = [...files]
      .filter((file) => file.endsWith('.md') && !file.startsWith('src/'))
      .flatMap((file) =>
        [...read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
          .map((found) => found[1]!)
          .filter((link) => !/^(https?|mailto):/.test(link))
          .map((link) => ({ file, path: new URL(link, `file:///${file}`).pathname.slice(1).replace(/\/$/, '') }))
          .filter(({ path }) => !files.has(path) && !folders.has(path)),
      );
    expect(broken).toEqual([]);
  });
});
