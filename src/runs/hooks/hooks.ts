/**
 * Hooks: a command or a webhook between the phases of a cycle. It is told run, phase and counts as JSON (standard input or
 * body), never names or values of people. A required hook that fails ends the cycle before the next phase.
 */
import type { Configuration, Hook } from '#config/model';
import { RollcallError, toFault } from '#core/errors';
import type { EngineContext } from '#engine/index';
import { runCommand } from './command.ts';

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
      if ('command' in hook.run)
        await runCommand({
          words: hook.run.command,
          told,
          folder: config.folder,
          timeoutMs: hook.timeoutMs,
          signal: context.signal,
        });
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
