import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAges } from './ages.ts';
import { createMetrics } from './metrics.ts';

const NONE = { dirty: { oldest: null, newest: 0 }, exports: [], parked: [] } as const;
const counts = {
  ...{
    seen: 9,
    added: 2,
    changed: 0,
    gone: 0,
    joined: 0,
    projected: 0,
    adopted: 0,
    created: 0,
    updated: 0,
    disabled: 0,
    deleted: 0,
  },
  ...{ observed: 0, parked: 1, held: 4, failed: 0, waiting: 3, written: 2 },
  ...{ provenByDigest: 0, provenByAnswer: 0, provenByLookup: 0, provenByDelta: 0, provenByRead: 0 },
};
const RUN = {
  what: 'run',
  beside: false,
  run: 7,
  profile: 'cycle',
  status: 'warnings',
  elapsedMs: 2_500,
  connections: [{ connection: 'ad', ...counts }],
  faultCount: 0,
  failed: [],
  notices: [
    { kind: 'gate', connection: 'ad', message: '', remedy: '', hold: 1 },
    { kind: 'gate', connection: 'ad', message: '', remedy: '', hold: 2 },
  ],
} as const;

test('what happened is counted, by names of the file and closed lists alone', async () => {
  let now = 1_000_000;
  let looks = 0;
  const metrics = createMetrics({
    version: '1.2.3',
    wall: () => now,
    process: false,
    look: async () => {
      looks++;
      return {
        dirty: { oldest: 5, newest: 9 },
        exports: [{ connection: 'ad', count: 3, oldest: now - 60_000 }],
        parked: [{ connection: null, count: 1, oldest: null }],
      };
    },
  });
  metrics.told({ what: 'progress', progress: { phase: 'import', connection: 'hr', done: 1, total: null } });
  for (let i = 0; i < 2; i++) metrics.told(RUN);
  // What goes on beside says nothing of how everything stands.
  const pushed = { ...counts, seen: 2, parked: 0, held: 0, waiting: 0 };
  metrics.told({ ...RUN, profile: 'push', beside: true, notices: [], connections: [{ connection: 'ad', ...pushed }] });
  metrics.told({ what: 'fault', fault: { kind: 'unavailable', message: 'secret', where: { connection: 'ad', object: 'zoe' } } });
  metrics.answered({ method: 'GET', route: '/scim/:connection/v2/Users', status: 200, ms: 12 });
  metrics.told({ what: 'hook', connection: 'hr', outcome: 'done' });
  metrics.told({ what: 'notified', receiver: 'admins', outcome: 'failed' });
  const text = await metrics.text();
  for (const line of [
    'rollcall_info{version="1.2.3"} 1',
    'rollcall_runs_total{profile="cycle",status="warnings"} 2',
    'rollcall_run_seconds_sum{profile="cycle"} 5',
    'rollcall_phase_seconds_count{phase="import",connection="hr"} 1',
    'rollcall_objects_total{connection="ad",outcome="seen"} 20',
    'rollcall_runs_total{profile="push",status="warnings"} 1',
    'rollcall_objects{connection="ad",state="held"} 4',
    'rollcall_notices{connection="ad",kind="gate"} 2',
    'rollcall_gate_stops_total{connection="ad"} 2',
    'rollcall_faults_total{kind="unavailable",connection="ad"} 1',
    'rollcall_hooks_total{connection="hr",outcome="done"} 1',
    'rollcall_notifications_total{receiver="admins",outcome="failed"} 1',
    'rollcall_queue_items{queue="exports",connection="ad"} 3',
    'rollcall_queue_oldest_seconds{queue="exports",connection="ad"} 60',
    'rollcall_queue_items{queue="parked",connection=""} 1',
    'rollcall_queue_oldest_seconds{queue="dirty",connection=""} 0',
    'rollcall_http_request_seconds_count{method="GET",route="/scim/:connection/v2/Users",status="200"} 1',
    'rollcall_scim_requests_total{method="GET",route="/scim/:connection/v2/Users",status="200"} 1',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).not.toMatch(/secret|zoe/);
  now += 9_999;
  await metrics.text();
  expect(looks).toBe(1);
  now += 1;
  expect(await metrics.text()).toContain('rollcall_queue_oldest_seconds{queue="dirty",connection=""} 10');
  expect(looks).toBe(2);
});

test('a queue that is empty again is shown no more', async () => {
  let now = 0;
  let waits: Awaited<ReturnType<Parameters<typeof createMetrics>[0]['look']>> = {
    ...NONE,
    exports: [{ connection: 'ad', count: 3, oldest: 0 }],
  };
  const metrics = createMetrics({ version: '', wall: () => now, process: false, look: async () => waits });
  expect(await metrics.text()).toContain('connection="ad"');
  waits = NONE;
  now = 20_000;
  expect(await metrics.text()).not.toContain('connection="ad"');
});

test('the age of a number is never more than the time since it was given, and less by one look at most', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 20 }), (steps) => {
      const ages = createAges();
      const givenAt: number[] = [];
      let now = 0;
      let oldest = 0;
      let looked = 0;
      for (const [more, done] of steps) {
        const before = looked;
        looked = now += 10;
        for (let i = 0; i < more; i++) givenAt.push(before);
        oldest = Math.min(givenAt.length, oldest + done);
        const waits = oldest < givenAt.length;
        const age = ages.look(waits ? oldest + 1 : null, givenAt.length, now);
        if (!waits) expect(age).toBe(0);
        else {
          expect(age).toBeLessThanOrEqual(now - givenAt[oldest]!);
          expect(age).toBeGreaterThanOrEqual(now - givenAt[oldest]! - 10);
        }
      }
    }),
  );
});
