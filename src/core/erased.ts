/**
 * What is left of somebody who was erased: keyed hashes by which the next read knows whom not to take in again, and by which a login is not
 * given to somebody else. Nobody without the store's own key can try values against them.
 */
import type { Digester } from './digest.ts';
import type { Kind } from './values.ts';

// Of Unicode's private use: no normal form of a value begins so.
const MARK = '\ue003';

/** Scope of the anchors of a connection that are not taken in any more. */
export function erasedScope(connection: string): string {
  return `erased:${connection}`;
}

/** Some anchor of the connection is erased. */
export const SOME = '*';

export function erasedAnchor(digester: Digester, kind: string, anchor: string): string {
  return hex(digester.anchor(`erased ${kind}`, anchor));
}

/** Of objects that come under another anchor each time: attributes that say who they are, each with the normal form of its value. */
export type Identity = { readonly [kind: Kind]: { readonly [attribute: string]: (text: string) => string } };

export interface IdentityValue {
  readonly attribute: string;
  readonly norm: string;
}

export function identityValues(
  identity: Identity | undefined,
  kind: Kind,
  has: (attribute: string) => unknown,
): readonly IdentityValue[] {
  if (identity === undefined || !Object.hasOwn(identity, kind)) return [];
  return Object.entries(identity[kind]!).flatMap(([attribute, normOf]) => {
    const value = has(attribute);
    const norm = typeof value === 'string' ? normOf(value) : '';
    return norm === '' ? [] : [{ attribute, norm }];
  });
}

/** Beside the anchors of the connection. */
export function erasedIdentity(digester: Digester, kind: Kind, { attribute, norm }: IdentityValue): string {
  return hex(digester.anchor(`erased ${kind} by ${attribute}`, norm));
}

/** In the place of a key's normal form. */
export function erasedNorm(digester: Digester, scope: string, norm: string): string {
  return MARK + hex(digester.anchor(`erased ${scope}`, norm));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
