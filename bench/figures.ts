/** Figures that only some cases have: their names for programs, and the words for people, `#` for the figure. */
const WORDS = {
  approveSeconds: 'approving the first plan took # s',
  p50Ms: 'half of them within # ms',
  p99Ms: '99 of 100 within # ms',
  longestMs: 'the longest # ms',
  commandMs: 'as a command # ms',
  members: '# members in the large group',
  smallSeconds: 'the same in the small group # s',
  timesSmall: '# × the small group',
  comparedPerSecond: '# members compared a second',
  afterThird: '# MB after the third cycle',
  afterLast: '# MB after the last ones',
  secondsBesides: '# s with 10,000 people',
  timesBesides: '# × that',
  fullSyncSeconds: 'a full sync that finds nothing to do # s',
  timesFullSync: '# × that',
  timesSameSync: '# × the sync that does what was planned',
  pushesPerSecond: '# pushes a second',
  durableP50Ms: 'half of them durable within # ms',
  durableP99Ms: '99 of 100 durable within # ms',
  syncedP50Ms: 'half of them worked out within # ms',
  syncedP99Ms: '99 of 100 worked out within # ms',
  bulkShare: 'the cycle at # of its undisturbed rate',
  longestSliceMs: 'the longest slice of the writer # ms',
  mostRowsInSlice: 'at most # rows in one',
  longestCommitMs: 'the longest commit # ms',
  limitSeconds: 'the limit # s',
  firstPeakRssMb: 'the first read before it at most # MB',
  rowsLarge: '# rows written for the large group',
  rowsSmall: '# for the small one',
  valuesRead: '# values read of the large one',
  readSmallMs: 'the small group read within # ms',
  readLargeMs: 'the large one within # ms',
  askedLargeMs: 'by ldapsearch # ms',
  syncSmallMs: 'the small one worked out within # ms',
  syncLargeMs: 'the large one within # ms',
  valuesOnWire: '# values sent',
  writeSmallMs: 'one out and in again in the small group # ms',
  writeLargeMs: 'in the large one # ms',
  programLargeMs: 'by ldapmodify # ms',
  backSmallMs: 'what was written to the small one read back within # ms',
  backLargeMs: 'to the large one within # ms',
  longestCheckpointMs: 'the longest checkpoint # ms',
} as const;

export type Also = { readonly [figure in keyof typeof WORDS]?: number };

export function figures(also: Also): string[] {
  return Object.entries(also).map(([figure, value]) =>
    WORDS[figure as keyof typeof WORDS].replace('#', number(value, Number.isInteger(value) ? 0 : 2)),
  );
}

export function number(value: number | null, digits = 0): string {
  return value === null ? '–' : value.toLocaleString('en-GB', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}
