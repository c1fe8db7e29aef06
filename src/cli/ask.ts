/** Questions on a terminal, on stderr, so that piped results stay clean. */
import { createInterface } from 'node:readline/promises';
import { Unanswered } from './command.ts';
import type { Terminal } from './terminal.ts';

export interface Asker {
  /** Empty input takes the suggestion, and is an answer where that is empty; repeated until `refuse` (what is wrong with it) answers null. */
  text(
    question: string,
    suggestion?: string,
    refuse?: (answer: string) => string | null | Promise<string | null>,
  ): Promise<string>;
  yes(question: string, suggestion: boolean): Promise<boolean>;
  choose(question: string, choices: readonly (readonly [value: string, about: string])[]): Promise<string>;
  close(): void;
}

export function openAsker(terminal: Terminal, signal?: AbortSignal): Asker {
  const { paintErr: paint } = terminal;
  const lines = createInterface({
    input: terminal.streams.stdin,
    output: terminal.streams.stderr,
    terminal: terminal.streams.stderr.isTTY === true,
  });
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  const ask = async (prompt: string): Promise<string> => {
    const stop = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
    try {
      return (await lines.question(prompt, { signal: stop })).trim();
    } catch {
      throw new Unanswered();
    }
  };
  const text: Asker['text'] = async (question, suggestion, refuse) => {
    for (;;) {
      const hint = suggestion === undefined || suggestion === '' ? '' : paint.dim(` [${suggestion}]`);
      const answer = (await ask(`${paint.cyan('?')} ${question}${hint} `)) || (suggestion ?? '');
      const missing = answer === '' && suggestion === undefined;
      const wrong = missing ? 'Please type an answer.' : ((await refuse?.(answer)) ?? null);
      if (wrong === null) return answer;
      terminal.err(`  ${paint.yellow(wrong)}\n`);
    }
  };
  return {
    text,
    async yes(question, suggestion) {
      const answer = await text(`${question} (yes/no)`, suggestion ? 'yes' : 'no', (one) =>
        /^(y|yes|n|no)$/i.test(one) ? null : 'Please type yes or no.',
      );
      return /^y/i.test(answer);
    },
    async choose(question, choices) {
      terminal.err(`${paint.cyan('?')} ${question}\n`);
      for (const [i, [value, about]] of choices.entries())
        terminal.err(`  ${paint.bold(String(i + 1))}  ${value}  ${paint.dim(about)}\n`);
      const answer = await text('Number or name', '1', (one) =>
        choices[Number(one) - 1] !== undefined || choices.some(([value]) => value === one)
          ? null
          : `Please type 1 to ${choices.length}.`,
      );
      return choices[Number(answer) - 1]?.[0] ?? answer;
    },
    close: () => lines.close(),
  };
}
