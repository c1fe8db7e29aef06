/** What a case measured, and how results are shown: a table for people, one JSON object per line for programs. */
import { GOAL_PEOPLE } from './case.ts';
import { type Also, figures, number } from './figures.ts';

export interface Result {
  readonly case: string;
  /** People in the organisation. */
  readonly size: number;
  /** Median over `runs`. */
  readonly seconds: number;
  readonly objectsPerSecond: number;
  /** Seconds over those of the limit that the case is held against; null where none applies. */
  readonly ratioToLimit: number | null;
  /** Summed over its processes; null where nobody looked. */
  readonly peakRssMb: number | null;
  readonly rowsWritten: number | null;
  readonly bytesPerPerson: number | null;
  readonly runs: number;
  /** Further figures of the case, such as percentiles. */
  readonly also?: Also;
  /** What the case must reach with GOAL_PEOPLE on two cores, and whether it did with as many as there are here. */
  readonly goals?: readonly { readonly text: string; readonly reached: boolean }[];
  /** What the goals are for, where it is not GOAL_PEOPLE. */
  readonly goalSize?: number;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Nearest rank; `share` 0.99 is the 99th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function table(results: readonly Result[]): string {
  const head = ['case', 'people', 'seconds', 'objects/s', '× limit', 'peak MB', 'rows written', 'B/person', 'runs'];
  const rows = results.map((one) => [
    one.case,
    number(one.size),
    number(one.seconds, one.seconds < 10 ? 3 : 1),
    number(one.objectsPerSecond),
    number(one.ratioToLimit, 2),
    number(one.peakRssMb),
    number(one.rowsWritten),
    number(one.bytesPerPerson),
    number(one.runs),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  const notes = results.flatMap((one) => [
    ...(one.also === undefined ? [] : [`${one.case}: ${figures(one.also).join(', ')}`]),
    ...goalWords(one),
  ]);
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line), ...notes, ...sizeWords(results)].join(
    '\n',
  );
}

/** `explain: reaches A, B; misses C` */
function goalWords({ case: name, goals = [] }: Result): string[] {
  const those = (reached: boolean): string[] => goals.filter((goal) => goal.reached === reached).map(({ text }) => text);
  const parts = [
    ['reaches', those(true)],
    ['misses', those(false)],
  ] as const;
  const words = parts.flatMap(([verb, texts]) => (texts.length === 0 ? [] : [`${verb} ${texts.join(', ')}`]));
  return words.length === 0 ? [] : [`${name}: ${words.join('; ')}`];
}

function sizeWords(results: readonly Result[]): string[] {
  const other = results.find(({ goals = [], size, goalSize = GOAL_PEOPLE }) => goals.length > 0 && size !== goalSize);
  if (other === undefined) return [];
  const asked = number(other.goalSize ?? GOAL_PEOPLE);
  return [`The goals are for ${asked} people on two cores; here there are ${number(other.size)}.`];
}
