import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromColumns, toColumns } from './columns.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 5 }),
);
const name = fc.constantFrom('id', 'seen', 'digest', 'keys', 'link', 'length', 'toString');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.dictionary(name, tie('value'), { maxKeys: 5 }),
    fc.array(tie('value'), { maxLength: 12 }),
    // Like ones, as most batches are.
    fc.array(fc.record({ id: fc.integer(), seen: leaf, keys: tie('value') }, { requiredKeys: ['id'] }), { maxLength: 30 }),
    fc.array(fc.array(fc.string(), { maxLength: 3 }), { maxLength: 30 }),
    fc.array(fc.option(fc.uint8Array({ maxLength: 9 })), { maxLength: 30 }),
  ),
}));

/** Texts and numbers at any depth. */
function leaves(part: unknown): unknown[] {
  if (typeof part === 'string' || typeof part === 'number') return [part];
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return [];
  return Object.values(part).flatMap(leaves);
}

it('what is sent is what comes', () => {
  fc.assert(
    fc.property(value, (sent) => {
      const seen: unknown[] = [];
      const came = fromColumns(structuredClone(toColumns(sent)), (part) => seen.push(part), 'all');
      expect(came).toStrictEqual(structuredClone(sent));
      const looked = new Set(seen.flatMap(leaves));
      for (const one of leaves(sent)) expect(looked).toContain(one);
    }),
    { numRuns: 500 },
  );
});

const looksFor = (bad: unknown) => (value: unknown) => {
  if (JSON.stringify(value).includes(JSON.stringify(bad))) throw new Error('found');
};

it('what all have in common is looked at as well', () => {
  const sent = { items: Array.from({ length: 50 }, (_, id) => ({ id, name: 'bad' })) };
  expect(() => fromColumns(toColumns(sent), looksFor('bad'), 'all')).toThrow('found');
});

it('a list of more kinds of objects than are told apart comes as it was', () => {
  const list = Array.from({ length: 300 }, (_, i) => ({ [`name ${i % 150}`]: i }));
  expect(fromColumns(structuredClone(toColumns(list)), () => {}, 'all')).toStrictEqual(list);
});

it('like objects travel without a name of theirs being repeated', () => {
  const list = Array.from({ length: 100 }, (_, id) => ({ id, kind: 'person', digest: new Uint8Array([id]), keys: [] }));
  const text = JSON.stringify(toColumns({ items: list }));
  expect(text.split('"kind"').length - 1).toBe(1);
  expect(text.split('"person"').length - 1).toBe(1);
});
