/** Who asks for some of it is shown that: accounts chosen for an approval, the targets of a plan; and what a run about one person does not do. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BOOK, HR, type Place, place, rows } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const YAML = `store: sqlite:rollcall.db
${HR}${BOOK}${BOOK.replaceAll('book', 'list')}`;

let here: Place;
beforeEach(async () => {
  here = await place(YAML);
  await here.write('hr.csv', ['id,name,phone', ...rows(), ''].join('\n'));
  await here.run();
});
afterEach(() => here.remove());

it('an approval of some accounts shows these and counts the others', async () => {
  const { err } = await here.call('approve', 'book', '--only', 'E02', '--only', 'E03', ...ME);
  expect(err).toContain('First plan of book: 2 chosen of 12 changes.\n  2 accounts to create\n');
  expect(err.match(/Person \d+ E\d+/g)).toEqual(['Person 2 E02', 'Person 3 E03']);
  // What was left out is held, and chosen from in the same way.
  const { err: held } = await here.call('approve', 'book', '--only', 'E04', ...ME);
  expect(held).toContain('book holds 1 chosen of 10 changes:');
  expect(held.match(/Person \d+ E\d+/g)).toEqual(['Person 4 E04']);
  expect((await here.call('approve', 'book', '--only', 'E77', ...ME)).err).toContain("No change of 'E77' waits at book.");
});

it('an approval of all shows some, says how many more there are, and as many as are asked for', async () => {
  const { err } = await here.call('approve', 'book', '--limit', '3', ...ME);
  expect(err.match(/Person \d+ E\d+/g)).toHaveLength(3);
  expect(err).toContain('  … and 9 more: --limit 12\n');
  const { err: whole } = await here.call('approve', 'list', '--limit', '12', ...ME);
  expect(whole.match(/Person \d+ E\d+/g)).toHaveLength(12);
  expect(whole).not.toContain('more');
});

it('decisions and parked items say whom they are about as other commands take it', async () => {
  await here.call('fix', 'hr:E02', 'phone', '7', ...ME);
  expect((await here.call('decisions')).out).toMatch(/Person 2 #\d+ hr:E02: phone is 7\n/);
});

it('a plan of a target shows its changes and counts the others; one of a source shows all that comes of it', async () => {
  const { out } = await here.call('plan', 'list');
  expect(out).toMatch(/^list {2}12 to create/m);
  expect(out).not.toMatch(/^book {2}12 to create/m);
  expect(out).toContain("Not shown: 12 changes of book; 'rollcall plan' shows all\n");
  for (const names of [[], ['hr'], ['hr', 'list']]) {
    const all = await here.call('plan', ...names);
    expect(all.out).toMatch(/^book {2}12 to create[\s\S]*^list {2}12 to create/m);
    expect(all.out).not.toContain('Not shown');
  }
});

it('a run about one person says that it reads nothing, and what reads', async () => {
  const { out } = await here.call('run', '--person', 'hr:E05');
  expect(out).toContain(
    'Nothing was read for this person: it was worked out from what was last read.\n  → to read first: rollcall run hr\n',
  );
  expect((await here.call('run', '--person', 'hr:E05', '-q')).out).not.toContain('Nothing was read');
  expect((await here.call('run')).out).not.toContain('Nothing was read');
});

it('an approval shows the new name of an account beside its values, and takes the short one', async () => {
  const dir = `  dir:
    type: ldif
    path: dir.ldif
    import: { person: { join: employeeId, attributes: { employeeId: employeeNumber } } }
    export:
      person:
        provision: true
        name: \${"uid=" + person.phone + ",ou=people,dc=firm"}
        attributes: { employeeNumber: employeeId, uid: phone, cn: displayName, sn: displayName }
`;
  await here.write('rollcall.yaml', YAML + dir);
  const entry = (uid: string, n: number) =>
    `dn: uid=${uid},ou=people,dc=firm\nobjectClass: inetOrgPerson\nuid: ${uid}\nemployeeNumber: E0${n}\ncn: Person ${n}\nsn: Person ${n}\n`;
  await here.write('dir.ldif', `${entry('old', 1)}\n${entry('101', 2)}`);
  await here.run();
  const { err } = await here.call('approve', 'dir', '--only', 'old', ...ME);
  expect(err).toMatch(/\(name\) +uid=old,ou=people,dc=firm → uid=100,ou=people,dc=firm/);
});
