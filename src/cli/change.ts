/** A change as people read it: one line per attribute, before → after. */
import { isDeepStrictEqual } from 'node:util';
import type { Paint } from './terminal.ts';
import { printable } from './terminal.ts';
import { value } from './write.ts';

type Values = { readonly [attribute: string]: unknown } | null;

/** Lines with their ends; only what differs. A creation shows what it starts with, a deletion nothing. */
export function changeLines(before: Values, after: Values, paint: Paint, indent: string): string {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter(
    (name) => !isDeepStrictEqual(before?.[name] ?? null, after?.[name] ?? null),
  );
  if (names.length === 0) return '';
  const width = Math.min(28, Math.max(...names.map((name) => name.length)));
  return names
    .map((name) => {
      const label = `${indent}${printable(name).padEnd(width)}  `;
      const now =
        after === null || after[name] === undefined || after[name] === null
          ? paint.red(value(null))
          : paint.green(value(after[name]));
      const was = before === null ? null : value(before[name]);
      return `${label}${was === null ? now : `${paint.dim(was)} → ${now}`}\n`;
    })
    .join('');
}

const WORDS: { readonly [operation: string]: string } = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  join: 'linked',
  project: 'made a new person',
  adopt: 'account taken over',
  state: 'state changed',
  export: 'written to the target',
};
export function happened(operation: string): string {
  return WORDS[operation] ?? operation;
}
