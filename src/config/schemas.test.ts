import { describe, expect, test } from 'vitest';
import type { Schema } from '#connectors/contract';
import type { AttributeType } from '#core/values';
import { FAKES } from './fakes.ts';
import { loadConfiguration } from './load.ts';
import { positionOf } from './places.ts';
import { checkAgainstSchemas } from './schemas.ts';

const TEXT: AttributeType = { type: 'string', multi: false, matching: 'caseIgnore' };

const FILE = `attributes:
  person:
    login:
      unique:
        candidates: ['\${person.mail}']
        uniqueIn: [ad.uid, ad.sAMAcountName, ad.anchor]
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import:
      person:
        project: true
        attributes:
          employeeId: id
          mail: e_mial
          displayName: '\${row.first + " " + row.lst}'
          manager: { reference: bos }
  ad:
    type: ldap
    url: ldaps://dc1.example.org
    export:
      person:
        name: '\${"uid=" + person.login}'
        enabled: { attribute: statos, on: a, off: b }
        attributes:
          uid: login
          mial: mail
          whenCreated: startDate
          age: displayName
          alias: aliases
          cn: { value: displayName, strength: observe }
          manager: manager
      group:
        attributes: { cn: name }
`;

async function faultsOf(schemas: { readonly [connection: string]: Schema }): Promise<string[]> {
  const loaded = await loadConfiguration({
    file: '/etc/roll/rollcall.yaml',
    definitions: FAKES,
    env: {},
    readFile: async () => FILE,
  });
  if (!loaded.ok) throw new Error(loaded.faults.map((f) => `${f.where.line}: ${f.message}`).join('\n'));
  return checkAgainstSchemas(loaded.config, new Map(Object.entries(schemas))).map(
    (f) => `${f.where.line}:${f.where.column} ${f.message} | ${f.remedy}`,
  );
}

const HR: Schema = { complete: true, kinds: { person: { id: TEXT, e_mail: TEXT, first: TEXT, last: TEXT, boss: TEXT } } };
const AD: Schema = {
  complete: true,
  kinds: {
    person: {
      uid: TEXT,
      sAMAccountName: TEXT,
      mail: TEXT,
      status: TEXT,
      whenCreated: { type: 'instant', multi: false, matching: 'instant', readOnly: true },
      age: { type: 'integer', multi: false, matching: 'integer' },
      alias: TEXT,
      cn: { ...TEXT, readOnly: true },
      manager: { type: 'reference', multi: false, matching: 'dn' },
    },
  },
};

describe('what rules name is looked for in the systems', () => {
  test('sources: columns that are not there, at the rule that reads them', async () => {
    expect(await faultsOf({ hr: HR })).toEqual([
      '17:17 connections.hr.import.person.attributes.mail: hr has no attribute e_mial | did you mean e_mail?',
      '18:24 connections.hr.import.person.attributes.displayName: hr has no attribute lst | did you mean last?',
      '19:20 connections.hr.import.person.attributes.manager: hr has no attribute bos | did you mean boss?',
    ]);
  });

  test('targets: missing, read-only, types that do not fit, kinds that are not there', async () => {
    expect(await faultsOf({ ad: AD })).toEqual([
      '6:28 attributes.person.login.unique.uniqueIn[1]: ad has no attribute sAMAcountName | did you mean sAMAccountName?',
      '26:20 connections.ad.export.person.enabled.attribute: ad has no attribute statos | did you mean status?',
      '29:11 connections.ad.export.person.attributes.mial: ad has no attribute mial | did you mean mail?',
      '30:11 connections.ad.export.person.attributes.whenCreated: whenCreated is read-only in ad | remove it, or give it strength: observe',
      '31:16 connections.ad.export.person.attributes.age: age is integer in ad, the rule gives string | give the rule type: integer, or remove it',
      "32:18 connections.ad.export.person.attributes.alias: alias holds one value in ad, the rule gives a list | join the list in an expression, such as ${person.aliases.join(', ')}",
      '35:7 connections.ad.export.group: ad has no objects of kind group | it has person',
    ]);
  });

  test('a schema that does not know everything proves nothing missing', async () => {
    expect(await faultsOf({ hr: { ...HR, complete: false } })).toEqual([]);
    expect(await faultsOf({})).toEqual([]);
  });
});

test('positionOf finds keys and values of a loaded configuration', async () => {
  const loaded = await loadConfiguration({
    file: '/etc/roll/rollcall.yaml',
    definitions: FAKES,
    env: {},
    readFile: async () => FILE,
  });
  if (!loaded.ok) throw new Error('the file is good');
  expect(positionOf(loaded.config, ['connections', 'hr', 'anchor'])).toEqual({ line: 11, column: 13 });
  expect(positionOf(loaded.config, ['connections', 'hr', 'anchor'], 'key')).toEqual({ line: 11, column: 5 });
  expect(positionOf({ ...loaded.config }, ['zone'])).toEqual({ line: 1, column: 1 });
});
