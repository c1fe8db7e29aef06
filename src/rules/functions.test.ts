import { describe, expect, it } from 'vitest';
import { createClock } from './clock.ts';
import { compileExpression } from './expression.ts';
import { FUNCTIONS } from './functions.ts';

type Row = { readonly [name: string]: unknown };
const attributes = { attributes: null, references: new Map(), zone: 'Europe/Berlin', counter: false };
const context = { ...attributes, variable: 'row', get: (row: Row, name: string) => row[name] };

function answer(source: string): unknown {
  const faults: string[] = [];
  const expression = compileExpression(source, 'value', context, (_, message) => void faults.push(message));
  expect(faults).toEqual([]);
  return expression!.run({}, createClock(Date.UTC(2026, 2, 1, 11)));
}

describe('the examples in the guide are true', () => {
  const worked = FUNCTIONS.filter(({ example }) => example.includes(' → '));
  it('for nearly all functions', () => expect(worked.length).toBeGreaterThan(20));
  it.each(worked.map(({ example }) => example.split(' → ') as [string, string]))('%s', (call, said) => {
    expect(answer(call)).toEqual(answer(said.split(';')[0]!));
  });
});
