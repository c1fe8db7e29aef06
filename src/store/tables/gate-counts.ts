/** What is pending (lists of parts with how many rows have them) and what was sent (parts), as the gates count it. */
import type { GateCount } from '../contract.ts';
import type { Row } from './rows.ts';

export function gateCountsOf(connection: string, pending: readonly Row[], sent: readonly Row[]): GateCount[] {
  const counts = new Map<string, { pending: number; sent: number }>();
  const of = (part: string): { pending: number; sent: number } => {
    const count = counts.get(part) ?? { pending: 0, sent: 0 };
    counts.set(part, count);
    return count;
  };
  for (const [parts, count] of pending)
    for (const part of JSON.parse(String(parts)) as string[]) of(part).pending += Number(count);
  for (const [part, count] of sent) of(String(part)).sent += Number(count);
  return [...counts].map(([part, count]) => ({ connection, part, ...count })).sort((a, b) => (a.part < b.part ? -1 : 1));
}
