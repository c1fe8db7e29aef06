/** Who asks, and what they may do. */
import type { Permission } from '#operations/operation';
import type { Asker } from '#operations/who';

export interface Identity {
  /** For the record: a name somebody recognises. */
  readonly name: string;
  may(permission: Permission): boolean;
  /** For what not everybody sees or edits. */
  readonly who: Asker;
}

/** Whoever reaches the socket beside the store could as well write the store itself. */
export function local(name: string): Identity {
  return { name, may: () => true, who: null };
}
