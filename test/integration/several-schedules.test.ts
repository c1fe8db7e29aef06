/** SEMANTICS 16: schedules over several processes on one PostgreSQL store. */
import { afterEach, expect } from 'vitest';
import { testOnPostgres } from '../servers/postgres.ts';
import { accounts, FEW_YAML, hire, NUMBERS } from './several/few.ts';
import { type House, house } from './several/house.ts';

const NOW = Date.UTC(2026, 0, 12, 8);
const MINUTE = 60_000;

let here: House;
afterEach(() => here.close());

testOnPostgres(
  'one process starts what is due; when it stands still before that another one does, and it finds out',
  async () => {
    here = await house(
      JSON.stringify({ ...JSON.parse(FEW_YAML('lookup', 'kept')), schedule: { '*': '0 * * * *' } }),
      'kept',
      NOW + MINUTE,
    );
    const { claims } = here.store;
    const [a, b] = [await here.process(), await here.process()];
    await a.run();
    await here.store.spaces.saveState('dir', { mode: 'on' }, null);
    hire(here);
    await claims.take({ kind: 'schedule', name: '*', seen: 0, at: NOW - MINUTE, until: null, detail: '0 * * * * UTC' });

    const first = a.keep('claimed');
    await a.stopped();
    // Whoever has it may only be slow.
    const beside = b.keep();
    here.time = NOW + 3 * MINUTE;
    const c = await here.process();
    const second = c.keep();
    await expect.poll(() => claims.get('schedule', '*'), { timeout: 20_000 }).toMatchObject({ number: 3, outcome: 'done' });
    expect(accounts(here)).toEqual(NUMBERS);
    const done = (await claims.get('schedule', '*'))!;

    a.signal('SIGCONT');
    await expect
      .poll(async () => (await here.store.runs.list({ limit: 1 }))[0], { timeout: 30_000 })
      .toMatchObject({ by: 'schedule', status: 'failed' });
    for (const one of [a, b, c]) await one.interrupt();
    for (const events of [first, second]) expect((await events).map((event) => event.what)).toEqual(['due', 'ran', 'over']);
    expect(await beside).toEqual([]);
    // It did nothing, and noted nothing.
    expect(await claims.get('schedule', '*')).toEqual(done);
    const [late] = await here.store.runs.list({ limit: 1 });
    const [{ fault } = { fault: null }] = await here.store.runs.errors(late!.id, { limit: 1 });
    expect(fault).toMatchObject({ kind: 'conflict', message: 'another process works on the schedule of * by now' });
    expect(accounts(here)).toEqual(NUMBERS);
  },
);
