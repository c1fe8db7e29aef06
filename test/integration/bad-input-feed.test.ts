/** A feed of LDIF changes with unknown and misplaced records in it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { firm } from './firm.ts';
import { BOOK, book, type Place, place } from './place.ts';

const YAML = `connections:
  hr:
    type: ldif
    format: changes
    path: hr.ldif
    owner: true
    import:
      person:
        join: [employeeId]
        project: true
        attributes: { employeeId: uid, displayName: cn, phone: telephoneNumber }
${BOOK}`;
const dn = (id: string): string => `dn: uid=${id},ou=people,dc=x\n`;
const add = (id: string, name: string): string =>
  `${dn(id)}changetype: add\nobjectClass: inetOrgPerson\nuid: ${id}\ncn: ${name}\ntelephoneNumber: 1\n`;
const modify = (id: string, phone: string): string =>
  `${dn(id)}changetype: modify\nreplace: telephoneNumber\ntelephoneNumber: ${phone}\n-\n`;

let here: Place;
beforeEach(async () => {
  here = await place(YAML);
});
afterEach(() => here.remove());

it('unknown change types, changes of what is not there, and a delete before its add', async () => {
  const start = ['version: 1\n', add('E01', 'Ann'), add('E02', 'Bo'), add('E03', 'Cy')];
  await here.write('hr.ldif', `${start.join('\n')}\n`);
  await here.first();
  expect(await book(here)).toEqual({ E01: 'Ann,1', E02: 'Bo,1', E03: 'Cy,1' });
  const more = [
    `${dn('E02')}changetype: frobnicate\n`,
    modify('E04', '4'),
    `${dn('E05')}changetype: delete\n`,
    add('E04', 'Di'),
    modify('E01', '9'),
  ];
  await here.write('hr.ldif', `${[...start, ...more].join('\n')}\n`);
  const report = await here.run();
  expect(report.faults).toMatchObject([
    {
      message: 'the change type "frobnicate" is unknown',
      where: { connection: 'hr', file: here.path('hr.ldif'), line: 25, object: 'uid=E02,ou=people,dc=x' },
      remedy: expect.stringContaining('modify'),
    },
  ]);
  expect(report).toMatchObject({ status: 'warnings', connections: [{ gone: 0 }, { deleted: 0 }] });
  expect(await book(here)).toEqual({ E01: 'Ann,9', E02: 'Bo,1', E03: 'Cy,1', E04: 'Di,1' });
  expect(await here.run()).toMatchObject({
    status: 'done',
    faultCount: 0,
    notices: [],
    connections: [{ seen: 0 }, { written: 0 }],
  });
});

it('a log goes on where it was left; what it deletes is gone, what it does not name is not', async () => {
  const start = `version: 1\n\n${add('E01', 'Ann')}\n${add('E02', 'Bo')}\n`;
  await here.write('hr.ldif', start);
  await here.first();
  await here.write('hr.ldif', `${start}${dn('E02')}changetype: delete\n\n${modify('E01', '2')}\n`);
  expect(await here.run()).toMatchObject({ status: 'done', connections: [{ seen: 2, gone: 1 }, { deleted: 1 }] });
  expect(await book(here)).toEqual({ E01: 'Ann,2' });
  await here.write('hr.ldif', `version: 1\n\n${modify('E01', '3')}\n`);
  const report = await here.run();
  expect(report.notices).toMatchObject([{ kind: 'incompleteRead', message: expect.stringContaining('replaced or cut') }]);
  expect(await book(here)).toEqual({ E01: 'Ann,3' });
});

it('a JSON Lines feed that does not hold everything: the same', async () => {
  await here.write(
    'rollcall.yaml',
    YAML.replace(/type: ldif\n {4}format: changes\n {4}path: hr.ldif/, 'type: jsonl\n    format: changes\n    path: hr.jsonl')
      .replace('uid', 'no')
      .replace('cn', 'name')
      .replace('telephoneNumber', 'phone'),
  );
  const put = (id: string, name: string): string => JSON.stringify({ op: 'put', anchor: id, set: { no: id, name, phone: '1' } });
  const patch = (id: string, phone: string): string => JSON.stringify({ op: 'patch', anchor: id, set: { phone } });
  const start = [put('E01', 'Ann'), put('E02', 'Bo')];
  await here.write('hr.jsonl', `${start.join('\n')}\n`);
  expect(await here.first()).toMatchObject({ status: 'done', notices: [] });
  const more = ['{"op":"frob","anchor":"E01"}', '{"op":"delete","anchor":"E02"}', patch('E01', '2')];
  await here.write('hr.jsonl', `${[...start, ...more].join('\n')}\n`);
  const report = await here.run();
  expect(report.faults).toMatchObject([{ where: { file: here.path('hr.jsonl'), line: 3 }, remedy: expect.any(String) }]);
  expect(report.connections).toMatchObject([{ gone: 1 }, { deleted: 1 }]);
  expect(await book(here)).toEqual({ E01: 'Ann,2' });
  expect(await here.run()).toMatchObject({ status: 'done', notices: [], connections: [{ seen: 0 }, { written: 0 }] });
  // Another file in its place begins again, and that is said.
  await here.write('hr.jsonl', `${patch('E01', '3')}\n`);
  expect((await here.run()).faults).toMatchObject([{ kind: 'conflict', message: expect.stringContaining('cannot be read on') }]);
  expect(await book(here)).toEqual({ E01: 'Ann,3' });
  await here.write('rollcall.yaml', (await here.read('rollcall.yaml')).replace('hr.jsonl', 'none.jsonl'));
  expect((await here.run()).faults.map((one) => one.where.file)).toContain(here.path('none.jsonl'));
  expect(await book(here)).toEqual({ E01: 'Ann,3' });
});

it('a system that answers with a conflict has a fault of its own: the others go on', async () => {
  const source = (system: string, more: string): string => `  ${system}:
    type: memory
    system: ${system}
    owner: true
${more}    import: { person: { join: employeeId, project: true, attributes: { employeeId: no } } }
`;
  const odd = '    faults: [{ on: read, do: { refuse: conflict, message: it moved on } }]\n';
  const one = await firm(`store: sqlite:rollcall.db\nconnections:\n${source('hr', odd)}${source('dir', '')}`);
  try {
    one.system('dir').put('person', '1', { no: '1' });
    const report = await one.run();
    expect(report).toMatchObject({
      status: 'warnings',
      faults: [{ kind: 'conflict', message: 'it moved on', where: { connection: 'hr' } }],
      connections: [{ seen: 0 }, { seen: 1, projected: 1 }],
    });
  } finally {
    await one.close();
  }
});
