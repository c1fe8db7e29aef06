/** SEMANTICS 3, as the cookbook has it: `empty: clears` needs nothing but itself where a file is only read. */
import { afterEach, expect, it } from 'vitest';
import { BOOK, book, type Place, place } from './place.ts';

let here: Place;
afterEach(() => here.remove());

const YAML = `connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, displayName: name, phone: { value: phone, empty: clears } }
  directory:
    type: ldif
    path: directory.ldif
    import:
      person:
        join: employeeId
        attributes: { employeeId: uid, displayName: cn, phone: { value: telephoneNumber, empty: clears } }
${BOOK}`;
const entry = (id: string, phone: string): string =>
  `dn: uid=${id},dc=x\nobjectClass: inetOrgPerson\nuid: ${id}\ncn: Dir ${id}\n${phone === '' ? '' : `telephoneNumber: ${phone}\n`}\n`;

it('an empty field and a missing attribute clear what others say; a column that is not there, or cannot be read, does not', async () => {
  here = await place(YAML);
  await here.write('directory.ldif', `version: 1\n\n${entry('1', '91')}${entry('2', '92')}`);
  await here.write('hr.csv', 'id,name,phone\n1,Ann,11\n2,Bo,12\n');
  await here.first();
  expect(await book(here)).toEqual({ '1': 'Ann,11', '2': 'Bo,12' });
  await here.write('hr.csv', 'id,name,phone\n1,Ann,\n2,Bo,12\n');
  expect(await here.run()).toMatchObject({ status: 'done', notices: [] });
  expect(await book(here)).toEqual({ '1': 'Ann,', '2': 'Bo,12' });
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  await here.write('hr.csv', Buffer.from('id,name,phone\n1,Ann,\n2,Bo,\xff\n', 'latin1'));
  await here.run();
  expect(await book(here)).toEqual({ '1': 'Ann,', '2': 'Bo,12' });
  // The second in rank: what it does not have clears as well, unless somebody before it has a value.
  await here.write('rollcall.yaml', `${YAML}precedence: { person: { phone: [directory, hr] } }\n`);
  await here.write('directory.ldif', `version: 1\n\n${entry('1', '91')}${entry('2', '')}`);
  await here.write('hr.csv', 'id,name,phone\n1,Ann,11\n2,Bo,12\n');
  await here.run();
  expect(await book(here)).toEqual({ '1': 'Ann,91', '2': 'Bo,' });
});

it('a group that lost its last member, in a file that leaves the field empty', async () => {
  here = await place(`connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id } } }
  teams:
    type: csv
    path: teams.csv
    anchor: name
    kind: group
    multi: { members: '|' }
    import:
      group: { join: name, project: true, attributes: { name: name, member: { reference: members, connection: hr, empty: clears } } }
  book:
    type: jsonl
    path: book.jsonl
    kindField: kind
    mode: on
    export:
      person: { provision: true, attributes: { id: employeeId } }
      group: { provision: true, attributes: { id: name, member: member } }
gates: { member: { percent: 100, count: 1000 } }
`);
  await here.write('hr.csv', 'id\n1\n2\n');
  await here.write('teams.csv', 'name,members\nred,1|2\nblue,2\n');
  await here.first();
  const members = async () =>
    (await here.read('book.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; kind: string; member?: string[] })
      .flatMap(({ id, kind, member }) => (kind === 'group' ? [[id, member ?? []]] : []));
  expect(await members()).toEqual([
    ['blue', ['2']],
    ['red', ['1', '2']],
  ]);
  await here.write('teams.csv', 'name,members\nred,1\nblue,\n');
  await here.run();
  expect(await members()).toEqual([
    ['blue', []],
    ['red', ['1']],
  ]);
});
