import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfiguration } from '#config/load';
import { CONNECTORS } from '#registry';

const guide = new URL('../../docs/guide/', import.meta.url);
const base = parse(readFileSync(new URL('mappings.base.yaml', guide), 'utf8')) as object;

/** Fragments of rollcall.yaml in a page, each with the heading it stands under. */
function fragments(page: string): readonly (readonly [title: string, text: string])[] {
  const text = readFileSync(new URL(page, guide), 'utf8');
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map((found) => {
    const heading =
      text
        .slice(0, found.index)
        .match(/^#+ .*$/gm)
        ?.at(-1) ?? '';
    return [`${page} ${heading} ${text.slice(0, found.index).split('\n').length}`, found[1]!];
  });
}

function merged(under: unknown, over: unknown): unknown {
  if (typeof under !== 'object' || typeof over !== 'object' || under === null || over === null || Array.isArray(over))
    return over;
  const out: { [key: string]: unknown } = { ...under };
  for (const [key, value] of Object.entries(over)) out[key] = key in out ? merged(out[key], value) : value;
  return out;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-guide-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the guide', () => {
  const all = ['first-connection.md', 'mappings.md', 'safety.md', 'operating.md', 'scim-serve.md'].flatMap(fragments);
  it('has fragments', () => expect(all.length).toBeGreaterThan(15));

  it.each(all)('%s is a configuration without faults', async (_, text) => {
    const file = join(folder, 'rollcall.yaml');
    writeFileSync(file, stringify(merged(base, parse(text))));
    const loaded = await loadConfiguration({ file, definitions: CONNECTORS, env: {} });
    expect(loaded.ok ? [] : loaded.faults.map((fault) => `${fault.where.line}: ${fault.message}; ${fault.remedy}`)).toEqual([]);
  });
});
