/**
 * Hooks: a command or a webhook between the phases of a cycle. It is told run, phase and counts as JSON (standard input or
 * body), never names or values of people. A required hook that fails ends the cycle before the next phase.
 */
import type { Hook } from '#config/model';
import { RollcallError, toFault } from '#core/errors';
import type { Services } from '../model.ts';
import { countConnections } from '../run-counts.ts';
import type { Session } from '../services.ts';
import { runCommand } from './command.ts';

type Phase = Hook['after'];

/** False when the cycle must not go on. */
export async function runHooks(services: Services, phase: Phase, session: Session): Promise<boolean> {
  const { config } = services;
  const { context } = session;
  for (const hook of config.hooks) {
    if (hook.after !== phase) continue;
    // What is held and waits is counted as the report of the run counts it.
    const counted = (await countConnections(session, services)).map(({ connection, ...counts }) => [
      connection,
      { ...context.counters.of(connection), ...counts },
    ]);
    const told = JSON.stringify({
      version: 1,
      run: context.run,
      phase,
      now: new Date(context.now).toISOString(),
      connections: Object.fromEntries(counted),
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
