/**
 * The PostgreSQL server of a store dies in the middle of a run, and is started again before the process notices, or after. The run goes
 * on by itself or ends with an error that says what happened; the next one ends as if nothing had been: as it does where no server died. Accounts are counted in the target.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StagedRow } from '#store/contract';
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts';
import { withClient, within } from '../servers/postgres.ts';
import { REQUIRED } from '../servers/required.ts';
import { endState } from './end-state.ts';
import { accounts, FEW_YAML, hire, NUMBERS } from './several/few.ts';
import { type House, house, type Process } from './several/house.ts';

const NOW = Date.UTC(2026, 0, 12, 8);
const HOUR = 3_600_000;

let server: PostgresServer | undefined;
let missing = '';
beforeAll(async () => {
  try {
    server = await startPostgres({ install: REQUIRED });
  } catch (error) {
    if (REQUIRED) throw error;
    missing = (error as Error).message;
  }
});
afterAll(() => server?.stop());

type Phase = 'import' | 'sync' | 'export' | 'confirm';

/** Begins a run and brings it there; `go` lets it go on. */
async function reached(
  phase: Phase,
  here: House,
  by: Process,
): Promise<{ readonly run: Promise<unknown>; readonly go: () => void }> {
  if (phase === 'sync') {
    const run = by.run({}, 'committing');
    await by.stopped();
    return { run, go: () => by.signal('SIGCONT') };
  }
  const first = here.hold(phase === 'import' ? 'read' : 'write');
  const run = by.run();
  await first.asked;
  if (phase !== 'confirm') return { run, go: first.go };
  const second = here.hold('read');
  first.go();
  await second.asked;
  return { run, go: second.go };
}

/** How a run may end. */
const CLEAR =
  /^(done|warnings|the connection to PostgreSQL was lost: .*|PostgreSQL cannot be reached: .*|epoch \d+ is over: .*)$/;

async function endOf(run: Promise<unknown>): Promise<string> {
  try {
    const { status, faults } = (await run) as Awaited<ReturnType<Process['run']>>;
    return status === 'failed' ? faults[0]!.message : status;
  } catch (error) {
    return (error as Error).message;
  }
}

/** False of what is left of a wish for an account that was found to be there. */
const isMore = (account: StagedRow): boolean => account.anchor !== null || account.presence !== 'gone' || account.export !== null;

/** What there is when the server lives: worked out once. */
let alive: Promise<unknown> | undefined;

async function undisturbed(): Promise<unknown> {
  const here = await opened('undisturbed');
  try {
    for (const time of [NOW, NOW + HOUR]) {
      here.time = time;
      const one = await here.process();
      if (time === NOW) await begin(here, one);
      for (let i = 0; i < 2; i++) await one.run();
      await one.end();
    }
    return await endState(here.store, here.system('dir'), isMore);
  } finally {
    await here.close();
  }
}

async function opened(name: string): Promise<House> {
  await withClient(server!.url, (client) => client.query(`create database ${name}`));
  return await house(FEW_YAML('idempotencyKey', name, 'silent'), name, NOW, within(server!.url, name));
}

/** The target is on, and people are hired. */
async function begin(here: House, by: Process): Promise<void> {
  await by.run();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  hire(here);
}

test.for([
  ['import', 'before', 'kill'],
  ['sync', 'after', 'kill'],
  ['export', 'before', 'crash'],
  ['export', 'after', 'crash'],
  ['confirm', 'after', 'kill'],
] as const)('in the middle of %s, started again %s it is noticed (%s)', async ([phase, again, how], { skip }) => {
  if (server === undefined) skip(`no PostgreSQL: ${missing}`);
  alive ??= undisturbed();
  const expected = await alive;
  const here = await opened(`${phase}_${again}`);
  try {
    const [a, b] = [await here.process(), await here.process()];
    await begin(here, a);
    const { run, go } = await reached(phase, here, a);
    const waits = b.waits();
    const second = b.run();
    for (const one of [run, second]) one.catch(() => undefined);
    await waits;
    await server![how]();
    if (again === 'before') await server!.start();
    go();
    const ends = [endOf(run), endOf(second)];
    if (again === 'after') {
      expect(await ends[0]).not.toMatch(/^(done|warnings)$/);
      await server!.start();
    }
    for (const end of ends) expect(await end).toMatch(CLEAR);
    // Both processes go on with the server that is there now.
    await a.run();
    await b.run();
    for (const one of [a, b]) await one.end();
    here.time = NOW + HOUR;
    const c = await here.process();
    for (let i = 0; i < 2; i++) await c.run();
    expect(accounts(here)).toEqual(NUMBERS);
    expect(await c.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
    expect(await endState(here.store, here.system('dir'), isMore)).toEqual(expected);
    expect((await here.store.runs.list({ limit: 50 })).filter(({ status }) => status === 'running')).toEqual([]);
  } finally {
    await here.close();
  }
});
