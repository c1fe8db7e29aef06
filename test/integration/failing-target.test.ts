/** What fails is told by every run for as long as something waits because of it, and by its exit code: who only looks at that one knows. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BOOK, HR, type Place, place, rows } from './place.ts';

let here: Place;
beforeEach(async () => {
  here = await place(`zone: Europe/Berlin\n${HR}${BOOK.replace('book.csv', 'out/book.csv')}`);
  await mkdir(here.path('out'));
  await here.write('hr.csv', `id,name,phone\n${rows().join('\n')}\n`);
  await here.first();
});
afterEach(() => here.remove());

it('changes that a target did not take wait for their next attempt, and each run says so until they are sent', async () => {
  await here.write(
    'hr.csv',
    `id,name,phone\n${rows()
      .join('\n')
      .replaceAll(/Person (?=[123],)/g, 'Human ')}\n`,
  );
  await rename(here.path('out'), here.path('away'));
  const broken = await here.call('run', '--quiet');
  expect([broken.code, broken.out]).toEqual([1, expect.stringContaining(`the folder ${here.path('out')} is missing`)]);
  await rename(here.path('away'), here.path('out'));
  const waits = await here.call('run', '--quiet');
  expect([waits.code, waits.out]).toEqual([
    1,
    expect.stringContaining(
      `! book: 3 changes wait; the last attempt failed (the folder ${here.path('out')} is missing); tried again after 09:00:01`,
    ),
  ]);
  expect(await here.run()).toMatchObject({
    status: 'warnings',
    failed: ['book'],
    faults: [],
    notices: [{ kind: 'waitsForTarget', command: 'rollcall plan book' }],
  });
  const { out: plan } = await here.call('plan');
  expect(plan).toContain("'rollcall run' would write nothing yet.");
  expect(plan).toContain('book has 3 changes waiting for their next attempt; type: rollcall run book');
  here.now += 60_000;
  expect(await here.run()).toMatchObject({ status: 'done', failed: [], notices: [] });
  expect(await here.call('run', '--quiet')).toEqual({ code: 0, out: '', err: '' });
  expect(await here.read('out/book.csv')).toContain('Human');
});

it('a source that cannot be read waits for no decision: the run failed there, and what others gave is done', async () => {
  await rm(here.path('hr.csv'));
  const { code, out } = await here.call('run', '--json');
  expect([code, JSON.parse(out)]).toMatchObject([1, { status: 'warnings', failed: ['hr'], faultCount: 1 }]);
});

it('a read that a person has to judge is no failure', async () => {
  await here.write('hr.csv', `id,name,phone\n${rows().slice(0, 2).join('\n')}\n`);
  const { code, out } = await here.call('run', '--json');
  expect([code, JSON.parse(out)]).toMatchObject([3, { failed: [], notices: [{ kind: 'incompleteRead' }] }]);
});

it("a target's file that is gone is named as that, and the target is no source", async () => {
  await rm(here.path('out/book.csv'));
  const { notices } = await here.run();
  expect(notices).toMatchObject([
    {
      message: `book: ${here.path('out/book.csv')} does not exist, and it shows no person at all where the last complete read showed 12. Nobody is taken as gone`,
      remedy: 'put it back, or check its path; if it is to be made anew, run: rollcall approve book --read',
    },
  ]);
  const plan = await here.call('plan');
  expect(plan.out).toContain('check the target; if it is right, run: rollcall approve book --read');
});

it('a column that was renamed is missing, and the one that is meant is named', async () => {
  await here.write('hr.csv', `id,name,phones\n${rows().join('\n')}\n`);
  const outage = {
    message: 'hr: attribute phone is missing there altogether; it was filled in 12 objects, and the last values stay',
    remedy: "did you mean 'phones'? see: rollcall check hr; if it is right, run: rollcall approve hr --attribute person.phone",
  };
  expect((await here.run()).notices).toMatchObject([outage]);
  expect((await here.call('plan')).out).toContain(outage.remedy);
  expect((await here.call('check', 'hr')).code).toBe(1);
});
