/** A person at a terminal, in a test: each question, known by a part of it, has its answer. */
import { PassThrough } from 'node:stream';
import { main } from '#cli/index';
import { createProgram } from '#main';
import type { Place } from '../integration/place.ts';

export interface Asked {
  readonly code: number;
  /** How many questions came. */
  readonly answered: number;
  /** All that the terminal showed. */
  readonly shown: string;
}

export async function asked(
  here: Place,
  argv: readonly string[],
  answers: readonly (readonly [about: string, answer: string])[],
  env: { readonly [name: string]: string } = {},
): Promise<Asked> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  let [said, shown, next] = ['', '', 0];
  const stderr = Object.assign(new PassThrough(), { isTTY: true }).on('data', (chunk: Buffer) => {
    said += String(chunk);
    shown += String(chunk);
    const [about, answer] = answers[next] ?? [];
    const at = about === undefined ? -1 : said.indexOf(about);
    if (at < 0 || !/[\])?] $/.test(said.slice(at))) return;
    said = said.slice(at + about!.length);
    next++;
    stdin.write(`${answer}\n`);
  });
  const stdout = new PassThrough().on('data', (chunk: Buffer) => {
    shown += String(chunk);
  });
  const program = { ...(await createProgram()), env: { ...process.env, ...env } };
  const code = await main(['-c', here.path('rollcall.yaml'), ...argv], { NO_COLOR: '1' }, { stdin, stdout, stderr }, program);
  return { code, answered: next, shown };
}
