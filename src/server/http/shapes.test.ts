import { expect, test } from 'vitest';
import { z } from 'zod';
import { jsonSchema, refuseUnknown, saidBeside } from './shapes.ts';

const SHAPE = z.object({
  person: z.string(),
  by: z.string(),
  who: z.object({ roles: z.array(z.string()) }).nullable(),
  place: z.object({ room: z.string().optional() }).nullable(),
  list: z.array(z.object({ name: z.string() })).optional(),
  set: z.record(z.string(), z.unknown()).optional(),
});
const said = saidBeside(['person'], jsonSchema(SHAPE, 'input'));

test.each([
  [{ place: { room: 'a' }, list: [{ name: 'b' }], set: { anything: { at: 'all' } } }, null],
  [{ place: null }, null],
  [{ plase: null }, "Did you mean 'place'?"],
  [{ place: { rom: 'a' } }, "Did you mean 'room'?"],
  [{ list: [{ name: 'b' }, { nam: 'c' }] }, "Did you mean 'name'?"],
  // What is known by other means is not said again.
  [{ by: 'eve' }, /^There are place, list, set/],
  [{ who: null }, /^There are/],
  [{ person: 'eve' }, /^There are/],
  [JSON.parse('{"__proto__":{}}'), /^There are/],
])('names in %j', (given, remedy) => {
  if (remedy === null) expect(() => refuseUnknown(given, said)).not.toThrow();
  else
    expect(() => refuseUnknown(given, said)).toThrow(
      expect.objectContaining({ kind: 'invalidValue', remedy: expect.stringMatching(remedy) }),
    );
});

test('an empty shape takes nothing', () => {
  expect(() => refuseUnknown({ a: 1 }, saidBeside([], jsonSchema(z.object({}), 'input')))).toThrow(
    expect.objectContaining({ remedy: 'It takes nothing.' }),
  );
});
