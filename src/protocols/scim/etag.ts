/** Versions of resources as entity tags (RFC 7644 3.14, RFC 9110 8.8.3 and 13.1): `W/"3"` is the third. */

/** Of a version that counts up from 1. Weak: the same version is shown in more than one form. */
export function entityTag(version: number): string {
  return `W/"${version}"`;
}

/** Null for a tag that is not of this service. */
export function versionOf(tag: string): number | null {
  const found = /^(?:W\/)?"(\d{1,15})"$/.exec(tag.trim());
  return found === null ? null : Number(found[1]);
}

/** A list of tags, or `*`, that is what `If-Match` and `If-None-Match` hold. Clients also send a tag without its quotes. */
const TAG = /(W\/)?(?:"([^"]*)"|([^\s,"]+))/g;

/**
 * Whether the resource, of which `current` is the version (null: there is none), is meant by the header. Compared is weakly, also for
 * If-Match, since weak tags are all there are. Looks at the first 100 tags.
 */
function names(header: string, current: string | null): boolean {
  if (current === null) return false;
  if (header.trim() === '*') return true;
  const opaque = (tag: string): string => tag.replace(/^W\//, '').replaceAll('"', '');
  const wanted = opaque(current);
  return (
    header.length <= 10_000 &&
    header
      .matchAll(TAG)
      .take(100)
      .some((found) => (found[2] ?? found[3]) === wanted)
  );
}

/** Whether a write may go on; if not, the answer is 412. */
export function ifMatch(header: string | undefined, current: string | null): boolean {
  return header === undefined || names(header, current);
}

/** Whether a read has something new to show, and a write may go on; if not, the answer is 304 or 412. */
export function ifNoneMatch(header: string | undefined, current: string | null): boolean {
  return header === undefined || !names(header, current);
}
