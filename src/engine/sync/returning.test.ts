import { expect, it } from 'vitest';
import type { ObjectWrite } from '#store/contract';
import { returns, type Watch } from './returning.ts';

const write = (more: Partial<ObjectWrite> = {}): ObjectWrite => ({
  object: 1,
  insert: false,
  expectRevision: 1,
  kind: 'person',
  attributes: '{"title":"a"}',
  frozen: null,
  owned: true,
  state: 'active',
  dates: '{}',
  dueAt: null,
  notes: '{}',
  ...more,
});
const watch = (): Watch => ({ values: new Map(), circular: new Set() });

it('what returns to a value it had is circular, whatever its revision by then', () => {
  const seen = watch();
  expect(returns(seen, write())).toBe(false);
  expect(returns(seen, write({ attributes: '{"title":"b"}', expectRevision: 2 }))).toBe(false);
  expect(seen.circular.size).toBe(0);
  expect(returns(seen, write({ expectRevision: 3 }))).toBe(true);
  expect([...seen.circular]).toEqual([1]);
});

it('the same attributes in another state, with other dates, another end or another hold are not the same value', () => {
  const seen = watch();
  for (const one of [
    write(),
    write({ state: 'leaving' }),
    write({ state: 'leaving', dates: '{"leavingSince":5}' }),
    write({ state: 'leaving', dates: '{"leavingSince":5}', frozen: '{"title":"a"}' }),
    write({ dueAt: 7 }),
    write({ owned: false }),
  ])
    expect(returns(seen, one)).toBe(false);
  expect(returns(seen, write({ state: 'leaving' }))).toBe(true);
});

it('two objects do not share their values', () => {
  const seen = watch();
  expect([returns(seen, write()), returns(seen, write({ object: 2 }))]).toEqual([false, false]);
});
