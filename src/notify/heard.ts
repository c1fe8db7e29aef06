/** Troubles that events of the service tell of, and their ends. */
import type { ErrorKind, Fault } from '#core/errors';
import type { RunId, RunStatus, Store } from '#store/contract';
import type { Evidence, Trouble } from './trouble.ts';

/** Events of the service that are listened to here, by `what`; all others are passed over. */
export type Heard =
  | {
      readonly what: 'run';
      readonly run: RunId;
      readonly profile: string;
      /** It only passes on what came: what cannot be reached is tried by others, which tell of it. */
      readonly beside: boolean;
      readonly status: RunStatus;
      readonly failed: readonly { readonly connection: string; readonly kind: ErrorKind }[];
    }
  | {
      readonly what: 'rests';
      readonly connection: string;
      readonly why: 'incomplete' | 'refused' | 'failing';
      readonly fault: Fault;
    }
  /** A run did not begin, or broke off. */
  | { readonly what: 'trouble'; readonly fault: Fault }
  /** A schedule missed its time, and waits for the next one. */
  | { readonly what: 'skipped'; readonly schedule: string };

const CYCLE = 'cycle';
const BROKEN = 'run-failed';

export async function evidenceOf(heard: Heard, store: Pick<Store, 'runs' | 'spaces'>): Promise<Evidence> {
  if (heard.what === 'run') return await ofRun(heard, store);
  if (heard.what === 'trouble') return { on: [broken(CYCLE, heard.fault.kind, null)], over: () => false };
  if (heard.what === 'skipped') return { on: [missed(heard.schedule)], over: () => false };
  if (heard.why === 'incomplete') return { on: [], over: () => false };
  return { on: [paused(heard.connection, heard.fault.kind)], over: () => false };
}

async function ofRun(
  { run, profile, beside: passes, status, failed }: Extract<Heard, { what: 'run' }>,
  { runs, spaces }: Pick<Store, 'runs' | 'spaces'>,
): Promise<Evidence> {
  const on: Trouble[] = passes ? [] : failed.map(({ connection, kind }) => unreached(connection, kind, run, profile));
  // What is broken for the sake of connections is told of them.
  if (status === 'failed' && on.length === 0) on.push(broken(profile, null, run));
  const now = (await runs.get(run))?.now ?? Number.POSITIVE_INFINITY;
  const states = new Map((await spaces.states()).map((one) => [one.name, one.lastRead]));
  const went = (connection: string): boolean =>
    (states.get(connection) ?? 0) >= now && !failed.some((one) => one.connection === connection);
  const well = status === 'done' || status === 'warnings';
  return {
    on,
    over({ kind, connection, key }) {
      if (kind === 'connection-paused') return went(connection!);
      if (kind !== 'run-failed') return false;
      if (connection === null) return well && (profile === CYCLE || key === `${BROKEN} ${profile}`);
      return !passes && went(connection);
    },
  };
}

function unreached(connection: string, kind: ErrorKind, run: RunId, profile: string): Trouble {
  return {
    ...{ key: `run-failed of ${connection}`, kind: 'run-failed', connection, lasts: true },
    text: `${connection} failed in run ${run} (${profile}): ${SAYS[kind]}`,
    command: `rollcall run show ${run}`,
    path: `/api/runs/${run}`,
  };
}

function broken(profile: string, kind: ErrorKind | null, run: RunId | null): Trouble {
  const why = kind === null ? '' : `: ${SAYS[kind]}`;
  return {
    ...{ key: `${BROKEN} ${profile}`, kind: 'run-failed', connection: null, lasts: true },
    text: run === null ? `a run did not begin, or broke off${why}` : `run ${run} (${profile}) failed${why}`,
    command: run === null ? 'rollcall runs' : `rollcall run show ${run}`,
    path: run === null ? '/api/runs' : `/api/runs/${run}`,
  };
}

function paused(connection: string, kind: ErrorKind): Trouble {
  return {
    ...{ key: `paused ${connection}`, kind: 'connection-paused', connection, lasts: true },
    text: `${connection} is left alone for now, and tried again by and by: ${SAYS[kind]}`,
    command: `rollcall check ${connection}`,
    path: null,
  };
}

function missed(schedule: string): Trouble {
  const isOfAll = schedule === '*';
  return {
    ...{ key: `missed ${schedule}`, kind: 'schedule-missed', connection: isOfAll ? null : schedule, lasts: false },
    text: `the schedule of ${isOfAll ? 'all' : schedule} missed its time, and waits for the next one`,
    command: 'rollcall schedule',
    path: '/api/schedule',
  };
}

/** The message of a fault may name somebody. */
const SAYS: { readonly [kind in ErrorKind]: string } = {
  configuration: 'a setting is in the way',
  authentication: 'it refuses to let Rollcall sign in',
  permission: 'Rollcall may not do there what it should',
  notFound: 'something is not there',
  conflict: 'it is not as Rollcall knew it',
  invalidValue: 'it has, or was sent, what cannot be used',
  rateLimited: 'it has too much to do',
  unavailable: 'it does not answer',
  internal: 'something went wrong that was not foreseen',
};
