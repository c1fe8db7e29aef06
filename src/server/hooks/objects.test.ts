import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointerOf } from '#core/json-pointer';
import { jsonOf, objectsOf } from './objects.ts';

const at = (pointer: string, by: string | null = null) => ({ kind: 'person', by, value: pointerOf(pointer)! });

test.each([
  [{ kind: 'group', anchor: 'g1' }, null, [{ kind: 'group', by: { anchor: 'g1' } }]],
  [{ anchor: 4711 }, null, [{ kind: 'person', by: { anchor: '4711' } }]],
  [{ data: [{ 'a/b~': 'x' }] }, at('/data/0/a~1b~0', 'badge'), [{ kind: 'person', by: { attribute: 'badge', value: 'x' } }]],
  [{ ids: ['a', 'b'] }, at('/ids'), ['a', 'b'].map((anchor) => ({ kind: 'person', by: { anchor } }))],
  // What cannot be the name of anything names nothing; of a list in which one is so, nobody is left out.
  [{ ids: ['a', null] }, at('/ids'), []],
  [{ ids: [] }, at('/ids'), []],
  [{ anchor: '' }, null, []],
  [{ anchor: 'x'.repeat(1_001) }, null, []],
  [{ anchor: 'x', kind: {} }, null, []],
  [{ id: 'a' }, at('/id/0'), []],
  [{}, at('/toString'), []],
  [undefined, null, []],
])('%j', (body, object, named) => expect(objectsOf(body, object)).toEqual(named));

test('whatever comes, what is named can be looked up', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (body, pointer) => {
      const steps = pointerOf(pointer);
      for (const object of [null, ...(steps === null ? [] : [{ kind: 'person', by: null, value: steps }])])
        for (const { kind, by } of objectsOf(body, object))
          for (const text of [kind, ...Object.values(by)]) expect(text).toMatch(/^[^\0]{1,1000}$/s);
    }),
  );
});

test('a body is JSON where it says so, and must be then', () => {
  const bytes = Buffer.from('{"a":1}');
  expect(jsonOf('application/vnd.hr+json; charset=utf-8', bytes)).toEqual({ a: 1 });
  expect(jsonOf('application/x-www-form-urlencoded', bytes)).toBeUndefined();
  expect(jsonOf(undefined, bytes)).toBeUndefined();
  expect(jsonOf('application/json', Buffer.alloc(0))).toBeUndefined();
  for (const wrong of [Buffer.from('{'), Buffer.from([0xff])])
    expect(() => jsonOf('application/json', wrong)).toThrow('is not JSON');
});
