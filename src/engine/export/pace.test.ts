import { expect, test } from 'vitest';
import type { Pace } from '#core/pace';
import type { EngineConnection, EngineContext } from '../context.ts';
import { createTurns } from '../turns.ts';
import { allowed } from './pace.ts';

const none: Pace = { perSecond: null, perHour: null, perDay: null, atOnce: null };

function paced(pace: Partial<Pace>): { connection: EngineConnection; context: EngineContext; passed: () => number } {
  let now = 0;
  const pause = async (ms: number, { aborted }: AbortSignal): Promise<boolean> => {
    now += ms;
    return !aborted;
  };
  const context = {
    turns: createTurns(),
    monotonic: () => now,
    pause,
    wall: () => 0,
    zone: 'UTC',
    signal: new AbortController().signal,
  };
  return {
    connection: { name: 'dir', pace: { ...none, ...pace } } as EngineConnection,
    context: context as unknown as EngineContext,
    passed: () => now,
  };
}

test('so many a second, whoever asks; what was not sent is given back', async () => {
  const { connection, context, passed } = paced({ perSecond: 10 });
  let sent = 0;
  for (let n = 0; n < 20; n++) {
    const { items, sent: done } = await allowed(context, connection, 100);
    sent += items;
    await done(items);
  }
  expect([sent, passed()]).toEqual([200, 19_000]);
  await (await allowed(context, connection, 100)).sent(0);
  const before = passed();
  await (await allowed(context, connection, 100)).sent(10);
  expect(passed()).toBe(before);
});

test('less than one a second is one at a time', async () => {
  const { connection, context, passed } = paced({ perSecond: 0.5 });
  for (let n = 0; n < 3; n++) await (await allowed(context, connection, 100)).sent(1);
  expect(passed()).toBe(4_000);
});

test('who has as many at work as there may be is waited for', async () => {
  const { connection, context } = paced({ atOnce: 5 });
  const first = await allowed(context, connection, 100);
  const order: string[] = [];
  const second = allowed(context, connection, 3).then(({ items }) => order.push(`second ${items}`));
  order.push(`first ${first.items}`);
  await first.sent(5);
  await second;
  expect(order).toEqual(['first 5', 'second 3']);
});
