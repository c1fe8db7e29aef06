/** Ranges of ids. */
import type { DirtyRange } from '../contract.ts';

/** Ascending, disjoint, each with its first and last id. */
export function mergeRanges(ranges: readonly Pick<DirtyRange, 'from' | 'to'>[]): [number, number][] {
  const sorted = ranges.map((range): [number, number] => [range.from, range.to]).sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = out[out.length - 1];
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
