/**
 * What of the service's events is written to the log, and how. Ids and names from rollcall.yaml, never a value of a person: the text of a
 * fault about an object may name who it is, so it stands in the record of its run alone, which its ids lead to.
 */
import type { Fault } from '#core/errors';
import type { Level } from '#core/levels';
import type { Unforeseen } from '#core/unforeseen';
import type { FaultAbout, RunEvent, ServiceEvent } from '#worker/events';

export interface Line {
  readonly level: Level;
  readonly text: string;
  readonly fields: { readonly [name: string]: unknown };
}

/** Null for what is no line: progress, and what is shown elsewhere. */
export function lineOf(event: ServiceEvent): Line | null {
  switch (event.what) {
    case 'run':
      return ofRun(event);
    case 'fault':
      return ofFault(event.fault, { ...event.about }, event.error);
    case 'progress':
    case 'access':
      return null;
    case 'lost':
      return because(event.fault, 'warn', 'is heard no more, and tried again', {
        connection: event.connection,
        ms: event.againInMs,
      });
    case 'rests':
      return because(event.fault, 'warn', 'is left alone for now', {
        connection: event.connection,
        why: event.why,
        ms: event.forMs,
      });
    case 'trouble':
      return because(event.fault, 'error', 'nothing goes on, until it is tried again', { ms: event.againInMs });
    case 'reloaded':
      return line('info', 'rollcall.yaml was taken over', event);
    case 'sealed':
      return line('info', 'the audit log is sealed', event);
    case 'certificate':
      return line('info', 'the renewed certificate is in use', event);
    case 'notified':
      return line(event.outcome === 'sent' ? 'info' : 'warn', 'somebody was to be told', event);
    case 'waits':
      return line('info', 'a run waits for another process', {});
    case 'listens':
      return line('info', 'is listened to', event);
    case 'skipped':
      return line('warn', 'times of a schedule were missed, and are skipped', event);
    default:
      return line('debug', event.what, event);
  }
}

/** Nobody but a person mends them. */
const LOUD: ReadonlySet<Fault['kind']> = new Set<Fault['kind']>(['authentication', 'permission', 'internal']);

/** `where`: ids; of a request, its own. */
export function ofFault(
  fault: Fault,
  where: Partial<FaultAbout> & { readonly [name: string]: unknown },
  error?: Unforeseen,
): Line {
  const { kind, remedy } = fault;
  const { object, ...place } = fault.where;
  const { run, subject, id, ...more } = where;
  const ids = {
    ...(run === undefined ? {} : { run }),
    ...(id === undefined ? {} : { [subject === 'object' ? 'object' : 'account']: id }),
  };
  const fields = { kind, ...place, ...ids, ...more };
  const level = fault.carried ? 'info' : LOUD.has(kind) ? 'error' : 'warn';
  if (error !== undefined) return line(level, error.message ?? 'an error that was not foreseen', { ...fields, error });
  if (object === undefined && id === undefined)
    return line(level, fault.message, { ...fields, ...(remedy === undefined ? {} : { remedy }) });
  const see = run === undefined ? {} : { remedy: `rollcall run show ${run}` };
  return line(level, 'something about one object; the record of the run says what', {
    ...fields,
    ...see,
  });
}

function because(fault: Fault, level: Level, text: string, more: object): Line {
  const { fields, text: why } = ofFault(fault, {});
  return line(level, `${text}: ${why}`, { ...fields, ...more });
}

function ofRun({ run, profile, beside, status, elapsedMs, connections, faultCount, notices }: RunEvent): Line {
  const counts = Object.fromEntries(
    connections.map(({ connection, ...all }) => [connection, Object.fromEntries(Object.entries(all).filter(([, n]) => n > 0))]),
  );
  const told = notices.map(({ connection, kind }) => ({ connection, kind }));
  const fields = { run, profile, status, ms: Math.round(elapsedMs), faults: faultCount, notices: told, connections: counts };
  const nothing = beside && told.length === 0 && Object.values(counts).every((of) => Object.keys(of).length === 0);
  // There are many of pushes, and each is noted in the audit log.
  const usual = nothing || profile === 'push' ? 'debug' : 'info';
  const level = status === 'failed' ? 'error' : status === 'warnings' || status === 'interrupted' ? 'warn' : usual;
  return line(level, `run ${run} (${profile}): ${status}`, fields);
}

function line(level: Level, text: string, from: object): Line {
  const { what: _, ...fields } = from as { readonly what?: unknown; readonly [name: string]: unknown };
  return { level, text, fields };
}
