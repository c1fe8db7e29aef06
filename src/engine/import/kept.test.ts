import { describe, expect, it } from 'vitest';
import { attributes } from '#core/values';
import type { StagedRow } from '#store/contract';
import { effectiveImage } from '../sync/contributions.ts';
import { keptOf } from './kept.ts';

const row = (kept: string | null) => ({ kind: 'person', seen: '{"id":"1"}', kept }) as unknown as StagedRow;
const emptied = (now: number, old: string | null = null, outages: ReadonlyMap<string, number> = new Map()) =>
  keptOf({
    kind: 'person',
    old,
    before: attributes([
      ['id', '1'],
      ['mail', 'a@b'],
    ]),
    after: attributes([['id', '1']]),
    outages,
    partial: [],
    now,
  });

describe('values kept for an outage', () => {
  it('stand in for what the read that began it emptied', () => {
    expect(effectiveImage(row(emptied(20)), new Map([['person.mail', 20]]))).toEqual({ id: '1', mail: 'a@b' });
  });

  it('never bring back what was emptied before it began', () => {
    expect(effectiveImage(row(emptied(10)), new Map([['person.mail', 20]]))).toEqual({ id: '1' });
  });

  it('are of one kind of object', () => {
    expect(effectiveImage(row(emptied(20)), new Map([['group.mail', 20]]))).toEqual({ id: '1' });
  });

  it('stay while the outage lasts, whatever else changes', () => {
    const outages = new Map([['person.mail', 20]]);
    const later = keptOf({
      kind: 'person',
      old: emptied(20),
      before: attributes([['id', '1']]),
      after: attributes([['id', '2']]),
      outages,
      partial: [],
      now: 30,
    });
    expect(effectiveImage(row(later), outages)).toEqual({ id: '1', mail: 'a@b' });
  });
});
