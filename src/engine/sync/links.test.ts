import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LinkHow } from '#store/contract';
import { KeyOwners } from './key-owners.ts';
import { type Link, Links } from './links.ts';

const small = fc.integer({ min: 1, max: 40 });
const step = fc.record({
  staged: small,
  object: small,
  how: fc.constantFrom<LinkHow>('joined', 'projected', 'decided'),
  connection: fc.constantFrom('hr', 'badges'),
  revision: fc.nat(),
  ends: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
});

it('links are a map, and each object knows what it got, in that order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const links = new Links();
      const model = new Map<number, Link>();
      for (const { staged, ends, ...link } of steps) {
        if (ends) expect(links.delete(staged)).toBe(model.delete(staged));
        else {
          links.set(staged, link);
          model.delete(staged);
          model.set(staged, link);
        }
      }
      expect(links.size).toBe(model.size);
      expect([...links]).toEqual([...model]);
      expect([...links.keys()]).toEqual([...model.keys()]);
      for (let id = 1; id <= 40; id++) {
        expect(links.get(id)).toEqual(model.get(id));
        expect(links.has(id)).toBe(model.has(id));
        expect(links.objectOf(id)).toBe(model.get(id)?.object);
        expect(links.of(id)).toEqual([...model].filter(([, { object }]) => object === id).map(([staged]) => staged));
      }
      links.clear();
      expect([...links]).toEqual([]);
      expect(links.of(1)).toEqual([]);
    }),
  );
});

it('a key has the owners it was given, in that order, until they lose it', () => {
  const add = fc.record({ key: fc.constantFrom('a', 'b', 'c'), owner: fc.integer({ min: 1, max: 5 }), loses: fc.boolean() });
  fc.assert(
    fc.property(fc.array(add, { maxLength: 40 }), (steps) => {
      const owners = new KeyOwners();
      const model = new Map<string, number[]>();
      for (const { key, owner, loses } of steps) {
        if (!loses) {
          if (model.get(key)?.includes(owner)) continue;
          owners.add(key, owner);
          model.set(key, [...(model.get(key) ?? []), owner]);
          continue;
        }
        const had = [...model.keys()].filter((one) => model.get(one)!.includes(owner));
        expect(owners.remove(owner)).toEqual(had);
        for (const one of had) {
          const left = model.get(one)!.filter((other) => other !== owner);
          if (left.length > 0) model.set(one, left);
          else model.delete(one);
        }
      }
      expect([...owners.keys()]).toEqual([...model.keys()]);
      expect(owners.size).toBe(model.size);
      for (const key of ['a', 'b', 'c']) {
        expect(owners.of(key)).toEqual(model.get(key) ?? []);
        expect(owners.has(key)).toBe(model.has(key));
      }
    }),
  );
});
