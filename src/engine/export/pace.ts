/**
 * How fast, and how much at all, is sent to a target (`pace`): so many a second, by a clock that goes on evenly, and so many an hour and a
 * day, counted in the store before they are sent. What finds no room waits as it is.
 */
import { type Pace, quotasAt } from '#core/pace';
import type { EngineConnection, EngineContext } from '../context.ts';

/** Room for so many a second, of one target in one process. */
export interface Bucket {
  readonly at: number;
  readonly room: number;
}

export interface Allowance {
  /** 0: nothing more goes for now, since a quota is used up or the run is to end. */
  readonly items: number;
  /** To be called once so many of them were sent: what was not is given back. */
  sent(items: number): Promise<void>;
}

/** Waits for its second, and for whoever sends there if not all may at once. */
export async function allowed(context: EngineContext, connection: EngineConnection, want: number): Promise<Allowance> {
  const { pace, name } = connection;
  if (pace === null) return { items: want, sent: async () => undefined };
  const free = pace.atOnce === null ? () => undefined : await context.turns.alone(`pace of ${name}`);
  try {
    const inTime = await inThisSecond(context, name, pace, Math.min(want, pace.atOnce ?? want));
    const at = context.wall();
    const limits = quotasAt(pace, at, context.zone);
    const spend = (items: number): Promise<number> =>
      context.store.quotas.spend({ connection: name, epoch: context.epoch, at, want: items, limits });
    const items = inTime === 0 || limits.length === 0 ? inTime : await spend(inTime);
    return {
      items,
      async sent(n) {
        try {
          giveBack(context, name, inTime - n);
          if (limits.length > 0 && items > n) await spend(n - items);
        } finally {
          free();
        }
      },
    };
  } catch (error) {
    free();
    throw error;
  }
}

async function inThisSecond(context: EngineContext, name: string, { perSecond }: Pace, want: number): Promise<number> {
  if (perSecond === null) return want;
  const { buckets } = context.turns;
  const most = Math.max(1, Math.floor(perSecond));
  const needs = Math.min(want, most);
  for (;;) {
    const now = context.monotonic();
    const { at, room } = buckets.get(name) ?? { at: now, room: most };
    const has = Math.min(most, room + ((now - at) / 1_000) * perSecond);
    buckets.set(name, { at: now, room: has >= needs ? has - needs : has });
    if (has >= needs) return needs;
    if (!(await context.pause(Math.ceil(((needs - has) / perSecond) * 1_000), context.signal))) return 0;
  }
}

function giveBack({ turns: { buckets } }: EngineContext, name: string, items: number): void {
  const bucket = buckets.get(name);
  if (bucket !== undefined) buckets.set(name, { ...bucket, room: bucket.room + items });
}

/** Whether not all that waits has room now: then those who leave go first. */
export async function isTight(context: EngineContext, { name, pace }: EngineConnection): Promise<boolean> {
  if (pace === null || (pace.perHour === null && pace.perDay === null)) return false;
  const { waiting = 0 } = await context.store.exports.counts(name);
  const limits = quotasAt(pace, context.wall(), context.zone);
  const sent = await context.store.quotas.spent(name, Math.min(...limits.map(({ since }) => since)));
  return limits.some(({ since, most }) => {
    const gone = sent.reduce((sum, { hour, items }) => (hour >= since ? sum + items : sum), 0);
    return waiting > most - gone;
  });
}
