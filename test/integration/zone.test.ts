/** Times are shown in the zone of rollcall.yaml, and a plan is of now or of a day to come. */
import { afterEach, expect, it } from 'vitest';
import { BOOK, HR, type Place, place, rows } from './place.ts';

let here: Place;
afterEach(() => here.remove());

const YAML = (zone: string): string => `store: sqlite:rollcall.db
${zone}${HR}${BOOK}`;

async function begin(zone: string): Promise<void> {
  here = await place(YAML(zone));
  await here.write('hr.csv', ['id,name,phone', ...rows(), ''].join('\n'));
  await here.run();
}

it.each([
  ['zone: Europe/Berlin\n', '09:00:00+01:00', '+01:00'],
  ['zone: Asia/Kolkata\n', '13:30:00+05:30', '+05:30'],
  ['', '08:00:00Z', 'Z'],
])('times are in the zone of the file: %j', async (zone, time, offset) => {
  await begin(zone);
  expect((await here.call('plan')).out).toContain(`Plan for 2026-01-12 ${time}, from what was last read: `);
  expect((await here.call('plan', '--as-of', '2026-02-01')).out).toContain(`Plan for 2026-02-01 00:00:00${offset}, as if`);
  expect((await here.call('runs')).out).toContain(`2026-01-12 ${time} `);
  const { runs } = JSON.parse((await here.call('runs', '--json')).out);
  expect(runs[0].startedAt).toBe('2026-01-12T08:00:00.000Z');
});

it('a day in the past is refused, today is not', async () => {
  await begin('zone: Europe/Berlin\n');
  for (const day of ['1.1.2020', '2026-01-11', '2026-01-11T22:59:59Z']) {
    const { code, err } = await here.call('plan', '--as-of', day);
    expect([code, err]).toEqual([1, expect.stringContaining(`'${day}' is in the past; today is 2026-01-12 (Europe/Berlin).`)]);
  }
  expect((await here.call('plan', '--as-of', '2026-01-12')).out).toContain('Plan for 2026-01-12 09:00:00+01:00');
});
