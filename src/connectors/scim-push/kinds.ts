/** Resource types and the kinds of what is staged: `person` for User, so that rules need not say so. */
import type { Identity } from '#core/erased';
import { foldCase } from '#core/fold';
import { keepable } from '#core/text';
import type { ScimResourceType } from '#protocols/scim/schema';

export const KIND_OF: { readonly [resourceType: string]: string } = { User: 'person', Group: 'group' };

/** Of groups: kept as edges. */
export const MEMBERS = 'members';

/** By which values a resource is asked for alone, and of which of them there is only one. */
export const KEYED: { readonly [resourceType: string]: readonly string[] } = {
  User: ['userName', 'externalId', 'emails.value'],
  Group: ['displayName', 'externalId'],
};
/** By what a user who was erased is known when created anew; each in the form in which it is compared. */
export const IDENTITY: Identity = { person: { userName: (text) => keepable(foldCase(text)), externalId: keepable } };
export const UNIQUE: ReadonlySet<string> = new Set(['userName']);

export function typeOfKind(types: readonly ScimResourceType[], kind: string): ScimResourceType | undefined {
  return types.find(({ name }) => KIND_OF[name] === kind);
}
