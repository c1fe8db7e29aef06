/** A search in pages (RFC 2696) that the server takes: some refuse those above a size of their own, and do not say which. */
import { type Control, PAGED, paged, pagedCookie } from '#protocols/ldap/controls';
import type { LdapResult } from '#protocols/ldap/responses';
import { ADMIN_LIMIT } from '#protocols/ldap/result-codes';
import type { Live } from './session.ts';

/** Behind which the next page is; empty before the first one. */
export type Cookie = Uint8Array;

export const FIRST: Cookie = new Uint8Array(0);

export interface Paging {
  /** None where the server knows no pages. */
  controls(cookie: Cookie): readonly Control[];
  /** What to ask next, `entries` of a page being what it showed: FIRST where pages are to be smaller, null where it was the last one. */
  next(result: LdapResult, entries: number): Cookie | null;
}

/** `size`: of the largest pages. What the server takes is kept for further searches. */
export function pagingOf({ directory }: Live, size: number): Paging {
  const isPaged = directory.controls.has(PAGED);
  let most = size;
  let begun = false;
  return {
    controls(cookie) {
      begun = cookie.length > 0;
      return isPaged ? [paged(most, cookie)] : [];
    },
    next({ code, controls }, entries) {
      if (code === ADMIN_LIMIT && !begun && entries === 0 && most > 1 && isPaged) {
        most = Math.ceil(most / 2);
        return FIRST;
      }
      const cookie = code === 0 && isPaged ? pagedCookie(controls) : FIRST;
      return cookie.length > 0 ? cookie : null;
    },
  };
}
