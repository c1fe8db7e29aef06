/** Decides all parked items of a kind alike. */
import { z } from 'zod';
import { decideAll } from '#decisions/parked-all';
import { deciding } from './deciding.ts';
import { type Operation, versioned } from './operation.ts';
import { knownConnection } from './scope.ts';
import { type Asker, whoShape } from './who.ts';

export interface DecideAllInput {
  readonly choice: string;
  readonly kind: string;
  readonly connection?: string | undefined;
  readonly by: string;
  readonly reason: string;
  readonly who: Asker;
}
export interface DecideAllOutput {
  readonly kind: string;
  readonly connection: string | null;
  readonly choice: string;
  readonly decided: number;
  /** Of which the choice is not possible: they wait as before. */
  readonly left: number;
  /** Why, of the first of them. */
  readonly why: { readonly item: number; readonly message: string } | null;
}

export const parkedDecideAll: Operation<DecideAllInput, DecideAllOutput> = {
  name: 'parked decide-all',
  permission: 'decisions.make',
  input: z.object({
    choice: z.string().min(1),
    kind: z.string().min(1),
    connection: z.string().optional(),
    by: z.string(),
    reason: z.string(),
    who: whoShape.default(null),
  }),
  output: versioned<DecideAllOutput>('parked decide-all', {
    kind: z.string(),
    connection: z.string().nullable(),
    choice: z.string(),
    decided: z.number(),
    left: z.number(),
    why: z.object({ item: z.number(), message: z.string() }).nullable(),
  }),
  async run({ choice, kind, connection = null, by, reason, who }, session) {
    const services = await deciding(session, who);
    if (connection !== null) await knownConnection(connection, services);
    const done = await decideAll({ kind, connection }, choice, { by, reason, at: services.wall() }, services);
    return { kind, connection, choice, ...done };
  },
};
