import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdSet, IdTable } from './ids.ts';

/** Runs, neighbours of page ends, and ids beyond 32 bits. */
const id = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 32_700, max: 32_800 }),
  fc.integer({ min: 2 ** 32 - 20, max: 2 ** 32 + 20 }),
  fc.maxSafeNat().map((n) => n + 1),
);
const steps = fc.array(fc.record({ id, adds: fc.boolean() }), { maxLength: 400 });

it('a set of ids is a set', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const set = new IdSet();
      const model = new Set<number>();
      for (const step of list) {
        if (step.adds) expect(set.add(step.id)).toBe(!model.has(step.id));
        else expect(set.delete(step.id)).toBe(model.has(step.id));
        if (step.adds) model.add(step.id);
        else model.delete(step.id);
        expect(set.size).toBe(model.size);
      }
      for (const { id: one } of list) expect(set.has(one)).toBe(model.has(one));
      set.clear();
      expect(list.some(({ id: one }) => set.has(one))).toBe(false);
    }),
  );
});

it('a table gives each id a row of its own, in the order they come', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const table = new IdTable();
      const model = new Map<number, number>();
      let next = 0;
      for (const step of list) {
        expect(table.row(step.id)).toBe(model.get(step.id) ?? -1);
        if (step.adds && !model.has(step.id)) {
          expect(table.add(step.id)).toBe(next);
          model.set(step.id, next++);
        } else if (!step.adds) expect(table.remove(step.id)).toBe(model.delete(step.id));
        expect(table.size).toBe(model.size);
      }
      for (const { id: one } of list) expect(table.row(one)).toBe(model.get(one) ?? -1);
      expect([...table.ids.subarray(0, table.rows)].filter((one) => one !== 0)).toEqual([...model.keys()]);
    }),
  );
});
