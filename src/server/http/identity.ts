/** Who asks, and what they may do. */
import type { Permission, Session } from '#operations/operation';
import type { Asker } from '#operations/who';

export interface Identity {
  /** For the record: a name somebody recognises. */
  readonly name: string;
  /** The same for the audit log, with the way by which they came. */
  readonly caller: Session['caller'];
  may(permission: Permission): boolean;
  /** Why they may less than their account says; null: nothing. */
  readonly lost: string | null;
  /** For what not everybody sees or edits. */
  readonly who: Asker;
}
