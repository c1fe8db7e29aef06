/** Clocks that are wrong, days that have 23 or 25 hours, a store that a newer program wrote. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BOOK, book, DAY, type Place, place } from './place.ts';

const YAML = `zone: Europe/Berlin
life: { person: { starts: startDate, ends: endDate, grace: 30d } }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        join: [employeeId]
        project: true
        attributes: { employeeId: id, displayName: name, phone: phone, startDate: start, endDate: end }
${BOOK}`;
const file = (...rows: readonly string[]): string => `id,name,phone,start,end\n${rows.join('\n')}\n`;

let here: Place;
beforeEach(async () => {
  here = await place(YAML);
});
afterEach(() => here.remove());

describe('the clock', () => {
  beforeEach(async () => {
    await here.write('hr.csv', file('E01,Ann,1,,2026-01-14', 'E02,Bo,2,,2026-09-30', 'E03,Cy,3,2026-01-13,', 'E04,Di,4,,'));
    await here.first();
    expect(Object.keys(await book(here))).toEqual(['E01', 'E02', 'E04']);
  });

  it('one day back: time waits, nothing is undone', async () => {
    here.now += DAY;
    const before = await here.run();
    expect(Object.keys(await book(here))).toEqual(['E01', 'E02', 'E04', 'E03']);
    here.now -= DAY;
    await here.write('hr.csv', file('E01,Ann,9,,2026-01-14', 'E02,Bo,2,,2026-09-30', 'E03,Cy,3,2026-01-13,', 'E04,Di,4,,'));
    const back = await here.run();
    // The run's instant is that of the one before it; what changed goes on, and the joiner of today keeps the account.
    expect(back).toMatchObject({ now: before.now, status: 'done', connections: [{ gone: 0 }, { deleted: 0 }] });
    expect(await book(here)).toMatchObject({ E01: 'Ann,9', E03: 'Cy,3' });
  });

  it('one year ahead: who would leave by it waits for a person; the rest goes on', async () => {
    await here.write('hr.csv', file('E01,Ann,9,,2026-01-14', 'E02,Bo,2,,2026-09-30', 'E03,Cy,3,2026-01-13,', 'E04,Di,4,,'));
    here.now += 365 * DAY;
    const report = await here.run();
    expect(report.notices).toMatchObject([
      {
        kind: 'gate',
        connection: 'book',
        message: expect.stringContaining('"delete"'),
        remedy: expect.stringContaining('rollcall approve'),
      },
    ]);
    expect(report.connections).toMatchObject([{ gone: 0 }, { deleted: 0 }]);
    expect(await book(here)).toMatchObject({ E01: expect.any(String), E02: 'Bo,2', E03: 'Cy,3', E04: 'Di,4' });
    // Later runs do not let it out either; a person's word does.
    here.now += DAY;
    expect(await here.run()).toMatchObject({ connections: [{}, { deleted: 0 }] });
    const { code, err } = await here.call('approve', 'book', '--as', 'Ada', '--reason', 'the clock is right');
    expect(code, err).toBe(0);
    expect(await here.run()).toMatchObject({ connections: [{}, { deleted: 2 }] });
    expect(Object.keys(await book(here))).toEqual(['E04', 'E03']);
  });

  it('a week without any run is such a leap, six days are none', async () => {
    here.now += 6 * DAY;
    expect(await here.run()).toMatchObject({ status: 'done', notices: [], connections: [{}, { deleted: 1, created: 1 }] });
    expect(Object.keys(await book(here))).toEqual(['E02', 'E04', 'E03']);
  });
});

describe('days of 23 and 25 hours', () => {
  it.each([
    ['spring', '2026-03-29', Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 2, 28, 23), Date.UTC(2026, 2, 29, 22)],
    ['autumn', '2026-10-25', Date.UTC(2026, 9, 24, 12), Date.UTC(2026, 9, 24, 22), Date.UTC(2026, 9, 25, 23)],
  ])('%s: a day begins and ends at midnight in the zone', async (_, day, noon, begins, ends) => {
    here.now = noon;
    await here.write('hr.csv', file(`E01,Last,1,,${day}`, `E02,First,2,${day},`, 'E03,Always,3,,'));
    await here.first();
    const there = async (at: number): Promise<string[]> => {
      here.now = at;
      await here.run();
      return Object.keys(await book(here));
    };
    expect(await there(begins - 1)).toEqual(['E01', 'E03']);
    expect(await there(begins)).toEqual(['E01', 'E03', 'E02']);
    expect(await there(ends - 1)).toEqual(['E01', 'E03', 'E02']);
    expect(await there(ends)).toEqual(['E03', 'E02']);
  });
});

describe('the store', () => {
  it('of a newer program is refused, both versions named, and stays as it is', async () => {
    await here.write('hr.csv', file('E01,Ann,1,,'));
    await here.first();
    const named = await here.makeNewer(99);
    const before = await here.contents();
    for (const command of [['run'], ['plan'], ['explain', 'hr:E01'], ['approve', 'book', '--as', 'A', '--reason', 'b']]) {
      const { code, err } = await here.call(...command);
      expect(code).toBe(1);
      expect(err).toMatch(/schema version 99; this program knows up to \d+/);
      expect(err).toContain(named);
      expect(err).toMatch(/→ use the newer Rollcall/);
    }
    expect(await here.contents()).toBe(before);
    expect(await book(here)).toEqual({ E01: 'Ann,1' });
  });
});
