/** Reads that look wrong, and a person who says that they are right: nobody is touched before, and all of it after. */
import { afterEach, describe, expect, it } from 'vitest';
import { BOOK, book, type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
attributes: { person: { phone: string } }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, displayName: name, phone: phone }
${BOOK.replace('gates: { ', 'gates: { update: { percent: 100, count: 1000 }, empty: { percent: 100, count: 1000 }, ')}`;
const ME = ['--as', 'Ada', '--reason', 'HR said so'];

const everybody = (n: number) => Array.from({ length: n }, (_, i) => [`E${i}`, `Person ${i}`, `${1000 + i}`]);
const file = (rows: readonly (readonly string[])[]) => `${rows.map((row) => row.join(',')).join('\n')}\n`;
const whole = file([['id', 'name', 'phone'], ...everybody(100)]);
const withoutPhone = file([['id', 'name'], ...everybody(100).map((row) => row.slice(0, 2))]);
const first = (n: number) => file([['id', 'name', 'phone'], ...everybody(n)]);

let here: Place;
afterEach(() => here.remove());

async function settled(): Promise<void> {
  here = await place(YAML);
  await here.write('hr.csv', whole);
  await here.run();
  expect((await here.call('approve', 'book', ...ME)).code).toBe(0);
  await here.run();
  expect(Object.keys(await book(here))).toHaveLength(100);
}
const notices = async () => (await here.run()).notices.map((one) => [one.kind, one.remedy.split('rollcall ')[1]]);

describe('a column that vanishes', () => {
  it('changes nobody until somebody says that it is right, and then everybody', async () => {
    await settled();
    const before = await here.read('book.csv');
    await here.write('hr.csv', withoutPhone);
    // The file is looked at first; the command that says that it is right comes last.
    for (let i = 0; i < 2; i++)
      expect((await here.run()).notices.map(({ kind, remedy }) => [kind, ...remedy.split('rollcall ').slice(1)])).toEqual([
        ['outage', 'check hr; if it is right, run: ', 'approve hr --attribute person.phone'],
      ]);
    expect(await here.read('book.csv')).toBe(before);

    const wrong = await here.call('approve', 'hr', '--attribute', 'person.phon', ...ME);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("Did you mean 'person.phone'?")]);
    expect((await here.call('approve', 'hr', '--attribute', 'person.phone', ...ME)).code).toBe(0);
    expect(await notices()).toEqual([]);
    expect((await book(here)).E7).toBe('Person 7,');
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  });

  it('is nothing to approve when it is back', async () => {
    await settled();
    await here.write('hr.csv', withoutPhone);
    await here.run();
    await here.write('hr.csv', whole);
    expect(await notices()).toEqual([]);
    expect((await here.call('approve', 'hr', '--attribute', 'person.phone', ...ME)).code).toBe(1);
    expect((await book(here)).E7).toBe('Person 7,1007');
  });
});

describe('a file that shrinks', () => {
  it('takes nobody as gone until somebody says that it is right, and then all who are missing', async () => {
    await settled();
    await here.write('hr.csv', first(20));
    for (let i = 0; i < 2; i++) expect(await notices()).toEqual([['incompleteRead', 'approve hr --read']]);
    expect(Object.keys(await book(here))).toHaveLength(100);

    expect((await here.call('approve', 'hr', '--read', ...ME)).code).toBe(0);
    expect(await notices()).toEqual([]);
    expect(Object.keys(await book(here))).toHaveLength(20);
    expect(await notices()).toEqual([]);
    expect((await here.call('approve', 'hr', '--read', ...ME)).code).toBe(1);
  });

  it('is approved as it was shown: a smaller one still is not believed', async () => {
    await settled();
    await here.write('hr.csv', first(20));
    await here.run();
    expect((await here.call('approve', 'hr', '--read', ...ME)).code).toBe(0);
    await here.write('hr.csv', first(3));
    expect(await notices()).toEqual([['incompleteRead', 'approve hr --read']]);
    expect(await notices()).toEqual([['incompleteRead', 'approve hr --read']]);
    expect(Object.keys(await book(here))).toHaveLength(100);
  });

  it('passes the gates like anything else', async () => {
    await settled();
    await here.write('rollcall.yaml', YAML.replace('delete: { percent: 100, count: 1000 }, ', ''));
    await here.write('hr.csv', first(20));
    await here.run();
    expect((await here.call('approve', 'hr', '--read', ...ME)).code).toBe(0);
    expect(await notices()).toMatchObject([['gate', 'plan book; then: ']]);
    expect(Object.keys(await book(here))).toHaveLength(100);
    expect((await here.call('approve', 'book', ...ME)).code).toBe(0);
    await here.run();
    expect(Object.keys(await book(here))).toHaveLength(20);
  });
});
