/**
 * Business data are joined from a table: who people are a file says, and the table adds the employee number, the day they came and the cost
 * centre. It is read in one stream, however many there are.
 */
import { Client } from 'pg';
import { afterEach, expect, vi } from 'vitest';
import { POSTGRES, type SqlDatabase } from '../servers/sql-databases.ts';
import { type Place, place } from './place.ts';

let here: Place;
let database: SqlDatabase;

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await here?.remove();
  await database?.remove();
});

const yaml = ({ url, user }: SqlDatabase['settings']): string => `store: sqlite:rollcall.db
attributes:
  person: { costCentre: string }
gates:
  create: { percent: 100, count: 100000 }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: login
    owner: true
    import:
      person:
        project: true
        attributes: { login: login, displayName: name, mail: mail }
  sap:
    type: sql
    url: ${url}
    user: ${user}
    password: "\${env:SAP_PASSWORD}"
    kinds:
      person:
        query: |
          select s.pernr, s.hired, k.kostl, a.smtp from sap.staff s join sap.addresses a using (pernr) join sap.centres k using (pernr)
        key: pernr
    import:
      person:
        join: mail
        attributes: { mail: smtp, employeeId: pernr, startDate: hired, costCentre: kostl }
  book:
    type: csv
    path: book.csv
    anchor: login
    export:
      person:
        provision: true
        attributes: { login: login, name: displayName, number: employeeId, hired: startDate, centre: costCentre }
`;

/** Of the settings' database; the store may be in another of the same server. */
function asked(): () => number {
  const query = vi.spyOn(Client.prototype, 'query');
  const name = new URL(database.settings.url).pathname.slice(1);
  return () => query.mock.contexts.filter((client) => (client as Client).database === name).length;
}

async function add(from: number, to: number): Promise<void> {
  const rows = `generate_series(${from}, ${to}) i`;
  await database.execute(
    `insert into sap.staff select lpad(i::text, 8, '0'), date '2000-01-01' + i, 'P' || i from ${rows}`,
    `insert into sap.addresses select lpad(i::text, 8, '0'), 'p' || i || '@example.org' from ${rows}`,
    `insert into sap.centres select lpad(i::text, 8, '0'), 'K' || i % 7 from ${rows}`,
  );
  const people = Array.from({ length: to }, (_, i) => `p${i + 1},Person ${i + 1},p${i + 1}@example.org`);
  await here.write('hr.csv', ['login,name,mail', ...people, ''].join('\n'));
}

POSTGRES.test('everybody has what the table adds, and it is asked as often for two thousand as for ten', async () => {
  database = await POSTGRES.fresh();
  vi.stubEnv('SAP_PASSWORD', database.settings.password!);
  here = await place(yaml(database.settings));
  await database.execute(
    'create schema sap',
    'create table sap.staff (pernr char(8) primary key, hired date, secret text)',
    'create table sap.addresses (pernr char(8) primary key, smtp text)',
    'create table sap.centres (pernr char(8) primary key, kostl text)',
  );
  await add(1, 10);
  // Nobody in HR: joined to nobody, and nobody new.
  await add(5001, 5001);
  await add(11, 10);
  await here.first();
  const rows = async (): Promise<string[]> => (await here.read('book.csv')).trimEnd().split('\n');
  expect((await rows()).slice(0, 3)).toEqual([
    'login,name,number,hired,centre',
    'p1,Person 1,00000001,2000-01-02,K1',
    'p10,Person 10,00000010,2000-01-11,K3',
  ]);
  expect(await rows()).toHaveLength(11);

  const few = asked();
  await here.run();
  const forTen = few();
  vi.restoreAllMocks();
  await add(11, 2000);
  const many = asked();
  await here.run();
  expect(many()).toBe(forTen);
  expect(await rows()).toHaveLength(2001);
  expect((await rows()).at(-1)).toMatch(/^p\d+,Person \d+,0000\d{4},20\d\d-\d\d-\d\d,K\d$/);

  await database.execute("update sap.centres set kostl = 'K99' where pernr = '00000002'");
  await here.run();
  expect(await here.read('book.csv')).toContain('p2,Person 2,00000002,2000-01-03,K99\n');
  // What cannot be read any more stays as it was.
  await database.execute('alter table sap.centres rename kostl to kst');
  expect((await here.call('run')).code).not.toBe(0);
  expect(await here.read('book.csv')).toContain('K99\n');
});
