/**
 * The PostgreSQL server of a store dies in the middle of a run, and is started again before the process notices, or after. The run goes
 * on by itself or ends with an error that says what happened; the next one ends as if nothing had been. Accounts are counted in the target.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts';
import { withClient, within } from '../servers/postgres.ts';
import { REQUIRED } from '../servers/required.ts';
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

test.for([
  ['import', 'before', 'kill'],
  ['sync', 'after', 'kill'],
  ['export', 'before', 'crash'],
  ['export', 'after', 'crash'],
  ['confirm', 'after', 'kill'],
] as const)('in the middle of %s, started again %s it is noticed (%s)', async ([phase, again, how], { skip }) => {
  if (server === undefined) skip(`no PostgreSQL: ${missing}`);
  const name = `${phase}_${again}`;
  await withClient(server!.url, (client) => client.query(`create database ${name}`));
  const here = await house(FEW_YAML('idempotencyKey', name, 'silent'), name, NOW, within(server!.url, name));
  try {
    const [a, b] = [await here.process(), await here.process()];
    await a.run();
    await here.store.spaces.saveState('dir', { mode: 'on' }, null);
    hire(here);
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
    const people = await here.store.sync.scanObjects({ after: 0, limit: 100, kind: 'person' });
    const rows = await here.store.sync.linked(people.map(({ id }) => id));
    const linked = rows.filter(({ presence }) => presence === 'present');
    expect(linked.map(({ connection, export: wish }) => [connection, wish]).sort()).toEqual(
      [...NUMBERS.map(() => ['dir', null]), ...NUMBERS.map(() => ['hr', null])].sort(),
    );
    expect((await here.store.runs.list({ limit: 50 })).filter(({ status }) => status === 'running')).toEqual([]);
  } finally {
    await here.close();
  }
});
