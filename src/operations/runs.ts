/** Past runs, newest first. */
import { z } from 'zod';
import { formatInstant } from '#core/time';
import type { Services } from '#runs/model';
import { type Operation, versioned } from './operation.ts';
import { type Counts, counts, instant, status } from './shapes.ts';

type Row = NonNullable<Awaited<ReturnType<Services['store']['runs']['get']>>>;

export interface RunsInput {
  readonly before?: number | undefined;
  readonly limit: number;
}
export interface RunSummary {
  readonly run: number;
  readonly profile: string;
  readonly status: Row['status'];
  readonly now: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly by: string;
  readonly connections: readonly Counts[];
  readonly rowsWritten: number;
}
export interface RunsOutput {
  readonly runs: readonly RunSummary[];
  /** `before` of the next page; null = that was all. */
  readonly next: number | null;
}

export const runSummaryShape: z.ZodRawShape = {
  run: z.number(),
  profile: z.string(),
  status,
  now: instant,
  startedAt: instant,
  endedAt: instant.nullable(),
  by: z.string(),
  connections: z.array(counts),
  rowsWritten: z.number(),
};

export function runSummary(row: Row): RunSummary {
  return {
    run: row.id,
    profile: row.profile,
    status: row.status,
    now: formatInstant(row.now),
    startedAt: formatInstant(row.startedAt),
    endedAt: row.endedAt === null ? null : formatInstant(row.endedAt),
    by: row.by,
    connections: countsOf(row.counts),
    rowsWritten: row.rowsWritten,
  };
}

/** The counts kept with a run; whatever an older program did not count yet is 0. */
function countsOf(text: string): readonly Counts[] {
  const kept: unknown = JSON.parse(text === '' ? '[]' : text);
  const list: readonly unknown[] = Array.isArray(kept)
    ? kept
    : Object.entries((kept ?? {}) as { [connection: string]: object }).map(([connection, one]) => ({ connection, ...one }));
  return list.flatMap((one) => {
    const parsed = counts.safeParse({ ...NO_COUNTS, ...(one as object) });
    return parsed.success ? [parsed.data] : [];
  });
}
/** Of a run in which nothing happened. */
export const NO_COUNTS: Omit<Counts, 'connection'> = {
  seen: 0,
  added: 0,
  changed: 0,
  gone: 0,
  joined: 0,
  projected: 0,
  adopted: 0,
  created: 0,
  updated: 0,
  disabled: 0,
  deleted: 0,
  observed: 0,
  parked: 0,
  held: 0,
  failed: 0,
  waiting: 0,
  written: 0,
  provenByDigest: 0,
  provenByAnswer: 0,
  provenByLookup: 0,
  provenByDelta: 0,
  provenByRead: 0,
};

export const runs: Operation<RunsInput, RunsOutput> = {
  name: 'runs',
  permission: 'runs.read',
  input: z.object({ before: z.int().optional(), limit: z.int().min(1).max(1_000).default(20) }),
  output: versioned<RunsOutput>('runs', { runs: z.array(z.object(runSummaryShape)), next: z.number().nullable() }),
  async run({ before, limit }, session) {
    const { store } = await session.services('stored');
    const rows = await store.runs.list({ limit, ...(before === undefined ? {} : { before }) });
    return { runs: rows.map(runSummary), next: rows.length === limit ? rows.at(-1)!.id : null };
  },
};
