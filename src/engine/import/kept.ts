/** Values that a read emptied, kept beside the image with the time of that read: what an outage falls back to (SEMANTICS 6). */
import { imageText, parseImage } from '#core/canonical';
import { type Attributes, scalars, type Value } from '#core/values';
import type { OutageTimes } from './health.ts';

/** Under which the time of a kept value stands; no attribute is called so. */
export function keptAt(attribute: string): string {
  return `(at) ${attribute}`;
}

interface Emptied {
  readonly kind: string;
  /** As kept so far. */
  readonly old: string | null;
  readonly before: Attributes | null;
  readonly after: Attributes;
  readonly outages: OutageTimes;
  readonly now: number;
}

/** Values that this read empties, and those an outage still stands on; null when there are none. */
export function keptOf({ kind, old, before, after, outages, now }: Emptied): string | null {
  if (!before) return null;
  let kept: Attributes | null = null;
  const keep = (attribute: string, value: Value, at: number): void => {
    if (scalars(after[attribute] ?? null).length > 0 || scalars(value).length === 0) return;
    kept ??= Object.create(null) as Attributes;
    kept[attribute] = value;
    kept[keptAt(attribute)] = at;
  };
  for (const attribute in before) keep(attribute, before[attribute]!, now);
  const known = old === null ? null : parseImage(old);
  for (const attribute in known)
    if (outages.has(`${kind}.${attribute}`)) keep(attribute, known[attribute]!, Number(known[keptAt(attribute)] ?? 0));
  return kept === null ? null : imageText(kept);
}
