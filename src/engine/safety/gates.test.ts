import { describe, expect, it } from 'vitest';
import { attributes } from '#core/values';
import type { EngineConnection } from '../context.ts';
import { limitOf } from './gates.ts';
import { changeDigest, partsOf } from './parts.ts';

const connection = (gates: [string, { percent: number; count: number }][] = []) =>
  ({ gates: new Map(gates) }) as unknown as EngineConnection;
const enabled = { attribute: 'lock', on: 'no', off: 'yes' };

describe('the limit of a gate', () => {
  it('is the smaller of percent and count, and never under five', () => {
    expect(limitOf(connection(), 'delete', 1_000)).toBe(50);
    expect(limitOf(connection(), 'delete', 100_000)).toBe(500);
    expect(limitOf(connection(), 'disable', 10)).toBe(5);
    expect(limitOf(connection(), 'update', 1_000)).toBe(200);
    expect(limitOf(connection(), 'create', 1_000_000)).toBe(5_000);
  });

  it('may be set for all attributes or for one', () => {
    const set = connection([
      ['attribute', { percent: 10, count: 100 }],
      ['attribute:mail', { percent: 1, count: 10 }],
    ]);
    expect(limitOf(set, 'attribute:title', 500)).toBe(50);
    expect(limitOf(set, 'attribute:mail', 500)).toBe(5);
  });
});

describe('the parts of a change', () => {
  it('are its kind, each attribute, each that becomes empty', () => {
    expect(partsOf('create', attributes([['mail', 'x']]), false, enabled)).toEqual(['create']);
    expect(
      partsOf(
        'update',
        attributes([
          ['mail', null],
          ['title', 'x'],
        ]),
        false,
        enabled,
      ),
    ).toEqual(['attribute:mail', 'attribute:title', 'empty:mail', 'update']);
    expect(partsOf('update', attributes([['lock', 'yes']]), false, enabled)).toEqual(['disable']);
    expect(partsOf('update', attributes([['lock', 'no']]), false, enabled)).toEqual(['enable']);
    expect(partsOf('update', attributes(), true, enabled)).toEqual(['update']);
  });

  it('are named by a digest that another change does not have', () => {
    const change = { operation: 'update', wanted: '{"mail":"a"}', wantedAnchor: null, wantedName: null } as const;
    expect(changeDigest(1, change)).toBe(changeDigest(1, { ...change }));
    for (const other of [
      { ...change, wanted: '{"mail":"b"}' },
      { ...change, operation: 'delete' as const },
      { ...change, wantedName: 'x' },
    ])
      expect(changeDigest(1, other)).not.toBe(changeDigest(1, change));
    expect(changeDigest(2, change)).not.toBe(changeDigest(1, change));
  });
});
