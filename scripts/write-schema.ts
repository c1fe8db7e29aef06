/** Writes what is published about rollcall.yaml: schema/rollcall.schema.json, docs/guide/configuration.md and docs/guide/rules.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { referencePage } from '#config/page';
import { jsonSchema } from '#config/published';
import { CONNECTORS } from '#registry';
import { optionsOf } from './options.ts';
import { rulesPage } from './write-rules.ts';

optionsOf(import.meta.url, {});

const root = new URL('../', import.meta.url);
const example = await readFile(new URL('docs/guide/rollcall.example.yaml', root), 'utf8');
await writeFile(new URL('schema/rollcall.schema.json', root), `${JSON.stringify(jsonSchema(CONNECTORS), null, 2)}\n`);
await writeFile(new URL('docs/guide/configuration.md', root), referencePage(CONNECTORS, example));
await writeFile(new URL('docs/guide/rules.md', root), rulesPage());
