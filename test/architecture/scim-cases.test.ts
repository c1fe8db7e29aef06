import { expect, it } from 'vitest';
import { SCIM_CASES } from '../scim-cases.ts';
import { projectFiles, read } from './tree.ts';

/** The numbers with which the names of tests begin: of `it('R1 R2 names …'` both. */
function numbersIn(text: string): readonly string[] {
  const names = text.matchAll(/\b(?:it|test)(?:\.\w+(?:\([^)]*\))?)*\(\s*['"`]((?:[A-Z]\d{1,2} )+)/g);
  return [...names].flatMap((found) => found[1]!.trim().split(' '));
}

it('every case of SCIM is a test that names it', () => {
  const files = projectFiles();
  const tested = new Set(
    files.filter((file) => /^(src|test)\/.*scim.*\.test\.ts$/.test(file)).flatMap((f) => numbersIn(read(f))),
  );
  expect([...SCIM_CASES.keys()].filter((one) => !tested.has(one))).toEqual([]);
  expect([...tested].filter((one) => !SCIM_CASES.has(one))).toEqual([]);
});

it.each([
  ["it('R1 R2 names', () => {", ['R1', 'R2']],
  ["  it.each(['a'])('E13 a load', () => {", ['E13']],
  ["it('a load as of E13', () => {", []],
  ["await edit('E1', {});", []],
])('a number is seen in: %s', (text, numbers) => expect(numbersIn(text)).toEqual(numbers));
