/** Somebody who was erased may be taken in again. */
import { z } from 'zod';
import { type Readmitted, readmit } from '#edits/readmit';
import { type Operation, versioned } from './operation.ts';

export interface PersonReadmitInput {
  /** `#42`, or `connection:value`. */
  readonly person: string;
  readonly by: string;
  readonly reason: string;
}
export type PersonReadmitOutput = Readmitted;

export const personReadmit: Operation<PersonReadmitInput, PersonReadmitOutput> = {
  name: 'person readmit',
  permission: 'configuration.write',
  input: z.object({ person: z.string().min(1), by: z.string().trim().min(1), reason: z.string().trim().min(1) }),
  output: versioned<PersonReadmitOutput>('person readmit', { person: z.number(), hashes: z.number() }),
  async run({ person, by, reason }, session) {
    return await readmit(person, { actor: { ...session.caller, name: by }, reason }, await session.services('write'));
  },
};
