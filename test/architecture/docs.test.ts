import { describe, expect, it } from 'vitest';
import { BORDERS } from '../../scripts/borders.ts';
import { rulesPage } from '../../scripts/write-rules.ts';
import { projectFiles, read } from './tree.ts';

describe('documents', () => {
  it('show the borders as they are', () => {
    const table = /<!-- borders -->\n([\s\S]*?)<!-- \/borders -->/.exec(read('docs/ARCHITECTURE.md'))![1]!;
    const rows = table.split('\n').flatMap((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      return /^`\w+`$/.test(cells[1] ?? '') ? [[cells[1]!.replaceAll('`', ''), cells[3]!] as const] : [];
    });
    const written = (allowed: readonly string[]): string =>
      allowed.length === 0 ? 'nothing of ours' : allowed.map((name) => `\`${name}\``).join(', ');
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(Object.entries(BORDERS).map(([folder, allowed]) => [folder, written(allowed)])),
    );
  });

  it('show the functions of the rule language as they are', () => expect(read('docs/guide/rules.md')).toBe(rulesPage()));

  it.each(['SEMANTICS', 'STORE'])('have every section of %s that is named', (page) => {
    const sections = new Set([...read(`docs/${page}.md`).matchAll(/^## (\d+)\./gm)].map((found) => found[1]!));
    const named = projectFiles()
      .filter((file) => /^(src|test|bench|scripts)\/.*\.(ts|md)$/.test(file))
      .flatMap((file) => [...read(file).matchAll(new RegExp(`\\b${page} ((?:\\d+(?:, | and )?)+)`, 'g'))])
      .flatMap((found) => found[1]!.split(/, | and /));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((section) => section !== '' && !sections.has(section))).toEqual([]);
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
