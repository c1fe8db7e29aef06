/** Who is told a generated value: a file that only its owner reads, or a program on its standard input; never arguments or environment. */
import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RollcallError } from '#core/errors';
import type { DeliveredSecret, EngineContext } from '#engine/index';
import { runCommand } from '../hooks/command.ts';
import { checkFolder, writeSecretFile } from './file.ts';

export function deliveries(folder: string, signal: AbortSignal): Pick<EngineContext, 'deliver' | 'canDeliver'> {
  return {
    async deliver(delivery, secret, withinMs) {
      if (withinMs <= 0) throw tooLate(secret);
      if (delivery.to === 'none') return;
      if (delivery.to === 'file') return await writeSecretFile(resolve(folder, delivery.folder), secret, textOf(secret));
      const { command: words } = delivery;
      const timeoutMs = Math.min(delivery.timeoutMs, withinMs);
      await runCommand({ words, told: textOf(secret), folder, timeoutMs, signal }).catch((cause: unknown) => {
        throw told(words[0]!, cause, secret);
      });
    },
    async canDeliver(delivery) {
      if (delivery.to === 'file') await checkFolder(resolve(folder, delivery.folder));
      if (delivery.to === 'command') await checkProgram(delivery.command[0]!, folder);
    },
  };
}

/** One that is named with its place; others are looked for by the system when they are started. */
async function checkProgram(program: string, folder: string): Promise<void> {
  if (!program.includes('/')) return;
  await access(resolve(folder, program), constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    throw new RollcallError('configuration', `the program that is told generated values cannot be started (${error.code})`, {
      where: { file: program },
      remedy: 'put it there, and let Rollcall run it (chmod +x)',
    });
  });
}

function textOf(secret: DeliveredSecret): string {
  return `${JSON.stringify({ version: 1, ...secret }, null, 2)}\n`;
}

function tooLate({ connection, attribute }: DeliveredSecret): RollcallError {
  return new RollcallError('unavailable', 'the deliveries before it took too long', {
    where: { connection, attribute },
    remedy: 'let the program hand the value on and end at once',
  });
}

/** What the program said may be what it was told, in whatever spelling: none of it is repeated. */
function told(program: string, cause: unknown, { connection, attribute }: DeliveredSecret): RollcallError {
  const why = cause instanceof RollcallError ? cause.message.split(':')[0]! : 'it failed';
  return new RollcallError('unavailable', `${program} was not told it: ${why}`, {
    where: { connection, attribute },
    remedy: 'mend it and run again: another value is set and handed on then',
  });
}
