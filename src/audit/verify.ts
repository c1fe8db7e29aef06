/**
 * Looks whether the log is as it was written: every event that was changed, removed, put in or moved is found, whose values were changed
 * as well. What was cut off at the end is found by whoever kept a hash of the chain outside.
 */
import { digestOf } from '#core/noted-values';
import type { AuditRow, AuditSegment } from '#store/contract';
import { eventLine, firstHash, segmentHash } from './chain.ts';
import type { Entry } from './entries.ts';

export interface Finding {
  /** Events that it is about. */
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export interface Verified {
  readonly events: number;
  readonly segments: number;
  /** Not sealed yet: looked at only for gaps. */
  readonly unsealed: number;
  /** Events whose values were erased. */
  readonly erased: number;
  /** The first one that is kept; null without any. */
  readonly first: number | null;
  /** The newest segment, which is to be kept outside. */
  readonly head: Pick<AuditSegment, 'to' | 'hash' | 'at'> | null;
  /** Nothing is wrong when there are none. The first hundred; `found` is how many there are. */
  readonly findings: readonly Finding[];
  readonly found: number;
}

const SHOWN = 100;

/** `kept`: a hash that was kept outside, which must be one of the chain. */
export async function verify(entries: AsyncIterable<Entry>, kept?: string): Promise<Verified> {
  const look = new Look(kept);
  for await (const entry of entries) {
    if (entry.store !== undefined) look.store(entry.store);
    else if (entry.event !== undefined) look.event(entry.event);
    else look.segment(entry.segment);
  }
  return look.end();
}

class Look {
  readonly #kept: string | undefined;
  readonly #findings: Finding[] = [];
  #found = 0;
  #previous: string | null = null;
  #next = 1;
  /** What the segments before the next one end with. */
  #sealed = 0;
  /** Lines of the events since then. */
  #lines: string[] = [];
  #unsealed = 0;
  #events = 0;
  #segments = 0;
  #erased = 0;
  #first: number | null = null;
  #head: AuditSegment | null = null;
  /** Events before the first one were removed, as old as they were. */
  #removed = false;
  #seenKept = false;

  constructor(kept: string | undefined) {
    this.#kept = kept;
  }

  store(id: string): void {
    this.#previous = firstHash(id);
  }

  event(event: AuditRow): void {
    this.#events++;
    this.#unsealed++;
    this.#first ??= event.seq;
    if (event.seq > this.#next) this.#find(this.#next, event.seq - 1, 'missing');
    if (event.seq < this.#next) this.#find(event.seq, event.seq, 'out of order');
    this.#next = Math.max(this.#next, event.seq + 1);
    this.#lines.push(eventLine(event));
    if (event.digest === null && event.values !== null) this.#find(event.seq, event.seq, 'it had no values, and has some now');
    if (event.digest === null) return;
    if (event.values === null) this.#erased++;
    else if (digestOf(event.values) !== event.digest) this.#find(event.seq, event.seq, 'its values were changed');
  }

  segment(segment: AuditSegment): void {
    const { from, to, previous, hash, removedAt } = segment;
    if (removedAt !== null && this.#head === null && this.#events === 0) {
      // What went was chained to nobody knows what; what comes is chained to this.
      this.#next = to + 1;
      this.#removed = true;
    } else {
      this.#segments++;
      if (this.#next <= to) this.#find(this.#next, to, 'missing');
      if (previous !== this.#previous || from !== this.#sealed + 1)
        this.#find(from, to, 'its segment does not follow the one before it: one was removed, put in or changed');
      else if (segmentHash(segment, this.#lines) !== hash)
        this.#find(from, to, 'events of this segment were changed, removed or moved');
      this.#next = Math.max(this.#next, to + 1);
    }
    this.#previous = hash;
    this.#sealed = to;
    this.#head = segment;
    this.#lines = [];
    this.#unsealed = 0;
    if (hash === this.#kept) this.#seenKept = true;
  }

  end(): Verified {
    if (this.#kept !== undefined && !this.#seenKept)
      this.#find(
        0,
        this.#next - 1,
        `the hash that was kept is not in the chain: its end was cut off, or the chain was made anew${this.#removed ? ', or it is older than what is kept' : ''}`,
      );
    const head = this.#head && { to: this.#head.to, hash: this.#head.hash, at: this.#head.at };
    return {
      events: this.#events,
      segments: this.#segments,
      unsealed: this.#unsealed,
      erased: this.#erased,
      first: this.#first,
      head,
      findings: this.#findings,
      found: this.#found,
    };
  }

  #find(from: number, to: number, message: string): void {
    this.#found++;
    if (this.#findings.length < SHOWN) this.#findings.push({ from, to, message });
  }
}
