/** Filters (RFC 7644 3.4.2.2) and the paths of PATCH (3.5.2) as they were written. */
import type { Comparison } from '#core/condition';
import { ScimError } from '../errors.ts';

/** `userName`, `name.givenName`, `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value`. */
export interface AttrPath {
  /** All of it, as written. */
  readonly text: string;
  /** What stands before the last colon. */
  readonly urn: string | null;
  readonly name: string;
  readonly sub: string | null;
  /** Where it stands, 1-based. */
  readonly at: number;
}

export type CompareValue = string | number | boolean | null;

export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly present: AttrPath }
  | { readonly compare: Comparison; readonly attribute: AttrPath; readonly value: CompareValue }
  /** `emails[type eq "work"]`; `emails[type eq "work"].value eq "x"` has the comparison of `value` in it: it means one element. */
  | { readonly element: AttrPath; readonly of: Filter };

/**
 * The target of a PATCH operation. A path that is the URN of an extension reads as an attribute like any other: `attribute.text` is
 * that URN then.
 */
export interface PatchPath {
  /** Without its sub-attribute where a filter stands between them: `emails[…].value` has `emails` here, `value` in `sub`. */
  readonly attribute: AttrPath;
  readonly filter: Filter | null;
  readonly sub: string | null;
}

/** What is wrong with a filter or path. Says no values, which may be personal. */
export class FilterError extends ScimError {
  /** 1-based. */
  readonly at: number;

  constructor(scimType: 'invalidFilter' | 'invalidPath', at: number, why: string) {
    const what = scimType === 'invalidFilter' ? 'the filter' : 'the path';
    super(400, scimType, `${what} cannot be used, at character ${at}: ${why}`);
    this.name = 'FilterError';
    this.at = at;
  }
}
