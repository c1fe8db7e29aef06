/**
 * Counts and times for Prometheus, in its text format. Labels have few values: names from rollcall.yaml, closed lists, routes as they are
 * declared; never an id, an address or anything that a caller chooses.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Waits } from '#store/contract';
import type { ServiceEvent } from '#worker/events';
import { createAges } from './ages.ts';

export interface Metrics {
  readonly contentType: string;
  /** Each event of the service, once. */
  told(event: ServiceEvent): void;
  /** A request that was answered. `route`: as declared, `/api/runs/:run`. */
  answered(request: { readonly method: string; readonly route: string; readonly status: number; readonly ms: number }): void;
  /** Looks at what waits, at most every few seconds. Errors: as of the store. */
  text(): Promise<string>;
  names(): readonly string[];
}

export interface MetricsOptions {
  readonly version: string;
  /** ms */
  readonly wall: () => number;
  readonly look: () => Promise<Waits>;
  /** Of the process itself; not in tests. */
  readonly process?: boolean;
}

/** Between two looks at the queues. */
const LOOK_MS = 10_000;
const SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400];
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** What a run counts once; `observed`, `parked`, `held` and `waiting` are how it stands at its end. */
const DONE = [
  'seen',
  'added',
  'changed',
  'gone',
  'joined',
  'projected',
  'adopted',
  'created',
  'updated',
  'disabled',
  'deleted',
  'failed',
  'written',
] as const;
const STANDS = ['observed', 'parked', 'held', 'waiting'] as const;

export function createMetrics({ version, wall, look, process: own = true }: MetricsOptions): Metrics {
  const registry = new Registry();
  if (own) collectDefaultMetrics({ register: registry });
  const made = { registers: [registry] };
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ ...made, name, help, labelNames });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) => new Gauge({ ...made, name, help, labelNames });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[], buckets: number[]) =>
    new Histogram({ ...made, name, help, labelNames, buckets });

  gauge('rollcall_info', 'The version that runs.', ['version']).set({ version }, 1);
  const runs = counter('rollcall_runs_total', 'Runs that ended.', ['profile', 'status']);
  const runSeconds = histogram('rollcall_run_seconds', 'How long runs took.', ['profile'], SECONDS);
  const lastRun = gauge('rollcall_last_run_timestamp_seconds', 'When the last run of a kind ended.', ['profile', 'status']);
  const phaseSeconds = histogram(
    'rollcall_phase_seconds',
    'From the first to the last sign of a phase of a run.',
    ['phase', 'connection'],
    SECONDS,
  );
  const objects = counter('rollcall_objects_total', 'Objects by what became of them, as runs count them.', [
    'connection',
    'outcome',
  ]);
  const standing = gauge('rollcall_objects', 'How objects stood at the end of the last run.', ['connection', 'state']);
  const notices = gauge('rollcall_notices', 'Notices of the last run: what somebody may have to look at.', [
    'connection',
    'kind',
  ]);
  const gateStops = counter('rollcall_gate_stops_total', 'Runs in which a gate of a connection held changes.', ['connection']);
  const faults = counter('rollcall_faults_total', 'Faults, by their kind.', ['kind', 'connection']);
  const listening = gauge('rollcall_listening', 'Whether a connection that is listened to is heard.', ['connection']);
  const rests = counter('rollcall_rests_total', 'Times a connection was left alone for a while.', ['connection', 'why']);
  const notifications = counter('rollcall_notifications_total', 'Messages to receivers of notifications.', [
    'receiver',
    'outcome',
  ]);
  const hooks = counter('rollcall_hooks_total', 'Requests that told of changes.', ['connection', 'outcome']);
  const items = gauge('rollcall_queue_items', 'What waits: exports (10,000 at most are counted), parked.', [
    'queue',
    'connection',
  ]);
  const ages = gauge('rollcall_queue_oldest_seconds', 'How long the oldest has waited: exports, parked, dirty.', [
    'queue',
    'connection',
  ]);
  const requests = histogram(
    'rollcall_http_request_seconds',
    'Requests by route.',
    ['method', 'route', 'status'],
    REQUEST_SECONDS,
  );
  const scim = counter('rollcall_scim_requests_total', 'Requests of identity providers.', ['method', 'route', 'status']);

  const dirty = createAges();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const queues = async (): Promise<void> => {
    const now = wall();
    // A clock that was set back looks again.
    if (now >= lookedAt && now - lookedAt < LOOK_MS) return;
    const waits = await look();
    lookedAt = now;
    items.reset();
    ages.reset();
    const set = (queue: string, all: Waits['parked']): void => {
      for (const { connection, count, oldest } of all) {
        const labels = { queue, connection: connection ?? '' };
        items.set(labels, count);
        if (oldest !== null) ages.set(labels, Math.max(0, now - oldest) / 1_000);
      }
    };
    set('exports', waits.exports);
    set('parked', waits.parked);
    ages.set({ queue: 'dirty', connection: '' }, dirty.look(waits.dirty.oldest, waits.dirty.newest, now) / 1_000);
  };

  /** Of the run at hand: first and last sign of each phase of a connection, ms. */
  const phases = new Map<string, { readonly phase: string; readonly connection: string; readonly first: number; last: number }>();
  const sign = (phase: string, connection: string): void => {
    const key = `${phase} ${connection}`;
    const known = phases.get(key);
    if (known) known.last = performance.now();
    else phases.set(key, { phase, connection, first: performance.now(), last: performance.now() });
  };
  const ran = (event: Extract<ServiceEvent, { what: 'run' }>): void => {
    const { profile, status } = event;
    runs.inc({ profile, status });
    runSeconds.observe({ profile }, event.elapsedMs / 1_000);
    lastRun.set({ profile, status }, wall() / 1_000);
    for (const counts of event.connections) {
      const { connection } = counts;
      for (const outcome of DONE) if (counts[outcome] > 0) objects.inc({ connection, outcome }, counts[outcome]);
    }
    const stopped = new Set(event.notices.flatMap(({ connection, kind }) => (kind === 'gate' ? [connection] : [])));
    for (const connection of stopped) gateStops.inc({ connection });
    if (!event.beside) stands(event);
  };
  /** How everything is at the end of a run over it. */
  const stands = (event: Extract<ServiceEvent, { what: 'run' }>): void => {
    for (const { phase, connection, first, last } of phases.values())
      phaseSeconds.observe({ phase, connection }, (last - first) / 1_000);
    phases.clear();
    for (const { connection, ...counts } of event.connections)
      for (const state of STANDS) standing.set({ connection, state }, counts[state]);
    notices.reset();
    for (const { connection, kind } of event.notices) notices.inc({ connection, kind });
  };

  return {
    contentType: registry.contentType,
    told(event) {
      if (event.what === 'run') ran(event);
      else if (event.what === 'progress') sign(event.progress.phase, event.progress.connection ?? '');
      else if (event.what === 'fault') faults.inc({ kind: event.fault.kind, connection: event.fault.where.connection ?? '' });
      else if (event.what === 'listens') listening.set({ connection: event.connection }, 1);
      else if (event.what === 'lost') listening.set({ connection: event.connection }, 0);
      else if (event.what === 'notified') notifications.inc({ receiver: event.receiver, outcome: event.outcome });
      else if (event.what === 'hook') hooks.inc({ connection: event.connection, outcome: event.outcome });
      else if (event.what === 'rests') rests.inc({ connection: event.connection, why: event.why });
    },
    answered({ method, route, status, ms }) {
      const labels = { method, route, status: String(status) };
      requests.observe(labels, ms / 1_000);
      if (route.startsWith('/scim/')) scim.inc(labels);
    },
    async text() {
      await queues();
      return await registry.metrics();
    },
    names: () => registry.getMetricsAsArray().map(({ name }) => name),
  };
}
