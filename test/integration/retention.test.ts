/** What is older than it is to be kept goes by night, which is noted; what is left of the audit log can be verified as ever. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditEvent } from '#audit/event';
import { seal } from '#audit/seal';
import type { Store } from '#store/contract';
import { type Served, served } from './served.ts';

const YAML = 'retention: 30d\naudit: { retention: 60d }\nconnections: {}\n';
const DAY = 86_400_000;
const NOW = Date.now();
const ANN = { kind: 'person', name: 'ann', token: null, source: null } as const;

async function prepare({ runs, audit, claims, info }: Store): Promise<void> {
  for (const days of [90, 40, 20]) {
    const now = NOW - days * DAY;
    const { id, epoch } = await runs.begin({ profile: 'cycle', by: 'ann', startedAt: now, now, rulesHash: '' });
    await runs.finish(id, epoch, { status: 'done', endedAt: now + 1, counts: '{}', rowsWritten: 0, believed: true });
    await audit.append([auditEvent({ at: now, action: 'run.start', actor: ANN, after: { profile: 'cycle' } })]);
    await seal({ audit, info }, now);
  }
  // The last night was the one before yesterday's.
  await claims.take({
    kind: 'schedule',
    name: 'what is too old',
    seen: 0,
    at: NOW - 2 * DAY,
    until: null,
    detail: '17 3 * * * UTC',
  });
}

let here: Served;
let kept: string;
beforeAll(async () => {
  here = await served(YAML, {}, async (store) => {
    await prepare(store);
    kept = (await store.audit.head())!.hash;
  });
});
afterAll(() => here?.close());

async function ask<Answer>(...argv: string[]): Promise<Answer> {
  return JSON.parse((await here.command(...argv, '--json')).out) as Answer;
}

type Event = Record<'seq' | 'action' | 'by' | 'as' | 'after', unknown>;

it('old runs and events go by night, by how much older they are than the newest', async () => {
  let events: readonly Event[] = [];
  do ({ events } = await ask<{ events: readonly Event[] }>('audit'));
  while (!events.some(({ action }) => action === 'audit.clean'));
  expect(events.map(({ seq, action, by, as }) => [seq, action, by, as])).toEqual([
    [5, 'audit.clean', 'rollcall', 'system'],
    [4, 'runs.clean', 'rollcall', 'system'],
    [3, 'run.start', 'ann', 'person'],
    [2, 'run.start', 'ann', 'person'],
  ]);
  expect(events.map(({ after }) => after).slice(0, 2)).toEqual([
    { before: expect.any(String), from: 1, to: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { before: expect.any(String), rows: 1 },
  ]);
  const { runs } = await ask<{ runs: readonly { run: number }[] }>('runs');
  expect(runs.map(({ run }) => run)).toEqual([3, 2]);
});

it('by a command it goes at once, and by whom is noted; what went already is nothing', async () => {
  const { code, out } = await here.command('clean');
  expect([code, out]).toEqual([0, expect.stringMatching(/^✓ 0 rows of runs .*\n✓ 0 events of the audit log .*\n$/)]);
  const file = path.join(here.folder, 'rollcall.yaml');
  const yaml = await readFile(file, 'utf8');
  await writeFile(file, yaml.replace('retention: 30d', 'retention: 10d'));
  await here.stop();
  expect(await ask('clean')).toMatchObject({ runs: { rows: 1 }, audit: { events: 0 } });
  const { events } = await ask<{ events: readonly Event[] }>('audit', '--action', 'runs.clean');
  expect(events.map(({ by, as }) => [by, as])).toEqual([
    ['ada', 'person'],
    ['rollcall', 'system'],
  ]);
  expect((await ask<{ runs: readonly { run: number }[] }>('runs')).runs.map(({ run }) => run)).toEqual([3]);
});

it('what is left is a chain that begins later, and goes on', async () => {
  const { first, findings } = await ask<{ first: unknown; findings: unknown }>('audit', 'verify', '--kept', kept);
  expect({ first, findings }).toEqual({ first: 2, findings: [] });
});
