/** SEMANTICS 9: a value that a target does not take holds that attribute of that person, with the limit named; everything else of them goes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { RunReport } from '#runs/model';
import { ldap } from '../servers/ldap-programs.ts';
import { freshUnit, sharedSamba, testOnSamba } from '../servers/samba.ts';
import { MARIADB, POSTGRES, type SqlDatabase } from '../servers/sql-databases.ts';
import { type Firm, firm, HOUR } from './firm.ts';

let here: Firm;
let folder: string | undefined;
afterEach(async () => {
  await here?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
  folder = undefined;
});

/** A file of the test's own that holds it. */
async function secret(text: string): Promise<string> {
  folder ??= await mkdtemp(join(tmpdir(), 'rollcall-refused-'));
  await writeFile(join(folder, 'password.txt'), text);
  return join(folder, 'password.txt');
}

const LONG = 'x'.repeat(200);

const yaml = (dir: string): string => `store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 100 }, update: { percent: 100, count: 100 } }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, title: title, mail: mail, office: office } } }
  dir:
${dir}
    export:
      person:
        provision: true
        attributes: { number: employeeId, name: displayName, title: title, mail: mail }
`;

async function again(): Promise<Awaited<ReturnType<Firm['run']>>> {
  here.now += HOUR;
  return await here.run();
}

const told = ({ faults }: Pick<RunReport, 'faults'>): string[] =>
  faults.map(({ kind, where }) => `${kind} of ${where.object}: ${where.attribute}`).sort();

it('is held of a new account and of one that is there, until it is another one', async () => {
  const attributes = 'number: {}, name: {}, title: { maxLength: 10 }, mail: { maxLength: 20 }';
  here = await firm(
    yaml(`    type: memory
    system: dir
    schema: { person: { ${attributes} } }
    import: { person: { join: employeeId, attributes: { employeeId: number } } }`).replace(
      'provision: true',
      'provision: true\n        anchor: employeeId',
    ),
  );
  const hr = here.system('hr');
  const book = (id: string) => ({ ...here.system('dir').get('person', id)?.attributes });
  hr.put('person', '1', { id: '1', name: 'Ann', title: LONG, mail: 'ann@x' });
  hr.put('person', '2', { id: '2', name: 'Bo', title: 'Clerk', mail: 'bo@x' });
  const first = await here.first();
  expect(told(first)).toEqual(['invalidValue of 1: title']);
  expect(first.faults[0]!.message).toContain('title is longer than 10');
  expect(book('1')).toEqual({ number: '1', name: 'Ann', mail: 'ann@x' });
  expect(book('2')).toEqual({ number: '2', name: 'Bo', mail: 'bo@x', title: 'Clerk' });
  expect(await here.parked('refused')).toHaveLength(1);
  expect(await again()).toMatchObject({ faults: [], rowsWritten: 0 });

  // What changes goes, and what was held is tried with it.
  hr.put('person', '1', { id: '1', name: 'Anna', title: LONG, mail: 'anna@x' });
  hr.put('person', '2', { id: '2', name: 'Bob', title: LONG, mail: `${LONG}@x` });
  expect(told(await again())).toEqual(['invalidValue of 1: title', 'invalidValue of 2: mail', 'invalidValue of 2: title']);
  expect(book('1')).toEqual({ number: '1', name: 'Anna', mail: 'anna@x' });
  expect(book('2')).toEqual({ number: '2', name: 'Bob', mail: 'bo@x', title: 'Clerk' });

  hr.put('person', '1', { id: '1', name: 'Anna', title: 'Head', mail: 'anna@x' });
  hr.put('person', '2', { id: '2', name: 'Bob', title: 'Head', mail: 'bob@x' });
  expect(await again()).toMatchObject({ status: 'done', faults: [] });
  expect([book('1')['title'], book('2')['title'], book('2')['mail']]).toEqual(['Head', 'Head', 'bob@x']);
  expect(await here.parked('refused')).toEqual([]);
  expect(await again()).toMatchObject({ faults: [], rowsWritten: 0 });
});

it('what was refused is told though the target fails where the rest of another account is sent', async () => {
  here = await firm(
    yaml(`    type: memory
    system: dir
    schema: { person: { number: {}, name: {}, title: { maxLength: 10 }, mail: {} } }
    faults:
      - { on: create, anchor: '1', after: 1, times: 1, do: { die: before, how: unavailable } }
      - { on: create, anchor: '2', times: 1, do: { refuse: permission } }
    import: { person: { join: employeeId, attributes: { employeeId: number } } }`).replace(
      'provision: true',
      'provision: true\n        anchor: employeeId',
    ),
  );
  const hr = here.system('hr');
  hr.put('person', '1', { id: '1', name: 'Ann', title: LONG, mail: 'ann@x' });
  hr.put('person', '2', { id: '2', name: 'Bo', title: 'Clerk', mail: 'bo@x' });
  expect(told(await here.first())).toEqual(['permission of 2: undefined', 'unavailable of undefined: undefined']);
});

async function inTable(fresh: () => Promise<SqlDatabase>): Promise<SqlDatabase> {
  const database = await fresh();
  const { url, user, password } = database.settings;
  await database.execute(
    `create table staff (number varchar(10) primary key, name varchar(80), title varchar(20), mail varchar(80), level smallint)`,
  );
  here = await firm(
    yaml(`    type: sql
    url: ${url}
    user: ${user}
    password: "\${file:${await secret(password!)}}"
    tls: false
    kinds: { person: { table: staff, key: number } }
    import: { person: { join: employeeId, attributes: { employeeId: number } } }`)
      .replace('provision: true', 'provision: true\n        anchor: employeeId')
      .replace('name: displayName,', 'name: displayName, level: { value: office, type: integer },'),
  );
  return database;
}

for (const system of [POSTGRES, MARIADB])
  system.test(`in a table of ${system.title}: column, limit and person are named`, async () => {
    const database = await inTable(system.fresh);
    try {
      const hr = here.system('hr');
      hr.put('person', '1', { id: '1', name: 'Ann', title: LONG, mail: 'ann@x' });
      hr.put('person', '2', { id: '2', name: 'Bo', title: 'Clerk', mail: 'bo@x' });
      const { faults } = await here.first();
      expect(told({ faults })).toEqual(['invalidValue of 1: title']);
      expect(faults[0]).toMatchObject({
        message: 'title has 200 characters, and the system takes 20',
        remedy: expect.any(String),
      });
      hr.put('person', '2', { id: '2', name: 'Bob', title: LONG, mail: 'bob@x' });
      expect(told(await again())).toEqual(['invalidValue of 2: title']);
      hr.put('person', '1', { id: '1', name: 'Ann', title: 'Chief', mail: 'ann@x', office: '99999' });
      expect(told(await again())).toEqual(['invalidValue of 1: level']);
      hr.put('person', '1', { id: '1', name: 'Ann', title: 'Head', mail: 'ann@x', office: '7' });
      expect(await again()).toMatchObject({ faults: [] });
      const rows = await Promise.all(['1', '2'].map(async (at) => (await here.account('dir', at))!.seen));
      expect(rows.map((row) => JSON.parse(row!))).toMatchObject([
        { title: 'Head', level: 7 },
        { name: 'Bob', title: 'Clerk', mail: 'bob@x' },
      ]);
    } finally {
      await database.remove();
    }
  });

testOnSamba('in Active Directory, of which the schema says how long a value may be', async () => {
  const lab = await sharedSamba();
  await using unit = await freshUnit(lab);
  const own = unit.dn.slice(4, 10);
  here = await firm(
    yaml(`    type: ldap
    url: ${lab.ldaps}
    tls: { ca: ${lab.caFile} }
    bind: { dn: ${lab.admin.upn}, password: "\${file:${await secret(lab.admin.password)}}" }
    base: ${unit.dn}
    import: { person: { join: employeeId, attributes: { employeeId: employeeID } } }`)
      .replace('provision: true', `provision: true\n        dn: \${"CN=" + person.displayName + ",${unit.dn}"}`)
      .replace(
        'number: employeeId, name:',
        `sAMAccountName: '\${"${own}-" + person.employeeId}', employeeID: employeeId, displayName:`,
      ),
  );
  const hr = here.system('hr');
  const titles = async () => {
    const at = { url: lab.ldaps, ...lab.admin, caFile: lab.caFile };
    const text = await ldap('ldapsearch', at, ['-b', unit.dn, '(objectClass=user)', 'title', 'mail']);
    return (text.match(/^(title|mail): .*$/gm) ?? []).sort();
  };
  hr.put('person', '1', { id: '1', name: 'Ann', title: LONG, mail: 'ann@x' });
  hr.put('person', '2', { id: '2', name: 'Braun, Karl', title: 'Clerk', mail: 'bo@x' });
  const { faults } = await here.first();
  expect(told({ faults })).toEqual([`invalidValue of CN=Ann,${unit.dn}: title`]);
  expect(faults[0]!.message).toBe('title has 200 characters, and the system takes 128');
  expect(await titles()).toEqual(['mail: ann@x', 'mail: bo@x', 'title: Clerk']);
  hr.put('person', '2', { id: '2', name: 'Braun, Karl', title: LONG, mail: 'karl@x' });
  expect(told(await again())).toEqual([`invalidValue of CN=Braun\\, Karl,${unit.dn}: title`]);
  expect(await titles()).toEqual(['mail: ann@x', 'mail: karl@x', 'title: Clerk']);
  hr.put('person', '1', { id: '1', name: 'Ann', title: 'Head', mail: 'ann@x' });
  expect(await again()).toMatchObject({ faults: [] });
  expect(await titles()).toEqual(['mail: ann@x', 'mail: karl@x', 'title: Clerk', 'title: Head']);
});
