/**
 * The log as JSON Lines: `{"log":…}` first, then `{"event":…,"values":…}` and `{"segment":…}` in the order in which they are chained.
 * What `event` holds is, as canonical JSON, the line that was hashed; a file can be verified by itself.
 */
import { canonicalJson } from '#core/canonical';
import { RollcallError } from '#core/errors';
import type { AuditRow, AuditSegment } from '#store/contract';
import { eventLine } from './chain.ts';
import type { Entry } from './entries.ts';

export function entryLine({ store, event, segment }: Entry): string {
  if (store !== undefined) return canonicalJson({ log: { version: 1, store } });
  if (segment !== undefined) return canonicalJson({ segment });
  return `{"event":${eventLine(event)},"values":${canonicalJson(event.values)}}`;
}

/** What an export says. @throws invalidValue naming the line. */
export async function* readExport(lines: AsyncIterable<string>): AsyncGenerator<Entry> {
  let line = 0;
  for await (const text of lines) {
    line++;
    const entry = parsed(text);
    if (entry === null || (entry.store !== undefined) !== (line === 1))
      throw new RollcallError('invalidValue', 'this is no line of an exported audit log', {
        where: { line },
        remedy: "give a whole file that 'rollcall audit export' wrote",
      });
    yield entry;
  }
}

function parsed(text: string): Entry | null {
  try {
    const one = JSON.parse(text) as Partial<Line>;
    if (one.log?.version === 1) return { store: one.log.store };
    if (one.segment !== undefined) return { segment: one.segment };
    if (one.event !== undefined) return { event: { ...one.event, values: one.values ?? null } };
  } catch {
    // Said by whoever called.
  }
  return null;
}

interface Line {
  readonly log: { readonly version: number; readonly store: string };
  readonly segment: AuditSegment;
  readonly event: AuditRow;
  readonly values: AuditRow['values'];
}
