/** How much a system takes in a time, and when what waits for it will have gone. Instants are in ms. */
import { dateIn, endOfDate, startOfDate } from './time.ts';
import { isOpen, nextOpening, type Openings } from './window.ts';

/** Changes; null = no limit. Hours are those of UTC, days those of a zone. */
export interface Pace {
  readonly perSecond: number | null;
  readonly perHour: number | null;
  readonly perDay: number | null;
  /** In one request or in several at once. */
  readonly atOnce: number | null;
}

export const HOUR_MS = 3_600_000;

/** Quotas as counts since an hour, which is the number of hours since 1970: `most` in this hour, and today. */
export function quotasAt(
  { perHour, perDay }: Pace,
  at: number,
  zone: string,
): { readonly since: number; readonly most: number }[] {
  return [
    ...(perHour === null ? [] : [{ since: Math.floor(at / HOUR_MS), most: perHour }]),
    ...(perDay === null ? [] : [{ since: Math.floor(startOfDate(dateIn(zone, at), zone) / HOUR_MS), most: perDay }]),
  ];
}

export interface Sent {
  /** Hours since 1970. */
  readonly hour: number;
  readonly items: number;
}

/** Nobody plans further, in hours. */
const FURTHEST = 24 * 366;

/** When so many changes will have gone; null where that takes longer than a year, or they never go. */
export function finishOf(
  waiting: number,
  { pace, openings, zone }: { readonly pace: Pace; readonly openings: Openings | null; readonly zone: string },
  at: number,
  sent: readonly Sent[],
): number | null {
  const later = new Map(sent.map(({ hour, items }) => [hour, items]));
  let [left, now] = [waiting, at];
  for (let n = 0; left > 0 && n < FURTHEST; n++) {
    if (openings !== null && !isOpen(openings, now)) {
      const opens = nextOpening(openings, now);
      if (opens === null) return null;
      now = opens;
      continue;
    }
    const hour = Math.floor(now / HOUR_MS);
    const end = (hour + 1) * HOUR_MS;
    const goneSince = (since: number): number => {
      let sum = 0;
      for (let one = since; one <= hour; one++) sum += later.get(one) ?? 0;
      return sum;
    };
    const room = Math.min(left, ...quotasAt(pace, now, zone).map(({ since, most }) => Math.max(0, most - goneSince(since))));
    const fits = pace.perSecond === null ? room : Math.min(room, Math.floor(((end - now) / 1_000) * pace.perSecond));
    left -= fits;
    if (left <= 0) return now + (pace.perSecond === null ? 0 : Math.ceil((fits / pace.perSecond) * 1_000));
    later.set(hour, (later.get(hour) ?? 0) + fits);
    // A day that is used up is passed at one go.
    now = room === 0 && isDayUsedUp(pace, now, zone, goneSince) ? Math.max(end, endOfDate(dateIn(zone, now), zone)) : end;
  }
  return left > 0 ? null : now;
}

function isDayUsedUp({ perDay }: Pace, at: number, zone: string, goneSince: (hour: number) => number): boolean {
  return perDay !== null && goneSince(Math.floor(startOfDate(dateIn(zone, at), zone) / HOUR_MS)) >= perDay;
}
