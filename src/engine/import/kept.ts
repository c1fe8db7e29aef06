/**
 * What is known of an object beside its image (SEMANTICS 6): values that a read emptied, with the time of that read, which an
 * outage falls back to; and the sets of which there may be more than the image holds.
 */
import { canonicalSet, imageText, parseImage } from '#core/canonical';
import { type Attributes, attributes, bare, scalars, type Value } from '#core/values';
import type { StagedRow } from '#store/contract';
import type { OutageTimes } from './health.ts';
import type { Last } from './staging.ts';

/** Under which the time of a kept value stands; no attribute is called so. */
export function keptAt(attribute: string): string {
  return `(at) ${attribute}`;
}

const PARTIAL = '(partial)';
const NONE: readonly string[] = [];

/** Sets of which there may be more than the image holds. */
export function partialIn(kept: string | null): readonly string[] {
  return kept === null ? NONE : (scalars(parseImage(kept)[PARTIAL] ?? null) as readonly string[]);
}

/** What goes on being so of an object of which not everything is shown. */
export function lastKnown(row: StagedRow | undefined, seen: Attributes | null): Last {
  // One that comes back may be another one.
  const there = row !== undefined && row.presence !== 'gone';
  return {
    attributes: there ? seen : null,
    name: row?.name ?? null,
    sent: there && row.sent !== null ? parseImage(row.sent) : null,
  };
}

interface Emptied {
  readonly kind: string;
  /** As kept so far. */
  readonly old: string | null;
  readonly before: Attributes | null;
  readonly after: Attributes;
  readonly outages: OutageTimes;
  readonly partial: readonly string[];
  readonly now: number;
}

/** Values that this read empties, those an outage still stands on, and what it did not show whole; null when there is nothing. */
export function keptOf({ kind, old, before, after, outages, partial, now }: Emptied): string | null {
  let kept: Attributes | null = partial.length === 0 ? null : attributes([[PARTIAL, canonicalSet(partial)]]);
  const keep = (attribute: string, value: Value, at: number): void => {
    if (scalars(after[attribute] ?? null).length > 0 || scalars(value).length === 0) return;
    kept ??= bare();
    kept[attribute] = value;
    kept[keptAt(attribute)] = at;
  };
  for (const attribute in before) keep(attribute, before[attribute]!, now);
  const known = old === null || before === null ? null : parseImage(old);
  for (const attribute in known)
    if (outages.has(`${kind}.${attribute}`)) keep(attribute, known[attribute]!, Number(known[keptAt(attribute)] ?? 0));
  return kept === null ? null : imageText(kept);
}
