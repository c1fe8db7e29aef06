/** Who asks, and what they may do. */
import type { Permission } from '#operations/operation';

export interface Identity {
  /** For the record: a name somebody recognises. */
  readonly name: string;
  may(permission: Permission): boolean;
}

/** Whoever reaches the socket beside the store could as well write the store itself. */
export function local(name: string): Identity {
  return { name, may: () => true };
}
