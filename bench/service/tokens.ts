/** The benchmark's tokens: made by the command, kept beside the store that knows them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONNECTION } from './people.ts';
import { command } from './server.ts';

export interface Tokens {
  /** Of the identity provider. */
  readonly scim: string;
  /** Of a program that reads. */
  readonly api: string;
  /** Of one that has runs made. */
  readonly operator: string;
}

const FILE = 'tokens.json';

export function makeTokens(folder: string): void {
  // The most that a token may have: what is measured is not how it is held back.
  const token = (...whose: string[]): string =>
    command(folder, 'token', 'create', 'benchmark', ...whose, '--rate', '10000', '--quiet').trim();
  const tokens: Tokens = {
    scim: token('--connection', CONNECTION),
    api: token('--role', 'auditor'),
    operator: token('--role', 'operator'),
  };
  writeFileSync(join(folder, FILE), JSON.stringify(tokens), { mode: 0o600 });
}

export function tokensOf(folder: string): Tokens {
  return JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as Tokens;
}
