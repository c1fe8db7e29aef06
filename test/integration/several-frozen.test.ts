/**
 * STORE 6: the process that runs is stopped (SIGSTOP) for 60 s in the middle of an export while another one waits, which takes over.
 * Accounts are counted in the target. A minute passes here, with nearly nothing to do.
 */
import { setTimeout as passed } from 'node:timers/promises';
import { expect } from 'vitest';
import { testOnPostgres, withClient } from '../servers/postgres.ts';
import { accounts, CREATES, type Creates, FEW_YAML, hire, NUMBERS } from './several/few.ts';
import { type House, house } from './several/house.ts';
import type { Moment } from './several/words.ts';

const FROZEN_MS = 60_000;
/** Before then nothing that was on its way is made again: 30 s for the send, 1 s for the target to show it. */
const UNKNOWN_MS = 31_000;
const SLACK_MS = 2_000;
const SEND_DEADLINE_MS = 30_000;
const NOW = Date.UTC(2026, 0, 12, 8);
/** How the run of a process that was put out ends. */
const OVER = /^another process has taken over since this run began \(epoch \d+ after \d+\)$/;

/**
 * What may be there twice (docs/STORE.md 6): creates that the frozen process was within sending, where the only way to settle one is to
 * look for what it made.
 */
const DOUBLED = (creates: Creates, moment: Moment): readonly string[] =>
  creates === 'lookup' && moment === 'within' ? NUMBERS : [];

async function frozen(creates: Creates, moment: Moment): Promise<void> {
  const tag = `${creates}-${moment}`;
  const here = await house(FEW_YAML(creates, tag), tag, null);
  try {
    const [a, b] = [await here.process(), await here.process()];
    await a.run();
    await here.store.spaces.saveState('dir', { mode: 'on' }, null);
    hire(here);
    const attemptAt = performance.now();
    const first = a.run({}, moment);
    first.catch(() => undefined);
    await a.stopped();
    const stoppedAt = performance.now();
    expect(accounts(here)).toEqual(moment === 'answered' ? NUMBERS : []);
    const waits = b.waits();
    const second = b.run();
    expect(await waits).toMatchObject({ pid: a.pid });
    // It goes on while the other one stands still, and takes what that one had on its way for unknown.
    expect((await second).status).toBe('done');
    await passed(Math.max(0, stoppedAt + UNKNOWN_MS + SLACK_MS - performance.now()));
    for (let i = 0; i < 2; i++) await b.run();
    expect(accounts(here)).toEqual(NUMBERS);
    // A key keeps a second create from making a second account; where there is none, the first has its time.
    if (creates === 'lookup')
      expect(here.asked('write').filter((at) => at > stoppedAt && at < attemptAt + UNKNOWN_MS)).toEqual([]);
    await passed(Math.max(0, stoppedAt + FROZEN_MS - performance.now()));
    a.signal('SIGCONT');
    await expect(first).rejects.toThrow(OVER);
    await afterwards(here, DOUBLED(creates, moment));
    // Both go on, the one that was put out with a tenure of its own.
    for (const one of [a, b, a]) expect(['done', 'warnings']).toContain((await one.run()).status);
    expect(await b.run()).toMatchObject({ rowsWritten: 0 });
    await afterwards(here, DOUBLED(creates, moment));
    const listed = await here.store.decisions.parked({ kind: 'duplicateAccount' }, { after: 0, limit: 100 });
    expect(listed).toHaveLength(DOUBLED(creates, moment).length);
  } finally {
    await here.close();
  }
}

/** One account each, and a second one for these; each person is linked to one. */
async function afterwards(here: House, doubled: readonly string[]): Promise<void> {
  expect(accounts(here)).toEqual([...NUMBERS, ...doubled].sort());
  const people = await here.store.sync.scanObjects({ after: 0, limit: 100, kind: 'person' });
  const linked = (await here.store.sync.linked(people.map(({ id }) => id))).filter(({ connection }) => connection === 'dir');
  expect(linked.map(({ export: wish }) => wish)).toEqual(NUMBERS.map(() => null));
}

const CASES: readonly (readonly [Creates, Moment])[] = [
  ['callerKey', 'within'],
  ['idempotencyKey', 'within'],
  ['lookup', 'within'],
  ['lookup', 'sending'],
  ['lookup', 'answered'],
];

// All at once, since they only wait.
testOnPostgres('stopped for 60 s: another takes over, nothing is made twice but what is listed, and both go on', async () => {
  if (process.platform !== 'linux') return;
  const ends = await Promise.allSettled(CASES.map(([creates, moment]) => frozen(creates, moment)));
  expect(ends.map((end, i) => [CASES[i], end.status === 'rejected' ? String(end.reason) : 'as it should be'])).toEqual(
    CASES.map((one) => [one, 'as it should be']),
  );
});

// Put out long before its lease is over, so that it wakes up while it may still send.
testOnPostgres('put out, and awake within its time: what it sends then is what the other one waited for', async () => {
  if (process.platform !== 'linux') return;
  for (const creates of CREATES) {
    const tag = `early-${creates}`;
    const here = await house(FEW_YAML(creates, tag), tag, NOW);
    try {
      const a = await here.process();
      await a.run();
      await here.store.spaces.saveState('dir', { mode: 'on' }, null);
      hire(here);
      const first = a.run({}, 'sending');
      first.catch(() => undefined);
      await a.stopped();
      await withClient(here.url, (client) => client.query('update rollcall.tenure set lease_until = 1'));
      here.time = NOW + SEND_DEADLINE_MS;
      const b = await here.process();
      await b.run();
      a.signal('SIGCONT');
      await expect(first).rejects.toThrow(OVER);
      await b.kill();
      here.time = NOW + SEND_DEADLINE_MS + 1_000;
      const c = await here.process();
      for (let i = 0; i < 2; i++) await c.run();
      expect({ creates, accounts: accounts(here) }).toEqual({ creates, accounts: NUMBERS });
      expect(await c.run()).toMatchObject({ rowsWritten: 0 });
      await afterwards(here, []);
    } finally {
      await here.close();
    }
  }
});

testOnPostgres('a target that is written as a whole is not written any more by a process that was put out', async () => {
  if (process.platform !== 'linux') return;
  const here = await house(FEW_YAML('callerKey', 'whole', 'whole'), 'whole', NOW);
  try {
    const [a, b] = [await here.process(), await here.process()];
    await a.run();
    await here.store.spaces.saveState('dir', { mode: 'on' }, null);
    hire(here);
    const first = a.run({}, 'within');
    first.catch(() => undefined);
    await a.stopped();
    await withClient(here.url, (client) => client.query('update rollcall.tenure set lease_until = 1'));
    for (let i = 0; i < 2; i++) await b.run();
    expect(accounts(here)).toEqual(NUMBERS);
    const commits = here.asked('commit').length;
    a.signal('SIGCONT');
    await expect(first).rejects.toThrow(OVER);
    expect(here.asked('commit')).toHaveLength(commits);
    expect(await a.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  } finally {
    await here.close();
  }
});
