/**
 * What stands in the place of a secret value: in a wish the policy by which it will be made, everywhere else `••••`. The value itself
 * is made while it is sent and kept nowhere (SEMANTICS 9).
 */
import { type Attributes, bare, type Value } from './values.ts';

/** How everything secret prints. */
export const HIDDEN = '••••';

export interface Generated {
  /** The policy as canonical text. */
  readonly generate: string;
}

export function isGenerated(value: unknown): value is Generated {
  return typeof value === 'object' && value !== null && typeof (value as Generated).generate === 'string';
}

/** For an image of wishes: it stands where a value stands, and is none. */
export function generatedBy(policy: string): Value {
  return { generate: policy } satisfies Generated as unknown as Value;
}

/** What is there to be compared, remembered or sent as it stands; the same object where nothing is generated. */
export function withoutGenerated(image: Attributes): Attributes {
  if (!holdsGenerated(image)) return image;
  const rest: Attributes = bare();
  for (const name in image) if (!isGenerated(image[name])) rest[name] = image[name]!;
  return rest;
}

/** As people and files are shown it. */
export function printed(image: Attributes): Attributes {
  if (!holdsGenerated(image)) return image;
  const out: Attributes = bare();
  for (const name in image) out[name] = isGenerated(image[name]) ? HIDDEN : image[name]!;
  return out;
}

function holdsGenerated(image: Attributes): boolean {
  for (const name in image) if (isGenerated(image[name])) return true;
  return false;
}
