/** A search page by page: the next page is under way while the last one is worked on. */
import type { ReadObject } from '#connectors/contract';
import { RollcallError, toFault } from '#core/errors';
import type { LdapEntry } from '#protocols/ldap/entry';
import { type SearchRequest, search } from '#protocols/ldap/requests';
import type { LdapResult } from '#protocols/ldap/responses';
import type { Skipped } from '../files/skipped.ts';
import { type Cookie, FIRST, pagingOf } from './paging.ts';
import { completeRanges } from './ranges.ts';
import { RawEntries } from './raw-entries.ts';
import type { Live } from './session.ts';
import type { View } from './view.ts';

/** Entries that are taken apart at one go: what becomes of them need not be kept while the others wait as they came. */
const SLICE = 100;

/** What becomes of entries that are found. */
export interface Finding {
  readonly live: Live;
  readonly view: View;
  readonly skipped: Skipped;
  readonly pageSize: number;
  readonly maxObjectBytes: number;
}

export interface Found {
  readonly entries: readonly ReadObject[];
  /** Of the last page; null before. */
  readonly result: LdapResult | null;
  /** What other servers hold: the URLs of one are the same in several places. */
  readonly references: readonly (readonly string[])[];
}

export async function* searchPages(
  finding: Finding,
  request: SearchRequest,
  signal: AbortSignal,
  names?: Set<string>,
): AsyncGenerator<Found> {
  const { live, pageSize } = finding;
  const { client, decoder } = live;
  const operation = search(request);
  const paging = pagingOf(live, pageSize);

  function fetch(cookie: Cookie): Fetch {
    const entries = new RawEntries();
    const references: (readonly string[])[] = [];
    const found = client.search(operation, paging.controls(cookie), {
      entry: (response) => entries.add(response),
      reference: (urls) => void references.push(urls),
    });
    const done = found.result.then((result) => ({ entries, references, result }));
    // Whoever awaits it hears of it; nobody may be there any more when the read is given up.
    done.catch(() => undefined);
    return { done, abandon: () => found.abandon() };
  }

  let next: Fetch | null = fetch(FIRST);
  try {
    while (next !== null) {
      const { entries, references, result }: Answer = await next.done;
      signal.throwIfAborted();
      const cookie = paging.next(result, entries.length);
      next = cookie === null ? null : fetch(cookie);
      if (cookie === FIRST) continue;
      for (let from = 0; ; from += SLICE) {
        const objects: ReadObject[] = [];
        const end = Math.min(from + SLICE, entries.length);
        const isLast = end === entries.length;
        for (let i = from; i < end; i++) {
          const body = entries.at(i);
          const bytes = body.end - body.at;
          const entry = decoder.read({ body });
          if (names !== undefined) for (const name in entry.attributes) names.add(name);
          const whole = entry.ranges === undefined ? entry : await completeRanges(live, entry);
          const object = objectFrom(whole, bytes, finding);
          if (object !== null) objects.push(object);
        }
        yield { entries: objects, references: isLast ? references : [], result: isLast && next === null ? result : null };
        if (isLast) break;
      }
    }
  } finally {
    next?.abandon();
  }
}

interface Answer {
  readonly entries: RawEntries;
  readonly references: readonly (readonly string[])[];
  readonly result: LdapResult;
}

/** A page under way. */
interface Fetch {
  readonly done: Promise<Answer>;
  abandon(): void;
}

/** Null: not offered, or left out with a fault. `bytes`: of the entry as it came. */
export function objectFrom(entry: LdapEntry, bytes: number, { view, skipped, maxObjectBytes }: Finding): ReadObject | null {
  try {
    if (bytes > maxObjectBytes) {
      throw new RollcallError(
        'invalidValue',
        `the entry has ${bytes} bytes, more than limits.maxObjectSize (${maxObjectBytes})`,
        {
          remedy: 'raise limits.maxObjectSize, or leave the entry out with the filter',
        },
      );
    }
    return view.objectOf(entry);
  } catch (error) {
    if (!(error instanceof RollcallError) || error.kind !== 'invalidValue') throw error;
    skipped.add(toFault(error, { object: entry.dn.slice(0, 512) }));
    return null;
  }
}
