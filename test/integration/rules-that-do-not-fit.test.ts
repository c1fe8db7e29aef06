/** A name in the rules that a system does not have is told before a run does anything: it would read as empty for everybody. */
import { afterEach, expect, it } from 'vitest';
import { BOOK, type Place, place } from './place.ts';

const yaml = (name: string, anchor = 'id') => `store: sqlite:rollcall.db
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: ${anchor}
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: ${name}, phone: phone } } }
${BOOK}`;
const HR = 'id,name,phone\nE01,Ann,1\nE02,Bob,2\n';

let there: Place;
afterEach(() => there.remove());

it('stops a run, a plan and a first run, names the nearest one, and changes nothing', async () => {
  there = await place(yaml('name'));
  await there.write('hr.csv', HR);
  await there.first();
  const book = await there.read('book.csv');
  await there.write('rollcall.yaml', yaml('nmae'));
  for (const command of ['run', 'plan']) {
    const { code, out, err } = await there.call(command);
    expect([command, code]).toEqual([command, 1]);
    expect(`${out}${err}`).toMatch(/hr has no attribute nmae/);
    expect(`${out}${err}`).toMatch(/name/);
    expect(`${out}${err}`).toMatch(/rollcall\.yaml, line 8, column \d\d/);
  }
  expect(await there.read('book.csv')).toBe(book);
  expect((await there.call('explain', 'E01', 'displayName')).out).toContain('Ann');
  await there.write('rollcall.yaml', yaml('name'));
  expect((await there.run()).rowsWritten).toBe(0);
});

it('a column that goes away under rules that fitted is an outage, and stops nothing', async () => {
  there = await place(yaml('name'));
  await there.write('hr.csv', HR);
  await there.first();
  await there.write('hr.csv', 'id,name\nE01,Ann\nE02,Bob\n');
  const report = await there.run();
  expect(report.notices.map((notice) => notice.kind)).toContain('outage');
});
