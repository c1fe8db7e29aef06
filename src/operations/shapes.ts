/** Shapes that several outputs share. Instants are ISO 8601 in UTC; ids are numbers; `null` = none. */
import { z } from 'zod';
import type { Fault } from '#core/errors';
import { ERROR_KINDS } from '#core/errors';
import { formatInstant } from '#core/time';
import { NOTICE_KINDS, type Notice, type RunReport } from '#runs/model';

export { asksSomebody } from '#runs/model';

type Shape<T> = z.ZodType<T>;

export const instant: Shape<string> = z.string().meta({ description: 'ISO 8601, UTC' });

/** Attribute → value; what a value may be depends on the attribute. */
export const values: Shape<{ readonly [attribute: string]: unknown }> = z.record(z.string(), z.unknown());

export const fault: Shape<Fault> = z.object({
  kind: z.enum(ERROR_KINDS),
  message: z.string(),
  where: z.object({
    connection: z.string().optional(),
    file: z.string().optional(),
    line: z.number().optional(),
    column: z.number().optional(),
    object: z.string().optional(),
    attribute: z.string().optional(),
  }),
  remedy: z.string().optional(),
  retryAfterMs: z.number().optional(),
  carried: z.literal(true).optional(),
}) as unknown as Shape<Fault>;

export type Counts = RunReport['connections'][number];
export const counts: Shape<Counts> = z.object({
  connection: z.string(),
  seen: z.number(),
  added: z.number(),
  changed: z.number(),
  gone: z.number(),
  joined: z.number(),
  projected: z.number(),
  adopted: z.number(),
  created: z.number(),
  updated: z.number(),
  disabled: z.number(),
  deleted: z.number(),
  observed: z.number(),
  parked: z.number(),
  held: z.number(),
  failed: z.number(),
  waiting: z.number(),
  written: z.number(),
  provenByDigest: z.number(),
  provenByAnswer: z.number(),
  provenByLookup: z.number(),
  provenByDelta: z.number(),
  provenByRead: z.number(),
});

export interface NoticeOutput extends Notice {
  /** The command that decides it; null where mending the cause is all there is to do. */
  readonly command: string | null;
}
export const notice: Shape<NoticeOutput> = z.object({
  kind: z.enum(NOTICE_KINDS),
  connection: z.string(),
  message: z.string(),
  remedy: z.string(),
  hold: z.number().nullable(),
  command: z.string().nullable(),
});

export interface ReportOutput {
  readonly run: number;
  readonly profile: string;
  readonly status: RunReport['status'];
  readonly now: string;
  /** Whole. */
  readonly elapsedMs: number;
  readonly connections: readonly Counts[];
  readonly objects: RunReport['objects'];
  readonly rowsWritten: number;
  readonly faultCount: number;
  readonly faults: readonly Fault[];
  /** Connections that could not be read, or not be written to. */
  readonly failed: readonly string[];
  readonly notices: readonly NoticeOutput[];
}
export const status: Shape<RunReport['status']> = z.enum(['running', 'done', 'warnings', 'failed', 'interrupted']);
export const reportShape: z.ZodRawShape = {
  run: z.number(),
  profile: z.string(),
  status,
  now: instant,
  elapsedMs: z.int(),
  connections: z.array(counts),
  objects: z.record(z.string(), z.object({ created: z.number(), changed: z.number(), total: z.number() })),
  rowsWritten: z.number(),
  faultCount: z.number(),
  faults: z.array(fault),
  failed: z.array(z.string()),
  notices: z.array(notice),
};

const COMMANDS: { readonly [kind in Notice['kind']]: ((connection: string) => string) | null } = {
  firstPlan: (connection) => `rollcall approve ${connection}`,
  gate: (connection) => `rollcall approve ${connection}`,
  heldConnection: (connection) => `rollcall release ${connection}`,
  outage: null,
  staleRead: (connection) => `rollcall run ${connection} --profile full-import`,
  rulesChanged: null,
  readInFull: null,
  notSynced: () => 'rollcall run --profile delta-sync',
  waitsForTarget: (connection) => `rollcall plan ${connection}`,
  notConverging: () => 'rollcall parked --kind notConverging',
  refused: (connection) => `rollcall parked --kind refused --connection ${connection}`,
  enabledByHand: () => 'rollcall parked --kind enabledByHand',
  incompleteRead: null,
  outsideWindow: (connection) => `rollcall plan ${connection}`,
  leftAlone: null,
  waitsForQuota: (connection) => `rollcall plan ${connection}`,
};

export function reportOutput(report: RunReport): ReportOutput {
  return {
    run: report.run,
    profile: report.profile,
    status: report.status,
    now: formatInstant(report.now),
    elapsedMs: Math.round(report.elapsedMs),
    connections: report.connections,
    objects: report.objects,
    rowsWritten: report.rowsWritten,
    faultCount: report.faultCount,
    faults: report.faults,
    failed: report.failed,
    notices: report.notices.map(noticeOutput),
  };
}

export function noticeOutput(one: Notice): NoticeOutput {
  return { ...one, command: COMMANDS[one.kind]?.(one.connection) ?? null };
}
