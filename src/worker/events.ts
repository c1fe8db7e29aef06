/** What happens in the service, for whoever looks on: live views, logs, metrics, notifications. Plain data, without values of people. */
import { type ErrorKind, type Fault, toFault } from '#core/errors';
import { type Unforeseen, unforeseen } from '#core/unforeseen';
import type { NotifyEvent } from '#notify/notifier';
import type { KeptEvent, LiveEvent, PushesReport } from '#runs/index';
import type { ConnectionCounts, FaultAbout, Holder, Notice, Progress, RunReport } from '#runs/model';

export type { FaultAbout } from '#runs/model';

export interface RunEvent {
  readonly what: 'run';
  readonly run: number;
  readonly profile: string;
  /** It went on beside whatever else runs, and passed on what came: it says nothing of how everything stands. */
  readonly beside: boolean;
  readonly status: RunReport['status'];
  readonly elapsedMs: number;
  readonly connections: readonly ConnectionCounts[];
  readonly faultCount: number;
  /** Connections that could not be read, or not be written to. */
  readonly failed: readonly { readonly connection: string; readonly kind: ErrorKind }[];
  readonly notices: readonly Notice[];
}

export type ServiceEvent =
  | RunEvent
  | { readonly what: 'progress'; readonly progress: Progress }
  /** `error`: where it is to be mended, of one that nobody foresaw. */
  | { readonly what: 'fault'; readonly fault: Fault; readonly about?: FaultAbout; readonly error?: Unforeseen }
  /** Accounts or tokens are not as they were. */
  | { readonly what: 'access' }
  /** The configuration was taken over; so many people and groups, and accounts, are to be changed by it. */
  | { readonly what: 'reloaded'; readonly file: string; readonly objects: number; readonly exports: number }
  /** The audit log is sealed up to its event `to`: the newest hash, to be kept elsewhere. `at`: an instant. */
  | { readonly what: 'sealed'; readonly to: number; readonly hash: string; readonly at: string }
  /** The certificate of the port was renewed. `until`: an instant. */
  | { readonly what: 'certificate'; readonly until: string }
  /** A run waits for another process to end its own. */
  | { readonly what: 'waits'; readonly holder: Holder }
  | Extract<NotifyEvent, { what: 'notified' }>
  /** Somebody told of a change by HTTP. */
  | { readonly what: 'hook'; readonly connection: string; readonly outcome: 'done' | 'noted' | 'refused' }
  | Exclude<LiveEvent, { what: 'changes' | 'cycle' }>
  /** Of a schedule, by its name. */
  | Exclude<KeptEvent, { what: 'ran' | 'trouble' }>;

/** Of what went wrong with the service's own work. */
export function faultEvent(thrown: unknown): Extract<ServiceEvent, { what: 'fault' }> {
  const error = unforeseen(thrown);
  return { what: 'fault', fault: toFault(thrown), ...(error === undefined ? {} : { error }) };
}

/** Of what goes on while connections are listened to. */
export function fromLive(event: LiveEvent): ServiceEvent {
  if (event.what === 'cycle') return runEvent(event.report);
  if (event.what !== 'changes') return event;
  const { run, status, faults, notices, connections, again } = event.report;
  const failed = withKinds(
    again.map(({ name }) => name),
    faults,
  );
  const { elapsedMs } = event;
  return {
    ...{ what: 'run', run, profile: 'live', beside: true, status, elapsedMs, connections },
    ...{ faultCount: faults.length, failed, notices },
  };
}

/** Of pushes that shared a run. */
export function fromPushes({ run, status, elapsedMs, connections, faultCount, notices }: PushesReport): RunEvent {
  const profile = 'push';
  return { what: 'run', run, profile, beside: true, status, elapsedMs, connections, faultCount, failed: [], notices };
}

/** Of what schedules start. */
export function fromSchedule(event: KeptEvent): ServiceEvent {
  return event.what === 'ran' ? runEvent(event.report) : event;
}

/** Of a run, or of the answer to whoever asked for it. */
export function runEvent(
  report: Omit<RunEvent, 'what' | 'beside' | 'failed'> & {
    readonly failed: readonly string[];
    readonly faults: readonly Fault[];
  },
): RunEvent {
  const { run, profile, status, elapsedMs, connections, faultCount, notices } = report;
  const failed = withKinds(report.failed, report.faults);
  return { what: 'run', run, profile, beside: false, status, elapsedMs, connections, faultCount, failed, notices };
}

/** Why, of each: where nothing is said of it, it waits for its next attempt. */
function withKinds(failed: readonly string[], faults: readonly Fault[]): RunEvent['failed'] {
  return failed.map((connection) => ({
    connection,
    kind: faults.find(({ where }) => where.connection === connection)?.kind ?? 'unavailable',
  }));
}
