/** What a run counts, per connection. Plain numbers, kept with the run. */
export const COUNTED = [
  'seen',
  'added',
  'changed',
  'gone',
  'joined',
  'projected',
  'adopted',
  'created',
  'updated',
  'disabled',
  'deleted',
  'observed',
  'parked',
  'held',
  'failed',
  'waiting',
  'written',
  'provenByDigest',
  'provenByAnswer',
  'provenByLookup',
  'provenByDelta',
  'provenByRead',
] as const;
export type Counted = (typeof COUNTED)[number];
export type Counts = { [name in Counted]: number };

export interface Counters {
  add(connection: string, what: Counted, n?: number): void;
  of(connection: string): Counts;
  objects: Map<string, { created: number; changed: number }>;
  /** Attempts of this run at anything: each has a number of its own, also where several are on their way at a time. */
  attempts: number;
  /** By group: the memberships that its target took. */
  members: Map<number, MemberCounts>;
}

export type MemberCounts = {
  readonly [side in 'add' | 'remove']: { [attribute: string]: { count: number; readonly named: string[] } };
};

export function createCounters(): Counters {
  const byConnection = new Map<string, Counts>();
  const of = (connection: string): Counts => {
    let counts = byConnection.get(connection);
    if (!counts) {
      counts = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Counts;
      byConnection.set(connection, counts);
    }
    return counts;
  };
  return {
    add: (connection, what, n = 1) => {
      of(connection)[what] += n;
    },
    of,
    attempts: 0,
    objects: new Map(),
    members: new Map(),
  };
}
