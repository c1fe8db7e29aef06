import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { FAKES } from './fakes.ts';
import { loadConfiguration } from './load.ts';
import { referencePage } from './page.ts';
import { jsonSchema } from './published.ts';

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const validate = ajv.compile(jsonSchema(FAKES));

function errorsOf(text: string): string[] {
  validate(parse(text));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

const GOOD = `version: 1
store: 'postgres://u:\${env:PG}@h/d'
zone: Europe/Berlin
attributes: { person: { shoeSize: integer, login: { unique: { candidates: ['\${person.mail}', '\${person.mail + string(n)}'] } } } }
precedence: { person: { mail: [hr] } }
life: { person: { starts: startDate, grace: 30d } }
connections:
  hr: { type: csv, path: '\${env:DATA}/hr.csv', anchor: id, import: { person: { join: mail, project: true, attributes: { mail: mail } } } }
  ad:
    type: ldap
    url: '\${env:URL}'
    bind: { dn: cn=x, password: '\${file:pw}' }
    tokens: { a: '\${env:TOKEN}' }
    export: { person: { when: person.active, enabled: { attribute: s, on: 1, off: null }, attributes: { mail: mail, cn: { value: mail, strength: ifEmpty } } } }
    deprovision: { action: disable, after: 10d }
gates: { delete: { percent: 5 }, "attribute:mail": { count: 3 } }
hooks: [{ after: sync, command: [x] }, { after: cycle, webhook: "https://x" }]
schedule: { "*": "0 2 * * *" }
retention: 400d
limits: { maxObjectSize: 16MB }
`;

describe('the schema for editors', () => {
  test('takes what the loader takes', async () => {
    expect(errorsOf(GOOD)).toEqual([]);
    const env = { PG: 'pg-pw-4711', DATA: '/d', URL: 'ldap://h', TOKEN: 'tk-4711' };
    const loaded = await loadConfiguration({
      file: '/x/rollcall.yaml',
      definitions: FAKES,
      env,
      readFile: async (file) => (file.endsWith('pw') ? 'file-pw-4711' : GOOD),
    });
    expect(loaded).toMatchObject({ ok: true });
  });

  test('takes a connector of one’s own, whose keys it does not know', () =>
    expect(errorsOf('connections: { a: { type: ./connectors/a.ts, url: x }, b: { type: /etc/b.mjs, mode: on } }')).toEqual([]));

  test.each([
    ['top-level key', 'zone:', 'zoen:', /additional properties/],
    ['type', 'type: csv', 'type: cvs', /allowed values/],
    ['key of a type', 'anchor: id', 'ancor: id', /additional properties|required property 'anchor'/],
    ['key of another type', 'anchor: id', 'anchor: id, url: x', /additional properties/],
    ['secret written out', "'${file:pw}'", 'hunter22', /password must match pattern/],
    ['rule key', 'project: true', 'projekt: true', /additional properties/],
    ['rule value', 'project: true', 'project: maybe', /must be boolean/],
    ['duration', 'after: 10d', 'after: soon', /after must match pattern/],
    ['gate', 'delete: { percent: 5 }', 'deletes: { percent: 5 }', /property name must be valid/],
    ['hook', 'after: sync,', 'after: sink,', /allowed values/],
    ['connections', 'connections:', 'connexions:', /required property 'connections'/],
  ])('refuses a wrong %s', (_, from, to, message) => {
    expect(GOOD).toContain(from);
    expect(errorsOf(GOOD.replace(from, () => to)).join('\n')).toMatch(message);
  });

  test('describes every key', () => {
    const undescribed: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [name, property] of Object.entries((node as { properties?: object }).properties ?? {})) {
        if (property === true || 'const' in property) continue;
        if (!('description' in property)) undescribed.push(`${path}.${name}`);
      }
      for (const [key, inner] of Object.entries(node)) walk(inner, `${path}.${key}`);
    };
    const { allOf: _, ...own } = (
      jsonSchema(FAKES) as { properties: { connections: { additionalProperties: { allOf: unknown } } } }
    ).properties.connections.additionalProperties;
    walk({ ...jsonSchema(FAKES), own }, '');
    expect(undescribed.filter((path) => !path.includes('.then.'))).toEqual([]);
  });
});

test('the reference page names every key of the file and of every type, and marks secrets', () => {
  const page = referencePage(FAKES, 'connections: {}\n');
  for (const key of [
    'store',
    'fullReadEvery',
    'aggregates',
    'strength',
    'uniqueIn',
    'webhook',
    'maxObjectSize',
    'delimiter',
    'tokens',
  ]) {
    expect(page).toContain(`| \`${key}\` |`);
  }
  expect(page).toMatch(/\| `tokens` \|.*\*Secret\.\*/);
  expect(page).toMatch(/\| `anchor` \| text \| \*\*required\*\*/);
});
