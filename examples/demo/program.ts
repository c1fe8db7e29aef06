/** Runs the real command and lets the reader see it: the command is echoed as one would type it, its output goes straight through. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Program {
  /** Shows and runs it. Errors: any exit code but those expected. Answers the code. */
  show(args: readonly string[], codes?: readonly number[]): number;
  /** Runs it with --json and answers what it said, without showing anything. */
  ask(args: readonly string[], codes?: readonly number[]): unknown;
}

/** `installed`: path of a rollcall command; otherwise the sources beside this folder. Both run in `folder`. */
export function program(folder: string, installed: string | undefined): Program {
  const source = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const [file, ...before] = installed === undefined ? [process.execPath, '--conditions=source', source] : [installed];
  const run = (args: readonly string[], codes: readonly number[], output: 'inherit' | 'pipe'): { code: number; text: string } => {
    const done = spawnSync(file!, [...before, ...args], {
      cwd: folder,
      stdio: ['ignore', output, 'inherit'],
      encoding: 'utf8',
      maxBuffer: 256 * 1_048_576,
    });
    if (done.error !== undefined) throw done.error;
    if (done.status === null || !codes.includes(done.status)) {
      throw new Error(
        `rollcall ${args.join(' ')} ended with exit code ${done.status ?? done.signal}; expected ${codes.join(' or ')}`,
      );
    }
    return { code: done.status, text: done.stdout };
  };
  return {
    show(args, codes = [0]) {
      say(`\n${bold(`$ rollcall ${args.map(quoted).join(' ')}`)}\n`);
      return run(args, codes, 'inherit').code;
    },
    ask: (args, codes = [0]) => JSON.parse(run([...args, '--json'], codes, 'pipe').text) as unknown,
  };
}

const quoted = (word: string): string => (/^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const colour = !process.env.NO_COLOR && (process.stdout.isTTY === true || Boolean(process.env.FORCE_COLOR));
export const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function chapter(number: number, title: string, ...text: readonly string[]): void {
  say(`\n${bold(`━━ ${number}. ${title} ${'━'.repeat(Math.max(0, 100 - title.length))}`)}`);
  for (const line of text) say(line);
}
