import { describe, expect, test } from 'vitest';
import type { Schema } from '#connectors/contract';
import type { Fault } from '#core/errors';
import type { AttributeType } from '#core/values';
import { FAKES } from './fakes.ts';
import { loadConfiguration } from './load.ts';
import type { Configuration } from './model.ts';
import { positionOf } from './places.ts';
import { checkAgainstSchemas, protectionDoubts } from './schemas.ts';

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

async function loadedOf(text: string): Promise<Configuration> {
  const loaded = await loadConfiguration({
    file: '/etc/roll/rollcall.yaml',
    definitions: FAKES,
    env: {},
    readFile: async () => text,
  });
  if (!loaded.ok) throw new Error(loaded.faults.map((f) => `${f.where.line}: ${f.message}`).join('\n'));
  return loaded.config;
}

const line = (f: Fault): string => `${f.where.line}:${f.where.column} ${f.message} | ${f.remedy}`;

async function faultsOf(schemas: { readonly [connection: string]: Schema }, text = FILE): Promise<string[]> {
  return checkAgainstSchemas(await loadedOf(text), new Map(Object.entries(schemas))).map(line);
}

const CONDITIONS = `connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import:
      person:
        project: true
        many: true
        filter: 'row.statsu == "staff"'
        primary: ['row.mian']
        protect: 'row.employeType == "service" || row.id == "1"'
        attributes: { employeeId: id }
`;

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

  test('bytes that the target does not take', async () => {
    const yaml = (photo: string): string => `connections:
  hr: { type: csv, path: hr.csv, anchor: id, import: { person: { project: true, attributes: { employeeId: id } } } }
  ad: { type: ldap, url: 'ldaps://dc1.example.org', export: { person: { attributes: { thumb: { ${photo} } } } } }
`;
    const thumb = { type: 'binary', multi: false, matching: 'exact', maxLength: 50_000 } as const;
    const ad: Schema = { complete: true, kinds: { person: { thumb } } };
    expect(await faultsOf({ ad }, yaml('photo: photo, max: 96x96, maxBytes: 10KB'))).toEqual([]);
    expect(await faultsOf({ ad }, yaml('photo: photo'))).toEqual([
      expect.stringContaining('thumb takes 50,000 bytes in ad, the rule gives up to 102,400 | give a photo maxBytes: 50000B'),
    ]);
  });

  test('a schema that does not know everything proves nothing missing', async () => {
    expect(await faultsOf({ hr: { ...HR, complete: false } })).toEqual([]);
    expect(await faultsOf({})).toEqual([]);
  });
});

describe('conditions of a source', () => {
  const person = { id: TEXT, status: TEXT, main: TEXT, employeeType: TEXT };

  test('what filter, primary and protect read has to be there', async () => {
    expect(await faultsOf({ hr: { complete: true, kinds: { person } } }, CONDITIONS)).toEqual([
      '10:17 connections.hr.import.person.filter: hr has no attribute statsu | did you mean status?',
      '11:18 connections.hr.import.person.primary: hr has no attribute mian | did you mean main?',
      '12:18 connections.hr.import.person.protect: hr has no attribute employeType | did you mean employeeType?',
    ]);
  });

  test('where more may come than is known, it is said that nobody is protected', async () => {
    const schema: Schema = { complete: false, kinds: { person } };
    expect(await faultsOf({ hr: schema }, CONDITIONS)).toEqual([]);
    const config = await loadedOf(CONDITIONS);
    expect(protectionDoubts(config, config.connections[0]!, schema).map(line)).toEqual([
      '12:18 connections.hr.import.person.protect: nobody in hr shows employeType now: nobody is protected by it | did you mean employeeType?',
    ]);
    expect(protectionDoubts(config, config.connections[0]!, { ...schema, complete: true })).toEqual([]);
  });

  test('what protects all kinds of a connection has to be there in one of them', async () => {
    const config = await loadedOf(
      'connections:\n  hr:\n    type: csv\n    path: hr.csv\n    anchor: id\n    protect: row.type == "service"\n    import:\n' +
        '      person: { project: true, attributes: { employeeId: id } }\n      group: { project: true, attributes: { name: id } }\n',
    );
    const doubts = (person: Schema['kinds'][string]): string[] =>
      protectionDoubts(config, config.connections[0]!, { complete: false, kinds: { person, group: { id: TEXT } } }).map(line);
    expect(doubts({ id: TEXT, type: TEXT })).toEqual([]);
    expect(doubts({ id: TEXT })).toHaveLength(2);
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
