/** A program of the user's: told something on its standard input, believed when it ends with 0. */
import { type ChildProcess, spawn } from 'node:child_process';
import { redact } from '#config/secrets/redact';
import { RollcallError } from '#core/errors';

/** For what a program said last, once it has ended: others that it started may hold its standard error open for ever. */
const LAST_WORDS_MS = 200;

export interface Started {
  /** The program and its arguments: no shell. */
  readonly words: readonly string[];
  /** On its standard input. */
  readonly told: string;
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What it started ends with it when its time is over. Throws what it said on its standard error where it fails. */
export function runCommand({ words, told, folder, timeoutMs, signal }: Started): Promise<void> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = words;
    const child = spawn(program!, args, { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'], detached: OWN_GROUP });
    let said = '';
    let why: string | null = null;
    const stop = (because: string): void => {
      why ??= because;
      endGroup(child);
    };
    const interrupted = (): void => stop('interrupted');
    const timer = setTimeout(() => stop(`stopped after ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', interrupted, { once: true });
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupted);
    };
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      if (said.length < 100_000) said += chunk;
    });
    child.on('error', (cause) => {
      over();
      reject(new RollcallError('configuration', cause.message, { cause }));
    });
    child.on('exit', (code, killedBy) => {
      over();
      const settle = (): void => {
        clearTimeout(last);
        child.stderr.destroy();
        if (code === 0) resolve();
        else
          reject(
            new RollcallError(
              'unavailable',
              // Half a secret would not be known for one.
              why ?? `ended with ${code ?? killedBy}${said ? `: ${redact(said).trim().slice(0, 300)}` : ''}`,
            ),
          );
      };
      const last = setTimeout(settle, LAST_WORDS_MS);
      child.once('close', settle);
    });
    // A program that does not read its input is no fault.
    child.stdin.on('error', () => undefined);
    child.stdin.end(told);
  });
}

/** Where a process can lead a group of its own, which is ended as one. */
const OWN_GROUP = process.platform !== 'win32';

function endGroup(child: ChildProcess): void {
  try {
    if (OWN_GROUP && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
