/** What is pending and what was sent, as the gates count it. */
import type { GateCount } from '../contract.ts';
import type { Row } from './rows.ts';

type Counts = ReadonlyMap<string, number>;

/** Lists of parts with how many rows have them → rows by part. */
export function pendingByPart(rows: readonly Row[]): Counts {
  const counts = new Map<string, number>();
  for (const [parts, count] of rows)
    for (const part of JSON.parse(String(parts)) as string[]) counts.set(part, (counts.get(part) ?? 0) + Number(count));
  return counts;
}

export function sentByPart(rows: readonly Row[]): Counts {
  return new Map(rows.map(([part, count]) => [String(part), Number(count)]));
}

export function gateCountsOf(connection: string, pending: Counts, sent: Counts): GateCount[] {
  return [...new Set([...pending.keys(), ...sent.keys()])]
    .sort()
    .map((part) => ({ connection, part, pending: pending.get(part) ?? 0, sent: sent.get(part) ?? 0 }));
}
