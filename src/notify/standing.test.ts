import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advance, delivered, due, NO_NOTES, type Notes, nextAt, undelivered } from './standing.ts';
import type { Trouble } from './trouble.ts';

const MINUTE = 60_000;
const AGAIN = 60 * MINUTE;
const trouble = (key: string, lasts = true): Trouble => ({
  ...{ key, kind: 'run-failed', connection: 'hr', text: key, command: '', path: null },
  lasts,
});
const shown = (notes: Notes, now: number) => due(notes, AGAIN, now).map(({ key, state }) => `${state} ${key}`);
const so = (notes: Notes, keys: readonly string[], now: number) =>
  advance(notes, { on: keys.map((key) => trouble(key)), over: () => true }, now);

test('the same trouble is told once, again while it lasts, and once when it is over', () => {
  let notes = so(NO_NOTES, ['a'], 0);
  expect(shown(notes, 0)).toEqual(['new a']);
  notes = delivered(notes, due(notes, AGAIN, 0), 0);
  expect(so(notes, ['a'], 5)).toBe(notes);
  expect(shown(notes, AGAIN - 1)).toEqual([]);
  expect(nextAt(notes, AGAIN)).toBe(AGAIN);
  expect(shown(notes, AGAIN)).toEqual(['still a']);
  notes = delivered(notes, due(notes, AGAIN, AGAIN), AGAIN);
  notes = so(notes, [], AGAIN + MINUTE);
  expect(shown(notes, AGAIN + MINUTE)).toEqual(['over a']);
  notes = delivered(notes, due(notes, AGAIN, AGAIN + MINUTE), AGAIN + MINUTE);
  expect(nextAt(notes, AGAIN)).toBeNull();
  expect(so(notes, [], 2 * AGAIN).standing).toEqual([]);
});

test('what comes while something was told a moment ago is in the next message', () => {
  let notes = so(NO_NOTES, ['a'], 0);
  notes = delivered(notes, due(notes, AGAIN, 0), 0);
  notes = so(notes, ['a', 'b', 'c'], 1_000);
  expect(shown(notes, 59_999)).toEqual([]);
  expect(shown(notes, MINUTE)).toEqual(['new b', 'new c']);
});

test('a receiver that does not take it is tried ever more seldom, and is told what stands by then', () => {
  let notes = so(NO_NOTES, ['a', 'b'], 0);
  const waits: number[] = [];
  for (let now = 0; waits.length < 10; now = notes.notBefore) {
    notes = undelivered(notes, now);
    waits.push(notes.notBefore - now);
  }
  expect(waits.slice(0, 3)).toEqual([5_000, 10_000, 20_000]);
  expect(waits.at(-1)).toBe(15 * MINUTE);
  notes = so(notes, ['b'], notes.notBefore);
  expect(shown(notes, notes.notBefore)).toEqual(['new b']);
  // A clock that was set back keeps nobody waiting.
  expect(shown(notes, 0)).toEqual(['new b']);
});

test('what only happened is told once and is not over', () => {
  const once = { on: [trouble('a', false)], over: () => true };
  let notes = advance(NO_NOTES, once, 0);
  expect(advance(notes, { on: [], over: () => true }, 1)).toBe(notes);
  notes = delivered(notes, due(notes, AGAIN, 1), 1);
  expect(notes.standing).toEqual([]);
});

test('of each trouble: new, then still, then over; never twice the same, and in a quarter of an hour at most three messages', () => {
  const step = fc.record({ on: fc.subarray(['a', 'b', 'c']), ms: fc.integer({ min: 1, max: 20 * MINUTE }), works: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let notes: Notes = NO_NOTES;
      let now = 0;
      const told = new Map<string, { state: string; at: number }[]>();
      for (const { on, ms, works } of steps) {
        now += ms;
        notes = JSON.parse(JSON.stringify(so(notes, on, now))) as Notes;
        const items = due(notes, AGAIN, now);
        if (items.length === 0) continue;
        notes = works ? delivered(notes, items, now) : undelivered(notes, now);
        if (works) for (const { key, state } of items) told.set(key, [...(told.get(key) ?? []), { state, at: now }]);
      }
      for (const all of told.values())
        for (const [i, { state, at }] of all.entries()) {
          const before = all[i - 1];
          if (state === 'new') expect(before === undefined || before.state === 'over').toBe(true);
          else expect(before?.state).toMatch(/new|still/);
          if (state === 'still') expect(at - before!.at).toBeGreaterThanOrEqual(AGAIN);
          if (i >= 3) expect(at - all[i - 3]!.at).toBeGreaterThanOrEqual(15 * MINUTE);
        }
    }),
    { numRuns: 50 },
  );
});

test('of a trouble that every run has again the newest run is named, also where it comes back', () => {
  const inRun = (run: number): Trouble => ({ ...trouble('a'), text: `a failed in run ${run}`, path: `/api/runs/${run}` });
  const fails = (notes: Notes, run: number, now: number) => advance(notes, { on: [inRun(run)], over: () => false }, now);
  const texts = (notes: Notes, now: number) => due(notes, AGAIN, now).map(({ state, text }) => `${state} ${text}`);
  let notes = fails(fails(NO_NOTES, 8, 0), 9, 1);
  expect(texts(notes, 1)).toEqual(['new a failed in run 9']);
  notes = delivered(notes, due(notes, AGAIN, 1), 1);
  expect(fails(notes, 9, 2)).toBe(notes);
  notes = fails(advance(notes, { on: [], over: () => true }, MINUTE), 10, MINUTE + 1);
  expect(texts(notes, MINUTE + 1)).toEqual([]);
  expect(texts(notes, 1 + AGAIN)).toEqual(['still a failed in run 10']);
});
