/** Runs the service until it is stopped. */
import { z } from 'zod';
import { LEVELS, type Level, LOG_FORMATS, type LogFormat } from '#core/levels';
import { socketOf } from './local-socket.ts';
import { type Operation, versioned } from './operation.ts';
import { ConfigurationFaults, linesOf } from './session.ts';

export interface ServeInput {
  /** `HOST:PORT`. */
  readonly listen?: string | undefined;
  readonly logLevel?: Level | undefined;
  readonly logFormat?: LogFormat | undefined;
}
export interface ServeOutput {
  readonly url: string;
}

export const serve: Operation<ServeInput, ServeOutput> = {
  name: 'serve',
  permission: 'runs.start',
  input: z.object({
    listen: z.string().optional(),
    logLevel: z.enum(LEVELS).optional(),
    logFormat: z.enum(LOG_FORMATS).optional(),
  }),
  output: versioned<ServeOutput>('serve', { url: z.string() }),
  async run({ listen, logLevel, logFormat }, { program, file, listeners }) {
    const { signal, onServing } = listeners;
    const { version } = program;
    const loaded = await program.loadConfig(file);
    if (!loaded.ok) throw new ConfigurationFaults(file, loaded.faults, await linesOf(file, loaded.faults));
    const socket = socketOf(loaded.config.store);
    const serving = await program.serve({
      file,
      version,
      config: loaded.config,
      socket,
      listen,
      logLevel,
      logFormat,
    });
    onServing?.(serving);
    const stop = (): void => serving.stop();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    await serving.ended;
    return { url: serving.url };
  },
};
