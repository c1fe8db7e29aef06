/** The whole audit log as JSON Lines, part by part: what `audit export` writes to a file and what is given over HTTP. */
import { z } from 'zod';
import { type At, entriesAfter } from '#audit/entries';
import { entryLine } from '#audit/export';
import { type AuditRow, aboutOf, noted } from './audit-seen.ts';
import { type Operation, type SessionServices, versioned } from './operation.ts';
import { bared, type Sight, sightOf } from './shown.ts';
import { type Asker, whoShape } from './who.ts';

export interface AuditLinesInput {
  /** `next` of the part before; null: from the beginning. */
  readonly after: At | null;
  readonly who: Asker;
}
export interface AuditLinesOutput {
  /** Each ends with a newline. */
  readonly text: string;
  readonly events: number;
  readonly segments: number;
  /** Null: that was all. */
  readonly next: At | null;
}

/** Events of a part: some hundred KB. */
const PART = 1_000;

const at: z.ZodType<At | null> = z.object({ event: z.int(), segment: z.int(), end: z.int() }).nullable();

export const auditLines: Operation<AuditLinesInput, AuditLinesOutput> = {
  name: 'audit lines',
  permission: 'audit.read',
  input: z.object({ after: at.default(null), who: whoShape.default(null) }),
  output: versioned<AuditLinesOutput>('audit lines', { text: z.string(), events: z.number(), segments: z.number(), next: at }),
  async run({ after, who }, session) {
    const services = await session.services('stored');
    const { entries, next } = await entriesAfter(services.store, after, PART);
    const events = entries.flatMap(({ event }) => event ?? []);
    const unseen = await unseenOf(events, sightOf(who, services), services);
    const lines = entries.map((one) =>
      entryLine(one.event !== undefined && unseen.has(one.event.seq) ? { event: { ...one.event, values: null } } : one),
    );
    return {
      text: lines.map((line) => `${line}\n`).join(''),
      events: events.length,
      segments: entries.filter(({ segment }) => segment !== undefined).length,
      next,
    };
  },
};

/** Their values would tell what whoever asks may not see. The digest is of all of them: without one it would be wrong, without any it is as it was. */
async function unseenOf(events: readonly AuditRow[], sight: Sight, { store }: SessionServices): Promise<ReadonlySet<number>> {
  if (sight.whole) return new Set();
  const { hides } = await aboutOf(events, store, sight);
  const tells = (row: AuditRow): boolean =>
    [row.values?.before, row.values?.after].some((text) => {
      const value = noted(text);
      return JSON.stringify(bared(value, hides(row))) !== JSON.stringify(value);
    });
  return new Set(events.filter(tells).map(({ seq }) => seq));
}
