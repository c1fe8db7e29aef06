import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { csv } from './csv/index.ts';
import { jsonl } from './jsonl/index.ts';
import { ldap } from './ldap/index.ts';
import { ldif } from './ldif/index.ts';
import { memory } from './memory/index.ts';
import { scim } from './scim/index.ts';
import { scimPush } from './scim-push/index.ts';
import { sql } from './sql/index.ts';
import { webhookPush } from './webhook-push/index.ts';

interface Setting {
  readonly default?: unknown;
}

/** Found out, not chosen: what the program does where the setting is left out. */
const FOUND: { readonly [setting: string]: string } = { delimiter: 'found', encoding: '`utf-8`' };

describe.each([csv, jsonl, ldap, ldif, memory, scim, scimPush, sql, webhookPush])('docs/guide/$type.md', ({ type, config }) => {
  const guide = readFileSync(new URL(`../../docs/guide/${type}.md`, import.meta.url), 'utf8');

  test('has every setting with its default, and no other', () => {
    const schema = z.toJSONSchema(config, { io: 'input' }) as { readonly properties: { readonly [name: string]: Setting } };
    const table = /\| setting [^\n]*\n\|[ -|]*\n((?:\|[^\n]*\n)+)/.exec(guide)![1]!;
    const rows = table
      .trimEnd()
      .split('\n')
      .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    const shown = ([name, { default: preset }]: [string, Setting]): [string, string] => [
      `\`${name}\``,
      typeof preset === 'object' || preset === undefined ? (FOUND[name] ?? '') : `\`${preset}\``,
    ];
    expect(Object.fromEntries(rows.map((row) => [row[1], row[2]]))).toEqual(
      Object.fromEntries(Object.entries(schema.properties).map(shown)),
    );
  });

  test('has an example that is right', () => {
    const { connections } = parse(/```yaml\n([\s\S]*?)```/.exec(guide)![1]!) as { connections: { [name: string]: object } };
    for (const { type: named, ...settings } of Object.values(connections) as { type: string }[]) {
      expect(named).toBe(type);
      expect(config.safeParse(settings).error).toBeUndefined();
    }
  });
});
