/** What waits, looked at every few seconds by whoever watches: each look costs the same, however much waits. */

export interface Waits {
  /** Objects and accounts that are to be worked out again: the oldest, and the newest that was noted of anything. Seqs; null: none waits. */
  readonly dirty: { readonly oldest: number | null; readonly newest: number };
  /** Changes decided and not sent, of each connection that has some: at most 10,000 are counted. */
  readonly exports: readonly QueueWaits[];
  /** What waits for somebody to decide, by connection; null: of none. */
  readonly parked: readonly (Omit<QueueWaits, 'connection'> & { readonly connection: string | null })[];
}

export interface QueueWaits {
  readonly connection: string;
  readonly count: number;
  /** ms; of exports the time of the run that decided it, of the first thousand. Null: it is not known any more. */
  readonly oldest: number | null;
}

export interface QueueReads {
  look(): Promise<Waits>;
}
