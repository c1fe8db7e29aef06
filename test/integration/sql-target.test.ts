/** Tables as a target: people and groups with their members, keys of different columns, a row that the database refuses. */
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { DAY, type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
life: { person: { grace: 1d } }
gates:
  create: { percent: 100, count: 1000 }
  delete: { percent: 100, count: 1000 }
connections:
  hr:
    type: memory
    system: sql target
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, mail: mail } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  book:
    type: sql
    url: sqlite:book.db
    kinds:
      person: { table: person, key: number }
      group: { table: team, key: id, lists: { members: { table: member, key: team, value: person, of: person } } }
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: id } }
    export:
      person:
        when: person.active
        provision: true
        attributes: { number: employeeId, name: displayName, mail: mail }
      group: { provision: true, attributes: { id: name, members: member } }
    deprovision: { action: delete }
`;

let here: Place;
let hr: MemorySystem;
let book: DatabaseSync;

const person = (id: number, name: string, mail = `p${id}@x`): void =>
  void hr.put('person', String(id), { id: String(id), name, mail });
const rows = (query: string): unknown[] =>
  book
    .prepare(query)
    .all()
    .map((row) => Object.values(row).join(' '));

beforeEach(async () => {
  here = await place(YAML);
  hr = memorySystem('sql target');
  book = new DatabaseSync(here.path('book.db'));
  book.exec(`create table person (number varchar(20) primary key, name text not null, mail text unique, room text);
    create table team (id text primary key);
    create table member (team text not null references team, person varchar(20) not null references person, since text default 'today');
    insert into person values ('1', 'Old name', null, 'A1'), ('99', 'Nobody of ours', 'taken@x', null)`);
});

afterEach(async () => {
  book.close();
  forgetMemorySystem('sql target');
  await here.remove();
});

it('rows are joined, made, changed and deleted; what is refused is told and the rest is written', async () => {
  for (const [id, name] of ['Ada', 'Bo', 'Cy'].entries()) person(id + 1, name);
  person(4, 'Di', 'taken@x');
  hr.put('group', 'all', { name: 'all', members: ['1', '2', '3'] });
  const first = await here.first();
  expect(rows('select * from person order by number')).toEqual([
    '1 Ada p1@x A1',
    '2 Bo p2@x ',
    '3 Cy p3@x ',
    '99 Nobody of ours taken@x ',
  ]);
  expect(first.faults.map(({ kind, where }) => [kind, where.object])).toContainEqual(['conflict', '4']);
  await here.run();
  expect(rows('select * from member order by person')).toEqual(['all 1 today', 'all 2 today', 'all 3 today']);

  book.exec("update member set since = 'long ago'");
  hr.put('group', 'all', { name: 'all', members: ['1', '3', '4'] });
  person(1, 'Ada L.');
  person(4, 'Di', 'p4@x');
  hr.remove('person', '2');
  for (let day = 0; day < 3; day++) {
    here.now += DAY;
    await here.run();
  }
  expect(rows('select number, name, mail, room from person order by number')).toEqual([
    '1 Ada L. p1@x A1',
    '3 Cy p3@x ',
    '4 Di p4@x ',
    '99 Nobody of ours taken@x ',
  ]);
  expect(rows('select * from member order by person')).toEqual(['all 1 long ago', 'all 3 long ago', 'all 4 today']);

  here.now += DAY;
  const quiet = await here.run();
  expect(quiet.connections.map(({ written }) => written)).toEqual([0, 0]);
  expect(quiet.faults).toEqual([]);
});
