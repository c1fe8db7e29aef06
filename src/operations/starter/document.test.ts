import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfiguration } from '#config/load';
import type { Definition } from '../operation.ts';
import { starterDocument } from './document.ts';
import { propose, proposeAnchor } from './propose.ts';

const definition = {
  type: 'fake',
  title: 'Fake',
  maturity: 'alpha',
  config: z.strictObject({ path: z.string(), anchor: z.string(), create: z.boolean().optional() }),
  open: () => {
    throw new Error('checking opens nothing');
  },
} as unknown as Definition;

async function load(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-starter-'));
  try {
    const file = join(folder, 'rollcall.yaml');
    await writeFile(file, text);
    return await loadConfiguration({ file, definitions: new Map([['fake', definition]]), env: {} });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const HEADERS = {
  English: ['employee_id', 'first name', 'last name', 'email', 'department', 'manager id', 'start date', 'end date'],
  German: ['Personal-Nr.', 'Vorname', 'Nachname', 'E-Mail', 'Abteilung', 'Vorgesetzter', 'Eintritt', 'Austritt'],
  French: ['Matricule', 'Prénom', 'Nom', 'Courriel', 'Service', 'Responsable', "Date d'embauche", 'Date de sortie'],
  awkward: ['id: "x"', '#name', '- mail', 'Vorname: [a]', '${x}', 'true', '1'],
} as const;

describe('the first rollcall.yaml', () => {
  it.each(Object.entries(HEADERS))('is accepted by the loader, with %s headers', async (_, headers) => {
    const proposals = propose(headers);
    const source = { name: 'hr', type: 'fake', settings: { path: 'a: b.csv', anchor: headers[0] }, proposals };
    for (const target of [
      null,
      { name: 'book', type: 'fake', settings: { path: 'out.csv', anchor: 'employeeId', create: true }, proposals: [] },
    ]) {
      const loaded = await load(starterDocument({ source, target, store: 'sqlite:rollcall.db', zone: 'Europe/Berlin' }));
      expect(loaded.ok ? [] : loaded.faults).toEqual([]);
      if (!loaded.ok) return;
      const hr = loaded.config.connections[0]!;
      expect(hr.settings).toMatchObject({ path: 'a: b.csv', anchor: headers[0] });
      expect([hr.owner, hr.imports.get('person')?.project]).toEqual([true, true]);
      expect(new Set(hr.imports.get('person')!.flows.map((flow) => flow.attribute)).size).toBeGreaterThanOrEqual(
        proposals.length,
      );
    }
  });

  it('makes a name of first and last name where there is none, and joins existing accounts', async () => {
    const proposals = propose(HEADERS.German);
    const source = { name: 'hr', type: 'fake', settings: { path: 'x', anchor: 'Personal-Nr.' }, proposals };
    const target = {
      name: 'ad',
      type: 'fake',
      settings: { path: 'y', anchor: 'uid' },
      proposals: propose(['uid', 'mail', 'cn', 'employeeNumber']),
    };
    const loaded = await load(starterDocument({ source, target, store: 'sqlite:rollcall.db', zone: 'UTC' }));
    expect(loaded.ok ? [] : loaded.faults).toEqual([]);
    if (!loaded.ok) return;
    const [hr, ad] = loaded.config.connections;
    const name = hr!.imports.get('person')!.flows.find((flow) => flow.attribute === 'displayName')!;
    const row = Object.assign(Object.create(null), { Vorname: 'Ada', Nachname: 'Lovelace' });
    expect(name.evaluate({ row, anchor: '1', name: null }, { now: 0, due: 0 })).toBe('Ada Lovelace');
    expect(ad!.imports.get('person')!.join).toEqual(['employeeId', 'mail']);
    // A mail address is given again; a new row with one of a leaver is somebody else.
    expect(hr!.imports.get('person')!.join).toEqual(['employeeId']);
    expect(ad!.exports.get('person')!.provision).toBe(true);
  });

  it.each([
    [['employee id', 'Manager, ID', 'E-Mail']],
    [['employee id', 'Manager (ID)}', 'E-Mail']],
    [['employee id', '[Manager]', '{mail}']],
    [['employee id', 'E-\nMail', 'first\nname', "last 'name'"]],
    [['employee id', 'e\u2028mail', 'first\u00a0name', '# last name']],
    [['employee id', 'manager: id', '"mail"', 'first name #1', '\u0007last name']],
  ])('takes columns as they are called: %j', async (columns) => {
    const proposals = propose(columns);
    const source = { name: 'hr', type: 'fake', settings: { path: 'x\ny: 1', anchor: 'employee id' }, proposals };
    const loaded = await load(starterDocument({ source, target: null, store: 'sqlite:rollcall.db', zone: 'UTC' }));
    expect(loaded.ok ? [] : loaded.faults).toEqual([]);
    if (!loaded.ok) return;
    const hr = loaded.config.connections[0]!;
    expect(hr.settings).toMatchObject({ path: 'x\ny: 1', anchor: 'employee id' });
    const read = new Set(hr.imports.get('person')!.flows.flatMap((flow) => flow.reads));
    expect([...read].sort()).toEqual(proposals.map((one) => one.column).sort());
  });

  it('leaves out a column whose name would be an expression or a reference', () => {
    const columns = ['${file:/etc/passwd}', '${mail}', 'number'];
    expect(propose(columns)).toEqual([]);
    expect(proposeAnchor(columns, [])).toBe('number');
  });

  it('names entries so that no character of a value ends the name', async () => {
    const source = {
      name: 'hr',
      type: 'fake',
      settings: { path: 'x', anchor: 'id' },
      proposals: propose(['id', 'login', 'display name']),
    };
    const naming = { rdn: 'cn', parent: 'ou=people,dc=example', seen: true };
    const target = { name: 'ad', type: 'fake', settings: { path: 'y', anchor: 'uid' }, proposals: [], naming };
    const text = starterDocument({ source, target, store: 'sqlite:rollcall.db', zone: 'UTC' });
    expect(text).toContain('dn: ${"cn=" + person.displayName.dnValue() + ",ou=people,dc=example"}');
  });

  it.each([
    ['cn', true, 'as most people there are named'],
    ['uid', true, 'who is named otherwise is RENAMED'],
    ['uid', false, 'an example'],
  ])('says what a name made of it does to those who are there: %s, seen %s', async (rdn, seen, said) => {
    const source = {
      name: 'hr',
      type: 'fake',
      settings: { path: 'x', anchor: 'id' },
      proposals: propose(['id', ...(rdn === 'cn' ? ['display name'] : ['mail'])]),
    };
    const naming = { rdn, parent: 'ou=people,dc=example', seen };
    const target = { name: 'ad', type: 'fake', settings: { path: 'y', anchor: 'uid' }, proposals: [], naming };
    expect(starterDocument({ source, target, store: 'sqlite:rollcall.db', zone: 'UTC' })).toContain(said);
  });

  it('takes of a directory what its people have, by the names of their entries, and its groups', async () => {
    const columns = ['uid', 'cn', 'sn', 'givenName', 'mail', 'manager'];
    const source = {
      name: 'directory',
      type: 'fake',
      settings: { path: 'x', anchor: 'dn' },
      proposals: propose(columns),
      columns,
      people: columns.map((name) => ({
        name,
        share: name === 'mail' ? 0.9 : 1,
        ...(name === 'manager' ? { refersBy: 'name' } : {}),
        ...(name === 'mail' ? { several: true as const } : {}),
      })),
      groups: [
        { name: 'cn', share: 1 },
        { name: 'member', share: 1, refersBy: 'name' },
      ],
      whom: { expression: 'row.system != "TRUE"', about: 'not what comes with it' },
      enabled: 'row.enabled',
    };
    const text = starterDocument({ source, target: null, store: 'sqlite:rollcall.db', zone: 'UTC' });
    const loaded = await load(text);
    expect(loaded.ok ? [] : loaded.faults).toEqual([]);
    expect(text).toContain('# filter: row.system != "TRUE" && row.enabled');
    if (!loaded.ok) return;
    const { imports } = loaded.config.connections[0]!;
    expect(imports.get('person')!.flows.map((flow) => flow.attribute)).toContain('manager');
    expect(imports.get('group')!.flows.map((flow) => flow.attribute)).toEqual(['name', 'member']);
  });

  it('makes an account as the directory wants it: what it must have, and what is in its name not twice', async () => {
    const source = {
      name: 'hr',
      type: 'fake',
      settings: { path: 'x', anchor: 'id' },
      proposals: propose(['id', 'login', 'first name', 'last name', 'manager id']),
    };
    const target = {
      name: 'ad',
      type: 'fake',
      settings: { path: 'y', anchor: 'dn' },
      proposals: propose(['sAMAccountName', 'manager']),
      columns: ['sAMAccountName', 'manager'],
      people: [
        { name: 'manager', share: 1, refersBy: 'name' },
        { name: 'sAMAccountName', share: 1, several: true as const },
      ],
      enabled: 'row.enabled',
      naming: { rdn: 'CN', parent: 'OU=p,DC=x', seen: true },
      besides: [
        { column: 'cn', from: 'displayName' },
        { column: 'sn', from: 'familyName' },
        { column: 'sAMAccountName', from: 'login' },
        { column: 'mail', from: 'mail' },
        { column: 'userPrincipalName', from: 'login', expression: 'person.login + "@x"' },
      ],
    };
    const text = starterDocument({ source, target, store: 'sqlite:rollcall.db', zone: 'UTC' });
    const loaded = await load(text);
    expect(loaded.ok ? [] : loaded.faults).toEqual([]);
    expect(text).toMatch(
      /sAMAccountName: login {3}# some there have several: only this one stays\n +manager: \{ value: manager, by: name \}\n +sn: familyName\n +userPrincipalName: \$\{person\.login \+ "@x"\}\n/,
    );
    expect(text).toContain('enabled: { attribute: enabled, on: true, off: false }');
  });
});
