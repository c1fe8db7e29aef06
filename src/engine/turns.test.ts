import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

/** Everybody who has asked for a turn so far has got it, or waits. */
const asked = () => new Promise((resolve) => setImmediate(resolve));

test('one at a time; urgent ones go first', async () => {
  const turns = createTurns();
  const order: string[] = [];
  const first = await turns.take(false);
  const ask = async (name: string, urgent: boolean): Promise<void> => {
    const turn = await turns.take(urgent);
    order.push(name);
    await asked();
    order.push(`${name} ends`);
    turn.end();
  };
  const all = [ask('usual', false), ask('urgent 1', true), ask('urgent 2', true)];
  await asked();
  expect(order).toEqual([]);
  first.end();
  await Promise.all(all);
  expect(order).toEqual(['urgent 1', 'urgent 1 ends', 'urgent 2', 'urgent 2 ends', 'usual', 'usual ends']);
  (await turns.take(false)).end();
});

test('who passes its turn gets it back after those who waited then, not after those who came since', async () => {
  const turns = createTurns(() => 0);
  const order: string[] = [];
  const long = await turns.take(false);
  expect(long.wanted).toBe(false);
  await long.pass();
  const urgent = async (name: string): Promise<void> => {
    const turn = await turns.take(true);
    order.push(name);
    // One that is urgent keeps its turn.
    expect(turn.wanted).toBe(false);
    await turn.pass();
    if (name === 'a') void urgent('late');
    await asked();
    turn.end();
  };
  const usual = turns.take(false).then((turn) => {
    order.push('usual');
    turn.end();
  });
  const both = [urgent('a'), urgent('b')];
  await asked();
  expect(long.wanted).toBe(true);
  await long.pass();
  order.push('long again');
  await long.pass();
  order.push('long ends');
  long.end();
  await Promise.all([...both, usual]);
  expect(order).toEqual(['a', 'b', 'long again', 'late', 'long ends', 'usual']);
});

test('a long one has for itself the time that urgent ones took, up to a bound, and is told that more may come', async () => {
  let now = 0;
  const turns = createTurns(() => now);
  const long = await turns.take(false);
  const urgent = async (ms: number): Promise<void> => {
    const turn = await turns.take(true);
    now += ms;
    turn.end();
  };
  expect(turns.busy).toBe(false);
  for (const [took, owed] of [
    [30, 48],
    [400, 50],
  ] as const) {
    const first = urgent(took);
    await long.pass();
    await first;
    expect(turns.busy).toBe(true);
    const second = urgent(0);
    now += owed - 1;
    expect(long.wanted).toBe(false);
    await long.pass();
    now += 1;
    expect(long.wanted).toBe(true);
    await long.pass();
    await second;
  }
  now += 10_000;
  expect(turns.busy).toBe(false);
  long.end();
});

test('nor does one that has not had a turn yet wait for ever', async () => {
  let now = 0;
  const turns = createTurns(() => now);
  const order: string[] = [];
  const ask = async (name: string, urgent: boolean): Promise<void> => {
    const turn = await turns.take(urgent);
    order.push(name);
    turn.end();
  };
  const first = await turns.take(true);
  const all = [ask('usual', false), ask('urgent', true)];
  now += 100;
  all.push(ask('late', true));
  first.end();
  await Promise.all(all);
  expect(order).toEqual(['urgent', 'usual', 'late']);
});

test('what is done alone is done one after the other, by name', async () => {
  const turns = createTurns();
  const order: string[] = [];
  const alone = async (name: string, who: string): Promise<void> => {
    const free = await turns.alone(name);
    order.push(`${who} begins`);
    await asked();
    order.push(`${who} ends`);
    free();
  };
  await Promise.all([alone('book', 'a'), alone('book', 'b')]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});
