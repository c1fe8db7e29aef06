import { expect, test } from 'vitest';
import { checkPassword, openPasswords } from './passwords.ts';

const QUICK = { n: 16, r: 1, p: 1 };

test('only the same password matches, in whatever form its accents came', async () => {
  const passwords = openPasswords(QUICK);
  const hash = await passwords.hash('Zoë has 3 cats');
  expect(hash).toMatch(/^scrypt:16:1:1:[\w-]{22}:[\w-]{43}$/);
  expect(await passwords.hash('Zoë has 3 cats')).not.toBe(hash);
  expect(await passwords.matches('Zoe\u0308 has 3 cats', hash)).toBe(true);
  for (const other of ['zoë has 3 cats', 'Zoë has 3 cats ', '', 'x'.repeat(1_000_000)])
    expect(await passwords.matches(other, hash)).toBe(false);
});

test('without a hash, or with a broken one, nothing matches', async () => {
  const passwords = openPasswords(QUICK);
  for (const hash of [null, '', 'scrypt', 'plain:secret', 'scrypt:16:1:1:AAAA'])
    expect(await passwords.matches('', hash)).toBe(false);
});

test('a hash of other parameters is still found right', async () => {
  const hash = await openPasswords({ n: 32, r: 2, p: 2 }).hash('correct horse');
  expect(await openPasswords(QUICK).matches('correct horse', hash)).toBe(true);
});

test('when too many wait, the rest is refused and told to come again', async () => {
  const passwords = openPasswords(QUICK);
  const all = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.matches('x', null)));
  const refused = all.filter((one) => one.status === 'rejected');
  expect(refused).toHaveLength(8);
  expect(refused[0]!.reason).toMatchObject({ kind: 'rateLimited' });
});

test.each([
  ['short', 'ada'],
  ['aaaaaaaaaaaaaaa', 'bob'],
  ['Ada.Lovelace', 'ada.lovelace'],
  ['ada.lovelace1', 'ADA.lovelace@example.org'],
  ['x'.repeat(257), 'bob'],
])('%s is no password of %s', (password, name) => {
  expect(() => checkPassword(password, name, 12)).toThrow(expect.objectContaining({ kind: 'invalidValue' }));
  try {
    checkPassword(password, name, 12);
  } catch (error) {
    expect((error as Error).message).not.toContain(password);
  }
});

test('a few words are', () => {
  expect(() => checkPassword('correct horse battery', 'ada', 12)).not.toThrow();
  expect(() => checkPassword('パスワードは長い方がいいよ', 'ada', 12)).not.toThrow();
});
