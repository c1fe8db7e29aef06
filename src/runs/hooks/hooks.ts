/**
 * Hooks: a command or a webhook between the phases of a cycle. It is told run, phase and counts as JSON (standard input or
 * body), never names or values of people. A required hook that fails ends the cycle before the next phase.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Configuration, Hook } from '#config/model';
import { redact } from '#config/secrets/redact';
import { RollcallError, toFault } from '#core/errors';
import type { EngineContext } from '#engine/index';

type Phase = Hook['after'];

/** False when the cycle must not go on. */
export async function runHooks(config: Configuration, phase: Phase, context: EngineContext): Promise<boolean> {
  for (const hook of config.hooks) {
    if (hook.after !== phase) continue;
    const told = JSON.stringify({
      version: 1,
      run: context.run,
      phase,
      now: new Date(context.now).toISOString(),
      connections: Object.fromEntries(context.connections.map((c) => [c.name, context.counters.of(c.name)])),
    });
    try {
      if ('command' in hook.run) await command(hook.run.command, told, config.folder, hook.timeoutMs, context.signal);
      else await webhook(hook.run.webhook, told, hook.timeoutMs, context.signal);
    } catch (error) {
      const name = 'command' in hook.run ? hook.run.command[0]! : new URL(hook.run.webhook).host;
      context.fault({
        ...toFault(error),
        message: `the hook ${name} after ${phase} failed: ${error instanceof Error ? error.message : String(error)}`,
        remedy: hook.required ? 'mend it and run again; nothing after this phase was done' : 'mend it; the run went on',
      });
      if (hook.required) return false;
    }
  }
  return true;
}

/** For what a program said last, once it has ended: others that it started may hold its standard error open for ever. */
const LAST_WORDS_MS = 200;

/** No shell: the words are the program and its arguments. What it started ends with it when its time is over. */
function command(words: readonly string[], told: string, folder: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
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

async function webhook(url: string, told: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: told,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new RollcallError('unavailable', `it answered ${answer.status}`);
}
