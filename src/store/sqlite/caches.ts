/**
 * Pages that a process keeps of its store, KiB: 64 MB in all (docs/STORE.md). Most are the writer's, which touches keys in random order;
 * long reads go through a table once.
 */
export const CACHE_KB = { writer: 54_000, reader: 7_000, longReads: 1_500 } as const;
