/** Erases a person: shows what would go and what stays, and why; does it when that is confirmed. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { type Erasure, erase, erasureOf } from '#edits/erase';
import { type Operation, versioned } from './operation.ts';
import { type Asker, named, whoShape } from './who.ts';

export interface PersonEraseInput {
  readonly person: string;
  /** False: it is only shown. */
  readonly confirm: boolean;
  /** Accounts in targets that are still there are left as they are, and forgotten. */
  readonly accountsStay: boolean;
  readonly by: string;
  readonly reason: string;
  readonly who: Asker;
}
export interface PersonEraseOutput extends Erasure {
  readonly person: number;
  /** What was taken away; null when it was only shown. */
  readonly erased: {
    readonly accounts: number;
    readonly changes: number;
    readonly errors: number;
    readonly decisions: number;
    readonly parked: number;
    readonly hashes: number;
  } | null;
}

const account = { connection: z.string(), account: z.string().nullable() };
const n = z.number();

export const personErase: Operation<PersonEraseInput, PersonEraseOutput> = {
  name: 'person erase',
  permission: 'configuration.write',
  input: z.object({
    person: z.string().min(1),
    confirm: z.boolean().default(false),
    accountsStay: z.boolean().default(false),
    by: z.string().min(1),
    reason: z.string().default(''),
    who: whoShape.default(null),
  }),
  output: versioned<PersonEraseOutput>('person erase', {
    person: n,
    goes: z.object({
      attributes: z.array(z.string()),
      accounts: z.array(z.object({ ...account, presence: z.string() })),
    }),
    stays: z.array(z.string()),
    standing: z.array(z.object(account)),
    erased: z.object({ accounts: n, changes: n, errors: n, decisions: n, parked: n, hashes: n }).nullable(),
  }),
  async run({ person, confirm, accountsStay, by, reason, who }, session) {
    const services = await session.services('write');
    const row = await named(person, who, services);
    const shown = await erasureOf(row, services);
    if (!confirm) return { person: row.id, ...shown, erased: null };
    if (reason.trim() === '')
      throw new RollcallError('invalidValue', 'an erasure needs a reason', { remedy: 'say who asked for it, and when' });
    const actor = { ...session.caller, name: by };
    const erased = await erase(row, { by, reason, actor, accountsStay }, services);
    return { person: row.id, ...shown, erased };
  },
};
