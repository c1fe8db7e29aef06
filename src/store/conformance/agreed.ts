/** Agreed people and groups are read in windows by kind and state; a probe leaves out what its predicate leaves out. */
import { deepEqual, equal } from 'node:assert/strict';
import { imageText, parseImage } from '#core/canonical';
import { mayHold, type Probe } from '#core/probe';
import type { Store } from '../contract.ts';
import { RandomConditions } from './random-conditions.ts';
import { commit, type Opened, object, type Suite, withStore } from './sample.ts';

const ALL = { kind: 'person', states: ['expected', 'active', 'leaving'] } as const;
type Window = Parameters<Store['agreed']['window']>[0];

export function agreedSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`agreed: ${name}`, () => withStore(suite, use));
  const ids = async ({ store }: Opened, window: Partial<Window>) => {
    const { rows, last, more } = await store.agreed.window({ ...ALL, probe: null, after: 0, offset: 0, look: 100, ...window });
    return [rows.map(({ id }) => id), last, more];
  };

  test('those of a kind in some states, by id, window by window', async (opened) => {
    await commit(opened, {
      objects: [
        object(1),
        object(2, { state: 'gone' }),
        object(3, { kind: 'group' }),
        object(4, { state: 'leaving' }),
        object(5),
        object(6, { state: 'expected' }),
      ],
    });
    deepEqual(await ids(opened, {}), [[1, 4, 5, 6], 6, false]);
    deepEqual(await ids(opened, { look: 2 }), [[1, 4], 4, true]);
    deepEqual(await ids(opened, { look: 2, after: 4 }), [[5, 6], 6, true]);
    deepEqual(await ids(opened, { look: 2, after: 6 }), [[], null, false]);
    deepEqual(await ids(opened, { look: 2, offset: 1 }), [[4, 5], 5, true]);
    deepEqual(await ids(opened, { offset: 99 }), [[], null, false]);
    deepEqual(await ids(opened, { kind: 'group' }), [[3], 3, false]);
    deepEqual(await ids(opened, { kind: 'none' }), [[], null, false]);
    deepEqual(await ids(opened, { states: [] }), [[], null, false]);
    deepEqual(await ids(opened, { probe: { attribute: 'n', is: 5 } }), [[5], 6, false]);
    const { agreed } = opened.store;
    deepEqual(
      [await agreed.count(ALL), await agreed.count({ ...ALL, states: ['gone'] }), await agreed.count({ ...ALL, kind: 'none' })],
      [4, 1, 0],
    );
    deepEqual(await agreed.standing([3, 2, 9]), [
      { id: 2, kind: 'person', state: 'gone' },
      { id: 3, kind: 'group', state: 'active' },
    ]);
  });

  test('a probe answers those for whom its predicate holds', async (opened) => {
    const random = new RandomConditions(20_260_401);
    const texts = [
      '',
      'a',
      'A',
      'Ab',
      'a b',
      'a  b',
      ' a',
      'a ',
      'é',
      'É',
      'İ',
      '\u212a',
      '%',
      '_',
      "'",
      '"',
      '\\',
      '1',
      'true',
      '\n',
    ];
    const names = ['a', 'b', 'a"b', '__proto__', '$.a', "'; --", ''];
    const one = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
    const scalar = () => one([...texts, 0, 1, -1, 1.5, 1e21, true, false]);
    const value = () => one([scalar(), scalar(), null, [scalar()], [scalar(), scalar()], { blob: 'ff', size: 1 }, []]);
    const images = Array.from({ length: 60 }, () =>
      imageText(
        Object.assign(
          Object.create(null),
          Object.fromEntries(names.flatMap((name) => (random.below(3) > 0 ? [[name, value()]] : []))),
        ),
      ),
    );
    await commit(opened, { objects: images.map((attributes, i) => object(i + 1, { attributes })) });
    const probe = (deep = 0): Probe => {
      const attribute = one(names);
      const kind = random.below(deep < 2 ? 6 : 4);
      if (kind === 0) return { has: attribute };
      if (kind === 1) return { attribute, is: scalar() };
      if (kind === 2) return { attribute, order: one(['gt', 'ge', 'lt', 'le'] as const), number: one([0, 1, 1.5, -7]) };
      if (kind === 3) return { attribute, at: one(['eq', 'co', 'sw', 'ew'] as const), text: one(texts) };
      const parts = Array.from({ length: random.below(3) }, () => probe(deep + 1));
      return kind === 4 ? { and: parts } : { or: parts };
    };
    for (let n = 0; n < 200; n++) {
      const asked = probe();
      const expected = images.flatMap((image, i) => (mayHold(asked, parseImage(image)) ? [i + 1] : []));
      const [found] = await ids(opened, { probe: asked });
      deepEqual(found, expected, JSON.stringify(asked));
    }
    equal(await opened.store.agreed.count({ kind: 'person', states: ['active'] }), 60);
  });
}
