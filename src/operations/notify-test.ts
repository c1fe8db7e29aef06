/** Sends a trial message to receivers of notifications. */
import { z } from 'zod';
import type { Fault } from '#core/errors';
import { type Trial, tryReceivers } from '#notify/trial';
import { type Operation, versioned } from './operation.ts';
import { ConfigurationFaults, linesOf } from './session.ts';
import { fault } from './shapes.ts';

export interface NotifyTestInput {
  /** None: all. */
  readonly receivers: readonly string[];
}
export interface NotifyTestOutput {
  readonly receivers: readonly {
    readonly receiver: string;
    readonly by: Trial['by'];
    readonly outcome: 'sent' | 'failed';
    /** Why; null where it was sent. */
    readonly fault: Fault | null;
  }[];
}

export const notifyTest: Operation<NotifyTestInput, NotifyTestOutput> = {
  name: 'notify test',
  permission: 'configuration.write',
  input: z.object({ receivers: z.array(z.string().min(1)).max(1_000).default([]) }),
  output: versioned<NotifyTestOutput>('notify test', {
    receivers: z.array(
      z.object({
        receiver: z.string(),
        by: z.enum(['webhook', 'mail']),
        outcome: z.enum(['sent', 'failed']),
        fault: fault.nullable(),
      }),
    ),
  }),
  async run({ receivers }, { program, file, listeners }) {
    const loaded = await program.loadConfig(file);
    if (!loaded.ok) throw new ConfigurationFaults(file, loaded.faults, await linesOf(file, loaded.faults));
    const { wall } = program;
    const { signal = new AbortController().signal } = listeners;
    const tried = await tryReceivers(receivers, loaded.config, { wall, signal });
    return { receivers: tried.map((one) => ({ ...one, outcome: one.fault === null ? 'sent' : 'failed' })) };
  },
};
