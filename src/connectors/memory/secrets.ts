/** Like real systems it takes passwords, and never shows one. */
import { newRow, type Row } from '../files/row.ts';
import type { MemoryConfig } from './config.ts';

const PASSWORD = 'password';

/** What is written as a whole is written again with all that is in it. */
export function secretsOf({ atomic }: MemoryConfig): readonly string[] | { readonly remedy: string } {
  return atomic ? { remedy: 'leave atomic: true away' } : [PASSWORD];
}

export function isSecret(attribute: string): boolean {
  return attribute === PASSWORD;
}

/** The same object where there is none. */
export function shown(attributes: Row): Row {
  if (attributes[PASSWORD] === undefined) return attributes;
  const rest = newRow();
  for (const name in attributes) if (name !== PASSWORD) rest[name] = attributes[name]!;
  return rest;
}
