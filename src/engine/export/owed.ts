/** Generated values that were sent, or are to be, as a wish has them: the policy in the place of the value. */
import { generatedBy } from '#core/generated';
import { type Attributes, bare } from '#core/values';
import type { SecretFlow } from '#rules/model';
import type { Sending } from './translate.ts';

/** With those of its secrets as its rest that nobody is known to have been told. */
export function owing(sending: Sending, told: readonly string[] = []): Sending {
  const owed = sending.secrets.filter(({ attribute }) => !told.includes(attribute));
  return owed.length === 0 ? sending : { ...sending, rest: Object.assign(bare(), sending.rest, wishes(owed)) };
}

export function wishes(secrets: readonly SecretFlow[]): Attributes {
  const image: Attributes = bare();
  for (const { attribute, text } of secrets) image[attribute] = generatedBy(text);
  return image;
}
