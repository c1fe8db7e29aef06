import { describe, expect, it } from 'vitest';
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
  ['runs', { limit: 1_000_000 }, 'runs: limit: must be at most'],
];

describe('an input that cannot be', () => {
  it.each(SAID)('of %s is said in words', async (name, input, said) => {
    await expect(perform(OPERATIONS.get(name)!, input, session)).rejects.toMatchObject({
      kind: 'invalidValue',
      message: expect.stringContaining(said),
      remedy: `See 'rollcall ${name} --help'.`,
    });
  });
});
