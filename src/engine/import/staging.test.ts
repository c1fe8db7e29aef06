import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ReadObject } from '#connectors/contract';
import { canonicalise, type PlannedEdge, type StagingPlan } from './staging.ts';

const members: PlannedEdge = { key: String, multi: true, kinds: new Set(['group']) };
const plan: StagingPlan = {
  edges: new Map([
    ['member', members],
    ['owner', members],
  ]),
  keys: new Map(),
  timed: new Set(),
  decides: new Map(),
  named: new Set(),
};

// Few characters, and every one that stands between two things somewhere.
const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\\', ...'\u001c\u001d\u001e\u001f'), maxLength: 3 });
const list = fc.array(text, { maxLength: 3 });
const group = fc.record({ name: text, note: text, member: list, owner: list }, { requiredKeys: [] }).map(
  ({ name, ...attributes }): ReadObject => ({
    kind: 'group',
    anchor: 'g',
    attributes,
    ...(name === undefined ? {} : { name }),
  }),
);

it('no two objects have one digest text, whatever control characters they hold', () => {
  fc.assert(
    fc.property(group, group, (a, b) => {
      const [one, other] = [canonicalise(a, plan), canonicalise(b, plan)];
      const said = ({ text: image, name, members: list }: typeof one): unknown[] => [image, name, list];
      const same = JSON.stringify(said(one)) === JSON.stringify(said(other));
      expect(one.digestText === other.digestText).toBe(same);
    }),
    { numRuns: 20_000 },
  );
});

it('a member that looks like two, or like the next attribute, is another one', () => {
  const of = (attributes: ReadObject['attributes'], name?: string): string =>
    canonicalise({ kind: 'group', anchor: 'g', attributes, ...(name === undefined ? {} : { name }) }, plan).digestText;
  expect(of({ member: ['a\u001eb'] })).not.toBe(of({ member: ['a', 'b'] }));
  expect(of({ member: ['a\u001fowner\u001eb'] })).not.toBe(of({ member: ['a'], owner: ['b'] }));
  expect(of({ member: ['a'] }, 'n')).not.toBe(of({}, 'n\u001fmember\u001ea'));
});

it('a list keeps what was read of each where one of them is not its key, and is told from the same in other letters', () => {
  const folded: StagingPlan = {
    ...plan,
    edges: new Map([['member', { ...members, key: (scalar) => String(scalar).toLowerCase() }]]),
  };
  const read = (member: readonly string[]) => canonicalise({ kind: 'group', anchor: 'g', attributes: { member } }, folded);
  expect(read(['a', 'b']).members).toEqual([{ attribute: 'member', all: { keys: ['a', 'b'], texts: null } }]);
  expect(read(['1', 'B', 'c']).members).toEqual([
    { attribute: 'member', all: { keys: ['1', 'b', 'c'], texts: ['1', 'B', 'c'] } },
  ]);
  expect(read(['B']).digestText).not.toBe(read(['b']).digestText);
});
