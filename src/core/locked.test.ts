import { expect, test } from 'vitest';
import { lock, unlock } from './locked.ts';

test('is read by whoever has the secret, and by nobody else; not where a byte was changed', () => {
  const [one, other] = [lock('Zoë', 'key-1'), lock('Zoë', 'key-1')];
  expect([unlock(one, 'key-1'), unlock(other, 'key-1'), one === other]).toEqual(['Zoë', 'Zoë', false]);
  const changed = Buffer.from(one, 'base64');
  changed[changed.length - 1]! ^= 1;
  for (const [text, secret] of [
    [one, 'key-2'],
    [changed.toString('base64'), 'key-1'],
    ['', 'key-1'],
    [one.slice(0, 40), 'key-1'],
  ] as const)
    expect(unlock(text, secret)).toBeNull();
  expect(Buffer.from(one, 'base64').toString('latin1')).not.toContain('Zo');
});
