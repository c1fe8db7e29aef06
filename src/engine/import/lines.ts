/**
 * Where in a source's file an object stood that is new or changed in this run: a fault about it, found when people are worked out,
 * names the line. Nothing of it is stored; what was read by an earlier run has no line.
 */
/** Kept of one run: some 15 MB; what comes after has no line. */
const MOST = 100_000;

export interface Lines {
  note(connection: string, anchor: string, line: number): void;
  of(connection: string, anchor: string): number | undefined;
}

export function createLines(): Lines {
  const known = new Map<string, Map<string, number>>();
  let count = 0;
  return {
    note(connection, anchor, line) {
      if (count >= MOST) return;
      count++;
      const lines = known.get(connection);
      if (lines) lines.set(anchor, line);
      else known.set(connection, new Map([[anchor, line]]));
    },
    of: (connection, anchor) => known.get(connection)?.get(anchor),
  };
}
