/** The whole log in order: whose it is, then each segment after its events; what is not sealed yet comes last. */
import type { AuditRow, AuditSegment, Store } from '#store/contract';

export type Entry =
  /** Id of the store. */
  | { readonly store: string; readonly event?: undefined; readonly segment?: undefined }
  | { readonly event: AuditRow; readonly segment?: undefined; readonly store?: undefined }
  | { readonly segment: AuditSegment; readonly event?: undefined; readonly store?: undefined };

/** How far somebody has come: the last event, and the end of the last segment, that they have. */
export interface At {
  readonly event: number;
  readonly segment: number;
  /** Of the last segment that there was at the beginning. */
  readonly end: number;
}

const PAGE = 1_000;

type Read = Pick<Store, 'audit' | 'info'>;

/** Of a store that somebody writes: as far as it went when it was read. */
export async function* entriesOf(store: Read): AsyncGenerator<Entry> {
  for (let at: At | null = null; ; ) {
    const { entries, next }: Part = await entriesAfter(store, at, PAGE);
    yield* entries;
    if (next === null) return;
    at = next;
  }
}

interface Part {
  readonly entries: readonly Entry[];
  /** Null: that was all. */
  readonly next: At | null;
}

/** At most so many events, with what stands between them; `at` null: from the beginning. */
export async function entriesAfter({ audit, info }: Read, at: At | null, limit: number): Promise<Part> {
  const entries: Entry[] = [];
  // Found before any event: what is written and sealed meanwhile is sealed after what is read.
  const end = at?.end ?? (await audit.head())?.to ?? 0;
  let segment = at?.segment ?? 0;
  const segments = segmentsOf(audit, segment, end);
  let coming = await segments.next();
  const take = async (one: AuditSegment): Promise<void> => {
    entries.push({ segment: one });
    segment = one.to;
    coming = await segments.next();
  };
  if (at === null) {
    entries.push({ store: info.storeId });
    if (coming.value?.removedAt != null) await take(coming.value);
  }
  const { events, next } = await audit.list({}, { after: at?.event ?? 0, limit });
  for (const event of events) {
    // Events of a segment may be gone, and it says so all the same.
    while (coming.value !== undefined && event.seq > coming.value.to) await take(coming.value);
    entries.push({ event });
  }
  if (next !== null) return { entries, next: { event: next, segment, end } };
  while (coming.value !== undefined) await take(coming.value);
  return { entries, next: null };
}

async function* segmentsOf(audit: Store['audit'], from: number, end: number): AsyncGenerator<AuditSegment, undefined> {
  for (let after = from; ; ) {
    const page = await audit.segments({ after, limit: PAGE });
    for (const segment of page) if (segment.to <= end) yield segment;
    if (page.length < PAGE) return;
    after = page.at(-1)!.to;
  }
}
