import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsOf, CHARACTER_CLASSES, charactersOf, makePassword, type PasswordPolicy } from './password.ts';

const policies = fc.record({
  length: fc.integer({ min: 8, max: 72 }),
  classes: fc.subarray([...CHARACTER_CLASSES], { minLength: 1 }),
  unambiguous: fc.boolean(),
});

describe('a generated password', () => {
  it('has the length, something of each class, and nothing else', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const made = makePassword(policy, randomInt);
        const classes = policy.classes.map((name) => charactersOf(policy, name));
        expect(made).toHaveLength(policy.length);
        for (const characters of classes) expect([...made].some((one) => characters.includes(one))).toBe(true);
        expect([...made].every((one) => classes.join('').includes(one))).toBe(true);
        if (policy.unambiguous) expect(made).not.toMatch(/[0Oo1lI]/);
      }),
    );
  });

  it('is as likely as any other: when all draws were drawn once, so was each that the policy allows', () => {
    const policy: PasswordPolicy = { length: 2, classes: ['digit', 'symbol'], unambiguous: false };
    const [digits, symbols] = [charactersOf(policy, 'digit').length, charactersOf(policy, 'symbol').length];
    const draws = pairs(digits + symbols);
    const made = Array.from({ length: 2 * digits * symbols }, () => makePassword(policy, () => draws.next().value!));
    expect(new Set(made).size).toBe(made.length);
  });

  it('is told by its bits', () => {
    expect(bitsOf({ length: 10, classes: ['digit'], unambiguous: false })).toBeCloseTo(33.2, 1);
  });
});

function* pairs(below: number): Generator<number, undefined> {
  for (let first = 0; first < below; first++)
    for (let second = 0; second < below; second++) {
      yield first;
      yield second;
    }
}
