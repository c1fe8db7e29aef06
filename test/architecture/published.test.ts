/** What is published about rollcall.yaml is what the program checks: `node bin/run.cjs scripts/write-schema.ts` writes it. */
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '#config/load';
import { referencePage } from '#config/page';
import { jsonSchema } from '#config/published';
import { CONNECTORS } from '#registry';

const root = new URL('../../', import.meta.url);
const EXAMPLE = new URL('docs/guide/rollcall.example.yaml', root);

test('the JSON Schema is current', async () => {
  const published = await readFile(new URL('schema/rollcall.schema.json', root), 'utf8');
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(jsonSchema(CONNECTORS))));
});

test('the reference page is current', async () => {
  const published = await readFile(new URL('docs/guide/configuration.md', root), 'utf8');
  expect(published).toBe(referencePage(CONNECTORS, await readFile(EXAMPLE, 'utf8')));
});

test('the example in it has no fault and no warning', async () => {
  expect(await loadConfiguration({ file: EXAMPLE.pathname, definitions: CONNECTORS, env: {} })).toMatchObject({
    ok: true,
    warnings: [],
  });
});

test.each(['docs/guide/rollcall.example.yaml', 'examples/demo/rollcall.yaml'])('editors find no fault in %s', async (name) => {
  const schema = JSON.parse(await readFile(new URL('schema/rollcall.schema.json', root), 'utf8'));
  const validate = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);
  validate(parse(await readFile(new URL(name, root), 'utf8')));
  expect(validate.errors ?? []).toEqual([]);
});
