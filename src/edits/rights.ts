/** Who sees and edits which attribute of whom. */
import type { Role, Viewer } from '#core/roles';
import type { Field } from '#rules/model';
import type { ObjectId } from '#store/contract';

/** Who asks; null: whoever can write the store anyway, on the command line. */
export type Asker = {
  readonly roles: readonly string[];
  /** Whom the account or token belongs to. */
  readonly person: ObjectId | null;
} | null;

export function edits({ edit }: Field, asker: Asker, of: ObjectId | null): boolean {
  return asker === null || among(edit, asker, of);
}

/** Whoever edits it sees it. */
export function sees({ see, edit }: Field, asker: Asker, of: ObjectId | null): boolean {
  return asker === null || among(see, asker, of) || among(edit, asker, of);
}

function among(viewers: readonly Viewer[], { roles, person }: NonNullable<Asker>, of: ObjectId | null): boolean {
  return viewers.some((one) => (one === 'self' ? person !== null && person === of : roles.includes(one satisfies Role)));
}
