/** What a benchmark case is. Each runs in a process of its own, on a copy of the organisation, so that no case warms another. */
import type { Services } from '#runs/model';
import type { DataRequest } from './data.ts';
import type { Also } from './figures.ts';

export interface Case {
  readonly name: string;
  /** `files`: an HR export, badges and a target file. `feed`: change feeds and groups. */
  readonly organisation: 'files' | 'feed';
  /** The store is empty, or holds the organisation after its first, written, confirmed cycle. */
  readonly start: 'empty' | 'settled';
  /** What its seconds are compared with. */
  readonly limit: 'read' | 'readAndWrite' | null;
  /** How many processes run it one after the other on the same copy; the median counts. */
  readonly processes?: number;
  /** Its seconds are also measured with so many people, and compared. */
  readonly besides?: number;
  /** What must be reached with GOAL_PEOPLE on two cores. */
  readonly goals: readonly Goal[];
  run(bench: Bench): Promise<Measured>;
}

export const GOAL_PEOPLE = 1_000_000;

export const STORES = ['sqlite', 'postgres'] as const;
export type StoreName = (typeof STORES)[number];

export interface Goal {
  readonly text: string;
  /** Where only one store is to reach it. */
  readonly store?: StoreName;
  reached(measured: Measured & Compared): boolean;
}

export interface Bench {
  readonly data: DataRequest;
  /** Which of the case's processes this is, from 0. */
  readonly round: number;
  /** Opens configuration and store of this copy; closed by the runner. */
  services(): Promise<Services>;
}

export interface Measured {
  readonly seconds: number;
  /** What `objectsPerSecond` counts. */
  readonly objects: number;
  readonly rowsWritten?: number;
  readonly bytesPerPerson?: number;
  readonly also?: Also;
}

/** What the runner adds. */
export interface Compared {
  readonly objectsPerSecond: number;
  readonly ratioToLimit: number | null;
  readonly peakRssMb: number;
}

/** Runs and times; whole seconds with fraction. */
export async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const begun = performance.now();
  const value = await work();
  return { seconds: (performance.now() - begun) / 1000, value };
}

/** A benchmark that measures nothing is worse than none: the case stops here. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the benchmark expected that ${what}`);
}
