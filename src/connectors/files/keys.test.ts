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
