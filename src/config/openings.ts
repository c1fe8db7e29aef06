/** When a connection may be written to: its `window`, `blackout` and `leavers`. */

import { endOfDate, startOfDate } from '#core/time';
import { type Openings, readSpan, type Span } from '#core/window';

export interface WrittenOpenings {
  readonly window?: string | readonly string[];
  readonly blackout?: readonly { readonly from: string; readonly to: string; readonly reason?: string }[];
}

/** What has passed the shape. `zone`: that of the file. Null where it may always be written to. */
export function openingsOf({ window = [], blackout = [] }: WrittenOpenings, zone: string): Openings | null {
  const texts = typeof window === 'string' ? [window] : window;
  if (texts.length + blackout.length === 0) return null;
  return {
    spans: texts.map((text) => readSpan(text, zone) as Span),
    blackouts: blackout.map(({ from, to, reason = null }) => ({
      from: startOfDate(from, zone),
      to: endOfDate(to, zone),
      reason,
    })),
  };
}
