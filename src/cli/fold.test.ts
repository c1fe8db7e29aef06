import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { fold } from './fold.ts';

it('breaks long lines between words, and goes on two columns further in', () => {
  expect(fold('  one two three four\nshort\n', 12)).toBe('  one two\n    three\n    four\nshort\n');
});

it('counts what is seen, not characters: no colours, two columns for CJK', () => {
  const text = fold('\u001b[33mone\u001b[39m two 田中 さくら ends', 10);
  for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(10);
  expect(text.replaceAll(/\s+/g, ' ')).toBe('\u001b[33mone\u001b[39m two 田中 さくら ends');
});

it('breaks a change of a value', () => {
  expect(fold('  title  clerk → head of sales', 20)).toBe('  title  clerk →\n    head of sales');
});

it('breaks a hint between words, and leaves the command in it whole', () => {
  const hint = '  → check the source; if it is right, run: rollcall approve hr --read';
  expect(fold(hint, 40)).toBe('  → check the source; if it is right,\n    run: rollcall approve hr --read');
  expect(fold(hint, 30)).toBe('  → check the source; if it is\n    right, run:\n    rollcall approve hr --read');
  const two = '  → look with: rollcall plan dir; then: rollcall approve dir or rollcall discard dir';
  expect(fold(two, 40)).toBe('  → look with: rollcall plan dir; then:\n    rollcall approve dir or\n    rollcall discard dir');
});

it('leaves a command to copy and a word that is too long in one piece', () => {
  for (const text of ['  → rollcall approve directory --as YOU --reason WHY', 'uid=somebody,ou=people,dc=example,dc=org'])
    expect(fold(text, 20)).toBe(text);
});
