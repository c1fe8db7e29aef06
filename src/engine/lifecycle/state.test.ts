import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributes } from '#core/values';
import { type LifeInput, lifeOf } from './state.ts';

const DAY = 86_400_000;
const at = (text: string): number => Date.parse(text);
const rule = { starts: 'startDate', ends: 'endDate', graceMs: 30 * DAY };
const input = (more: Partial<LifeInput>): LifeInput => ({
  now: at('2026-06-15T10:00:00Z'),
  zone: 'Europe/Berlin',
  before: null,
  owned: true,
  attributes: attributes(),
  rule,
  active: true,
  ...more,
});

describe('a person’s state', () => {
  it('is expected until the first instant of the start date in its zone', () => {
    const coming = attributes([['startDate', '2026-07-01']]);
    const life = lifeOf(input({ attributes: coming }));
    expect(life).toEqual({ state: 'expected', dates: {}, due: at('2026-06-30T22:00:00Z') });
    expect(lifeOf(input({ attributes: coming, now: life.due - 1 })).state).toBe('expected');
    expect(lifeOf(input({ attributes: coming, now: life.due })).state).toBe('active');
  });

  it('is active through the whole end date, then leaving, then gone after the grace', () => {
    const ending = attributes([['endDate', '2026-06-15']]);
    const active = lifeOf(input({ attributes: ending }));
    expect(active).toEqual({ state: 'active', dates: {}, due: at('2026-06-15T22:00:00Z') });
    const leaving = lifeOf(input({ attributes: ending, now: active.due }));
    expect(leaving).toEqual({ state: 'leaving', dates: { leavingSince: active.due }, due: active.due + 30 * DAY });
    const gone = lifeOf(input({ attributes: ending, now: leaving.due, before: leaving }));
    expect(gone.state).toBe('gone');
    expect(gone.dates.goneSince).toBe(leaving.due);
  });

  it('leaves from the moment the last owner is missing, and comes back', () => {
    const before = { state: 'active' as const, dates: {} };
    const leaving = lifeOf(input({ before, owned: false }));
    expect(leaving.state).toBe('leaving');
    expect(leaving.dates.leavingSince).toBe(input({}).now);
    const later = input({ before: leaving, owned: true, now: input({}).now + DAY });
    expect(lifeOf(later)).toMatchObject({ state: 'active', dates: { returnedAt: later.now } });
  });

  it('keeps the day it began to leave, however often it is looked at', () => {
    const first = lifeOf(input({ before: { state: 'active', dates: {} }, owned: false }));
    const again = lifeOf(input({ before: first, owned: false, now: input({}).now + 5 * DAY }));
    expect(again).toEqual(first);
  });

  it('changes exactly at the due instant it names', () => {
    const day = fc
      .integer({ min: -60, max: 60 })
      .map((n) => new Date(at('2026-06-15T00:00:00Z') + n * DAY).toISOString().slice(0, 10));
    fc.assert(
      fc.property(fc.option(day), fc.option(day), fc.boolean(), (starts, ends, owned) => {
        const values = attributes([
          ...(starts ? [['startDate', starts] as const] : []),
          ...(ends ? [['endDate', ends] as const] : []),
        ]);
        const one = input({ attributes: values, owned });
        const life = lifeOf(one);
        if (!Number.isFinite(life.due)) return;
        expect(life.due).toBeGreaterThan(one.now);
        expect(lifeOf({ ...one, before: life, now: life.due - 1 }).state).toBe(life.state);
        expect(lifeOf({ ...one, before: life, now: life.due }).state).not.toBe(life.state);
      }),
    );
  });
});
