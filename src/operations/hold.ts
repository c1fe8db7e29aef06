/** Holds a connection, and releases it. */
import { z } from 'zod';
import { formatInstant } from '#core/time';
import { type HoldResult, hold as holdNow, release as releaseNow } from '#decisions/hold';
import { deciding } from './deciding.ts';
import { type Operation, versioned } from './operation.ts';
import { instant } from './shapes.ts';

export interface HoldInput {
  readonly connection: string;
  readonly by: string;
  readonly reason: string;
}
export interface HoldOutput {
  readonly connection: string;
  readonly held: { readonly by: string; readonly reason: string; readonly at: string } | null;
  /** False: it was so already. */
  readonly changed: boolean;
}

const input: z.ZodType<HoldInput> = z.object({ connection: z.string().min(1), by: z.string(), reason: z.string() });
const shape: z.ZodRawShape = {
  connection: z.string(),
  held: z.object({ by: z.string(), reason: z.string(), at: instant }).nullable(),
  changed: z.boolean(),
};

function operation(name: 'hold' | 'release', act: typeof holdNow): Operation<HoldInput, HoldOutput> {
  return {
    name,
    permission: 'decisions.make',
    input,
    output: versioned<HoldOutput>(name, shape),
    async run({ connection, by, reason }, session) {
      const services = await deciding(session, null);
      return output(await act(connection, { by, reason, at: services.wall() }, services));
    },
  };
}

function output({ connection, held, changed }: HoldResult): HoldOutput {
  return { connection, changed, held: held === null ? null : { by: held.by, reason: held.reason, at: formatInstant(held.at) } };
}

export const hold: Operation<HoldInput, HoldOutput> = operation('hold', holdNow);
export const release: Operation<HoldInput, HoldOutput> = operation('release', releaseNow);
