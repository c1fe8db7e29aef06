/** The whole log in order: whose it is, then each segment after its events; what is not sealed yet comes last. */
import type { AuditRow, AuditSegment, Store } from '#store/contract';

export type Entry =
  /** Id of the store. */
  | { readonly store: string; readonly event?: undefined; readonly segment?: undefined }
  | { readonly event: AuditRow; readonly segment?: undefined; readonly store?: undefined }
  | { readonly segment: AuditSegment; readonly event?: undefined; readonly store?: undefined };

const PAGE = 1_000;

/** Of a store that somebody writes: as far as it went when it was read. */
export async function* entriesOf({ audit, info }: Pick<Store, 'audit' | 'info'>): AsyncGenerator<Entry> {
  yield { store: info.storeId };
  // Found before any event: what is written and sealed meanwhile is sealed after what is read.
  const segments = segmentsOf(audit);
  let next = await segments.next();
  if (next.value?.removedAt != null) {
    yield { segment: next.value };
    next = await segments.next();
  }
  for (let after = 0; ; ) {
    const page = await audit.list({}, { after, limit: PAGE });
    for (const event of page) {
      // Events of a segment may be gone, and it says so all the same.
      while (next.value !== undefined && event.seq > next.value.to) {
        yield { segment: next.value };
        next = await segments.next();
      }
      yield { event };
    }
    if (page.length < PAGE) break;
    after = page.at(-1)!.seq;
  }
  for (; next.value !== undefined; next = await segments.next()) yield { segment: next.value };
}

async function* segmentsOf(audit: Store['audit']): AsyncGenerator<AuditSegment, undefined> {
  const end = (await audit.head())?.to ?? 0;
  for (let after = 0; ; ) {
    const page = await audit.segments({ after, limit: PAGE });
    for (const segment of page) if (segment.to <= end) yield segment;
    if (page.length < PAGE) return;
    after = page.at(-1)!.to;
  }
}
