/** A plan from what was last read says what of that is not known: an outage, a read that was not believed or not complete. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BOOK, HR, type Place, place, rows } from './place.ts';

const YAML = `store: sqlite:rollcall.db
${HR}${BOOK}`;
const ALL = ['id,name,phone', ...rows()];

let here: Place;
const hr = (lines: readonly string[]) => here.write('hr.csv', `${lines.join('\n')}\n`);

beforeEach(async () => {
  here = await place(YAML);
  await hr(ALL);
  await here.first();
  expect(await here.call('plan')).toMatchObject({ code: 0, out: expect.stringContaining('No changes. Everything is as it') });
});
afterEach(() => here.remove());

const ME = ['--as', 'Ada', '--reason', 'looked at it'];

it('a read that shows far less than before, until it is approved and read', async () => {
  await hr(ALL.slice(0, 5));
  expect((await here.run()).notices).toMatchObject([{ kind: 'incompleteRead' }]);
  const plan = await here.call('plan');
  expect(plan.code).toBe(1);
  expect(plan.out).toContain(
    '! hr: the last read was not believed: it shows 4 of kind person where the last complete read showed 12',
  );
  expect(plan.out).toContain('rollcall approve hr --read');
  expect(plan.out).not.toContain('as it should be');

  await here.call('approve', 'hr', '--read', ...ME);
  expect((await here.call('plan')).out).toContain('! hr: the smaller read is approved, and the next complete read follows it');
  await hr(ALL);
  await here.run();
  expect((await here.call('plan')).code).toBe(0);
});

it('an attribute that fell out', async () => {
  await hr(ALL.map((line, i) => (i === 0 ? 'id,name,fon' : line)));
  expect((await here.run()).notices).toMatchObject([{ kind: 'outage' }]);
  const plan = await here.call('plan');
  expect(plan.code).toBe(1);
  expect(plan.out).toContain(
    '! hr: attribute phone is missing there altogether; it was filled in 12 objects, and the last values stay',
  );
  expect(plan.out).toContain('rollcall approve hr --attribute person.phone');
  expect(plan.out).not.toContain('as it should be');
});

it('a read with objects that cannot be used; what is read for the plan is told once', async () => {
  await hr([...ALL, 'E99']);
  here.now += 1_000;
  await here.run();
  const plan = await here.call('plan');
  expect(plan.code).toBe(1);
  expect(plan.out).toContain('! hr: the last read was not complete; nobody is taken as gone');
  const read = await here.call('plan', '--read');
  expect(read.out.match(/^! hr/gm)).toHaveLength(1);
});

it('a file that was not there', async () => {
  await rm(here.path('hr.csv'));
  here.now += 1_000;
  await here.run();
  const plan = await here.call('plan');
  expect(plan.code).toBe(1);
  expect(plan.out).toMatch(/^! hr: could not be read in the last run \(.* does not exist\)$/m);
  expect(plan.out).not.toContain('as it should be');
  await hr(ALL);
  await here.run();
  expect((await here.call('plan')).code).toBe(0);
});

it('a connection that is held', async () => {
  await here.call('hold', 'hr', ...ME);
  const plan = await here.call('plan');
  expect(plan.out).toContain('! hr is held by Ada since 2026-01-12 (looked at it): nothing is read from it or written to it');
  expect(plan.out).not.toContain('as it should be');
  expect((await here.call('plan', '--read')).out.match(/^! hr/gm)).toHaveLength(1);
});

it('rules that changed are no doubt: the plan works them out', async () => {
  await here.write('rollcall.yaml', YAML.replace('displayName: name', 'displayName: \'${row.name + ""}\''));
  const plan = await here.call('plan');
  expect(plan.out).toContain('! hr: the rules of hr changed');
  expect(plan).toMatchObject({ code: 0, out: expect.stringContaining('No changes. Everything is as it should be.') });
});
