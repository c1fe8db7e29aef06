import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyTable } from './keys.ts';

test('it is a map from kind and anchor to a number', () => {
  const key = fc.tuple(fc.constantFrom('person', 'group'), fc.string({ maxLength: 4 }), fc.integer());
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), (entries) => {
      const table = new KeyTable();
      const map = new Map<string, number>();
      for (const [kind, anchor, value] of entries) {
        const name = `${kind} ${anchor}`;
        expect(table.get(kind, anchor)).toBe(map.get(name));
        expect(table.set(kind, anchor, value)).toBe(map.get(name));
        map.set(name, value);
        expect(table.setNew(kind, anchor, -1)).toBe(value);
      }
      expect(table.size).toBe(map.size);
    }),
    { numRuns: 200 },
  );
});

test('a hundred thousand keys that differ little stay apart', () => {
  const table = new KeyTable();
  let met = 0;
  for (let i = 0; i < 100_000; i++) if (table.setNew('person', `E${i}`, i) !== undefined) met++;
  expect(met).toBe(0);
  for (let i = 0; i < 100_000; i += 997) expect(table.get('person', `E${i}`)).toBe(i);
  expect(table.get('person', 'E100000')).toBeUndefined();
  expect(table.get('group', 'E1')).toBeUndefined();
});

test('a table with the same secret takes hashes over, in any room', () => {
  const secret = Buffer.from('8 bytes!');
  const first = new KeyTable({ secret });
  for (let i = 0; i < 5000; i++) first.set(i % 3 === 0 ? 'group' : 'person', `E${i}`, i % 2);
  for (const room of [0, 5000, 100_000]) {
    const second = new KeyTable({ secret, kinds: first.kinds, room });
    second.setHashes(Int32Array.from(second.hashOf('person', 'E1')), 7);
    const hashes: [number[], number[]] = [[], []];
    first.forEachHash((low, high, value) => hashes[value as 0 | 1].push(low, high));
    let passed = 0;
    for (const value of [0, 1] as const) passed += second.setHashes(Int32Array.from(hashes[value]), value);
    expect(passed).toBeLessThan(5000 * 16);
    expect(second.size).toBe(5000);
    for (let i = 0; i < 5000; i++) expect(second.get(i % 3 === 0 ? 'group' : 'person', `E${i}`)).toBe(i % 2);
    expect(second.get('person', 'E0')).toBeUndefined();
    expect(second.set('role', 'E1', 1)).toBeUndefined();
  }
});
