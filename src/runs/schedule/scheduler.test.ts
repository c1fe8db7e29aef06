import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Schedule } from '#config/model';
import { nextTime } from '#core/cron';
import type { ClaimOperations, RunStatus, Store } from '#store/contract';
import { open } from '#store/sqlite/open';
import type { Pause } from './pause.ts';
import { keepAll, type ScheduleEvent, type Timetable } from './scheduler.ts';

const MINUTE = 60_000;
const quarterly: Schedule = { cron: '*/15 * * * *', zone: 'UTC', missed: 'once', profile: 'cycle' };

const timetable = ({ cron, zone, missed }: Schedule): Timetable => ({
  missed,
  detail: `${cron} ${zone}`,
  next: (after) => nextTime(cron, zone, after),
});

/** A wall clock that may be set, and pauses that pass when it is told. Nothing passes while the store is asked. */
class Time {
  now = Date.parse('2026-03-02T10:01Z');
  asked = 0;
  #even = 0;
  #sleepers = new Map<(passed: boolean) => void, number>();
  readonly wall = (): number => this.now;
  readonly pause: Pause = (ms, signal) =>
    new Promise((wake) => {
      this.#sleepers.set(wake, this.#even + ms);
      const end = (): void => {
        this.#sleepers.delete(wake);
        wake(false);
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });

  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet = this.asked === 0 ? quiet + 1 : 0) await turn();
  }

  async pass(ms: number): Promise<void> {
    const end = this.#even + ms;
    for (;;) {
      await this.settled();
      const [wake, at] = [...this.#sleepers].toSorted((a, b) => a[1] - b[1])[0] ?? [null, Number.POSITIVE_INFINITY];
      const step = Math.min(at, end) - this.#even;
      this.#even += step;
      this.now += step;
      if (wake === null || at > end) return;
      this.#sleepers.delete(wake);
      wake(true);
    }
  }
}

let folder: string;
let store: Store;
let time: Time;
let ends: (() => Promise<void>)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-'));
  store = await open({ path: join(folder, 'store.db'), program: 'test', create: true });
  [time, ends] = [new Time(), []];
});
afterEach(async () => {
  for (const end of ends) await end();
  await store.close();
  await rm(folder, { recursive: true });
});

interface Process {
  readonly told: ScheduleEvent[];
  /** When runs began. */
  readonly began: string[];
  /** Ends the run at hand. */
  over: (status: RunStatus) => void;
  readonly stop: () => Promise<void>;
}

/** `works`: each run goes on until it is told. */
function started(schedules: { readonly [name: string]: Schedule }, works = false): Process {
  const stop = new AbortController();
  const one: Process = {
    told: [],
    began: [],
    over: () => undefined,
    stop() {
      stop.abort();
      one.over('interrupted');
      return going;
    },
  };
  const { take, keep, end, get, list } = store.claims;
  const noted =
    <In extends unknown[], Out>(work: (...input: In) => Promise<Out>) =>
    (...input: In): Promise<Out> => {
      time.asked++;
      return work(...input).finally(() => time.asked--);
    };
  const claims: ClaimOperations = { take: noted(take), keep: noted(keep), end: noted(end), get: noted(get), list };
  const going = keepAll({
    timetables: new Map(Object.entries(schedules).map(([name, one]) => [name, timetable(one)])),
    claims,
    wall: time.wall,
    pause: time.pause,
    signal: stop.signal,
    tell: (event) => one.told.push(event),
    async start(name, begun) {
      await begun(7);
      one.began.push(`${name} ${new Date(time.now).toISOString().slice(11, 16)}`);
      return works ? await new Promise((over) => Object.assign(one, { over })) : 'done';
    },
  });
  ends.push(one.stop);
  return one;
}

test('what is due is started, each schedule in its time, and only then', async () => {
  const { began } = started({ hr: quarterly, '*': { ...quarterly, cron: '20 * * * *' } });
  await time.pass(62 * MINUTE);
  expect(began).toEqual(['hr 10:15', '* 10:20', 'hr 10:30', 'hr 10:45', 'hr 11:00']);
  expect(await store.claims.get('schedule', 'hr')).toMatchObject({ run: 7, outcome: 'done', until: null });
});

test.each([
  ['once', ['hr 10:15', 'hr 11:40', 'hr 11:45']],
  ['skip', ['hr 10:15', 'hr 11:45']],
] as const)('what came while the last run worked: %s', async (missed, began) => {
  const one = started({ hr: { ...quarterly, missed } }, true);
  // Its lease is put off all the while.
  await time.pass(99 * MINUTE);
  for (let n = 0; n < 3; n++) {
    one.over('done');
    await time.pass(3 * MINUTE);
  }
  expect(one.began).toEqual(began);
});

test.each([
  ['once', ['hr 14:07', 'hr 14:15']],
  ['skip', ['hr 14:15']],
] as const)('what was missed while nothing ran: %s', async (missed, began) => {
  const hr = { ...quarterly, missed };
  const before = started({ hr });
  await time.pass(MINUTE);
  await before.stop();
  time.now = Date.parse('2026-03-02T14:07Z');
  const after = started({ hr });
  await time.pass(10 * MINUTE);
  expect([...before.began, ...after.began]).toEqual(began);
});

test('of several processes one starts it; where that one is gone another does, and it finds out', async () => {
  const [one, other] = [started({ hr: quarterly }, true), started({ hr: quarterly }, true)];
  await time.pass(20 * MINUTE);
  expect([...one.began, ...other.began]).toEqual(['hr 10:15']);
  // A process that is gone puts its lease off no more.
  const claim = (await store.claims.get('schedule', 'hr'))!;
  const mine = { kind: 'schedule', name: 'hr', number: claim.number } as const;
  const taken = await store.claims.take({ ...claim, seen: claim.number, until: time.now });
  expect(await store.claims.keep({ ...mine, until: time.now + MINUTE, run: 8 })).toBe(false);
  await time.pass(MINUTE);
  expect([...one.began, ...other.began].toSorted()).toEqual(['hr 10:15', 'hr 10:21']);
  expect((await store.claims.get('schedule', 'hr'))!.number).toBe(taken! + 1);
});

test('a run that was ended with its process is made up for; one that a person stopped is not', async () => {
  const one = started({ hr: quarterly }, true);
  await time.pass(16 * MINUTE);
  await one.stop();
  const next = started({ hr: quarterly }, true);
  await time.pass(MINUTE);
  expect([...one.began, ...next.began]).toEqual(['hr 10:15', 'hr 10:17']);
  next.over('interrupted');
  await time.pass(11 * MINUTE);
  expect(next.began).toEqual(['hr 10:17']);
  await time.pass(3 * MINUTE);
  expect(next.began).toEqual(['hr 10:17', 'hr 10:30']);
});

test('a clock that is set forward missed what came between, once', async () => {
  const { began } = started({ hr: quarterly });
  await time.pass(MINUTE);
  time.now += 5 * 60 * MINUTE;
  await time.pass(14 * MINUTE);
  expect(began).toEqual(['hr 15:02', 'hr 15:15']);
});

test('a clock that is set back repeats nothing; one that was wrong by more than an hour begins anew', async () => {
  const { began } = started({ hr: quarterly });
  await time.pass(15 * MINUTE);
  time.now -= 30 * MINUTE;
  await time.pass(45 * MINUTE);
  expect(began).toEqual(['hr 10:15', 'hr 10:30']);
  time.now -= 26 * 60 * MINUTE;
  await time.pass(15 * MINUTE);
  expect(began.slice(2)).toEqual(['hr 08:45']);
});

test('another text begins anew: nothing of it was missed', async () => {
  const before = started({ hr: quarterly });
  await time.pass(MINUTE);
  await before.stop();
  const after = started({ hr: { ...quarterly, cron: '0 6 * * *' } });
  await time.pass(60 * MINUTE);
  expect([...before.began, ...after.began]).toEqual([]);
});

test('what is wrong with the store is told, and tried again', async () => {
  await store.close();
  const { told } = started({ hr: quarterly });
  await time.pass(1_000);
  expect(told.map((event) => (event.what === 'trouble' ? event.againInMs : event.what))).toEqual([1_000, 2_000]);
});
