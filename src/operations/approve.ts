/** Approves or discards what waits at a connection, or says that its last read is right. `waiting` shows what waits. */
import { z } from 'zod';
import { approve as approveNow, type Decision, discard as discardNow } from '#decisions/approve';
import { acceptRead, type ShownKind } from '#decisions/reads';
import { deciding } from './deciding.ts';
import { type Operation, versioned } from './operation.ts';
import { type Asker, whoShape } from './who.ts';

export interface ApproveInput {
  readonly target: string;
  readonly by: string;
  readonly reason: string;
  /** Accounts chosen, as `waiting` names them; empty = all. */
  readonly only: readonly string[];
  /** Decide only if what waits still has this digest, or one that starts so (8 characters at least). */
  readonly digest?: string | undefined;
  /** Only of `approve`: the last read of the connection, or one of its attributes (`kind.attribute`), is right as it is. */
  readonly accept?: string | undefined;
  readonly who: Asker;
}
export interface ApproveOutput {
  readonly connection: string;
  readonly what: Decision['what'] | 'read';
  readonly decided: number;
  readonly left: number;
  /** The attribute of a read that is right as it is; null for all of it, and for changes. */
  readonly accepted: string | null;
  /** Of a whole read: what it showed of each kind, and the last complete one before it. */
  readonly read: readonly ShownKind[] | null;
  /** Of the changes decided; null for a read. */
  readonly digest: string | null;
}

const input: z.ZodType<ApproveInput> = z.object({
  target: z.string().min(1),
  by: z.string(),
  reason: z.string(),
  only: z.array(z.string().min(1)).default([]),
  digest: z.string().min(8).optional(),
  accept: z.string().min(1).optional(),
  who: whoShape.default(null),
});

function operation(name: 'approve' | 'discard', act: typeof approveNow): Operation<ApproveInput, ApproveOutput> {
  return {
    name,
    permission: 'decisions.make',
    input,
    output: versioned<ApproveOutput>(name, {
      connection: z.string(),
      what: z.enum(['firstPlan', 'gate', 'read']),
      decided: z.number(),
      left: z.number(),
      accepted: z.string().nullable(),
      read: z.array(z.object({ kind: z.string(), shown: z.number(), before: z.number() })).nullable(),
      digest: z.string().nullable(),
    }),
    async run({ target, by, reason, only, digest, accept, who }, session) {
      const services = await deciding(session, who);
      if (accept !== undefined && name === 'approve') {
        const read = await acceptRead({ connection: target, accept }, { by, reason, at: services.wall() }, services);
        return {
          connection: target,
          what: 'read',
          decided: 1,
          left: 0,
          accepted: accept === 'read' ? null : accept,
          read: accept === 'read' ? read : null,
          digest: null,
        };
      }
      const done = await act({ target, only, digest: digest ?? null }, { by, reason, at: services.wall() }, services);
      return { ...done, accepted: null, read: null };
    },
  };
}

export const approve: Operation<ApproveInput, ApproveOutput> = operation('approve', approveNow);
export const discard: Operation<ApproveInput, ApproveOutput> = operation('discard', discardNow);
