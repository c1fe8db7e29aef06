import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from './all.ts';
import { perform, type Session } from './operation.ts';

const session = {} as Session;

const SAID: readonly (readonly [name: string, input: object, said: string])[] = [
  ['approve', { target: 'hr', by: 'Ada' }, 'approve: reason is missing.'],
  ['account invite', { name: 'ada', roles: [] }, 'account invite: roles: must not be empty.'],
  [
    'account invite',
    { name: 'ada', roles: ['nosuch'] },
    'account invite: roles.0: must be one of administrator, operator, auditor,',
  ],
  ['run show', { run: 'abc' }, 'run show: run: must be a number, not text.'],
  ['run show', { run: 1.5 }, 'run show: run: must be a whole number, not a fraction.'],
  ['photo set', { person: '#1', base64: '!', by: 'Ada' }, 'photo set: base64: must be base64.'],
  ['runs', { limit: 1_000_000 }, 'runs: limit: must be at most'],
];

it('no list has pages of nothing, which would never end', () => {
  const limits = [...OPERATIONS.values()].flatMap(({ name, input }) => {
    const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
    const limit = properties['limit'] as { readonly minimum?: number } | undefined;
    return limit === undefined ? [] : [[name, limit.minimum]];
  });
  expect(limits).toContainEqual(['waiting', 1]);
  expect(limits.filter(([, minimum]) => minimum !== 1)).toEqual([]);
});

describe('an input that cannot be', () => {
  it.each(SAID)('of %s is said in words', async (name, input, said) => {
    await expect(perform(OPERATIONS.get(name)!, input, session)).rejects.toMatchObject({
      kind: 'invalidValue',
      message: expect.stringContaining(said),
      remedy: `See 'rollcall ${name} --help'.`,
    });
  });
});
