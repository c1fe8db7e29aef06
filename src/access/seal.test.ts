import { expect, test } from 'vitest';
import { createSeal } from './seal.ts';

test('only what was closed with this secret, unchanged and in time, opens', () => {
  const seal = createSeal('of the store');
  const text = seal.close({ state: 'ß' }, 100);
  expect(seal.open(text, 99)).toEqual({ state: 'ß' });
  expect(seal.open(text, 100)).toBeNull();
  expect(createSeal('of the store').open(text, 99)).toEqual({ state: 'ß' });
  expect(createSeal('of another').open(text, 0)).toBeNull();
  expect(text).not.toContain(Buffer.from('state').toString('base64url'));
  for (let at = 0; at < text.length; at += 7) {
    const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    expect(seal.open(changed, 0), changed).toBeNull();
  }
  for (const bad of ['', 'x', text.slice(0, 20), 'A'.repeat(10_000)]) expect(seal.open(bad, 0)).toBeNull();
});
