/** SEMANTICS 16 and STORE 6 with real processes on one PostgreSQL store: what they do at once ends as one after the other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect } from 'vitest';
import { hold } from '#decisions/hold';
import type { PushRequest } from '#runs/index';
import { testOnPostgres, withClient } from '../servers/postgres.ts';
import { endState } from './end-state.ts';
import { type House, house, type Process } from './several/house.ts';
import { change, deeds, idOf, NEW, PEOPLE, PEOPLED_YAML, peopled } from './several/people.ts';
import type { Answer } from './several/words.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const NOW = Date.UTC(2026, 0, 12, 8);
const HOUR = 3_600_000;
/** Pushes and edits on their way at once. */
const CLIENTS = 16;

const houses: House[] = [];
afterEach(async () => {
  for (const one of houses.splice(0)) await one.close();
});

async function opened(tag: string, count: number): Promise<House> {
  const one = await house(PEOPLED_YAML(tag), tag, NOW);
  houses.push(one);
  await peopled(one, await one.process(), count);
  return one;
}

/** `done`: called after each. */
function all(todo: ReturnType<typeof deeds>, where: Process, done: () => void = () => undefined): Promise<unknown> {
  return Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (const [i, deed] of todo.entries()) {
        if (i % CLIENTS !== client) continue;
        if (deed.what === 'edit') expect(await where.edit(deed.anchor, 'title', deed.title)).toEqual({ status: 'done' });
        else expect(await where.push({ by: 'webhook', ...deed.push })).toEqual({ faults: [], status: 'done' });
        done();
      }
    }),
  );
}

testOnPostgres(
  'two full runs in two processes, pushes and edits in a third, on the same people: as one after the other',
  async () => {
    const todo = deeds();
    const after = await opened('after', PEOPLE);
    const one = await after.process();
    await all(
      todo.filter(({ what }) => what === 'edit'),
      one,
    );
    change(after, todo);
    for (const profile of ['whole', 'whole']) expect((await one.run({ profile })).status).toBe('done');
    await all(
      todo.filter(({ what }) => what === 'push'),
      one,
    );
    await one.run();

    const here = await opened('here', PEOPLE);
    const [a, b, c] = [await here.process(), await here.process(), await here.process()];
    change(here, todo);
    // The first reads while the others ask: one waits for its run to end, what the other has is handed over.
    const read = here.hold('read');
    const first = a.run({ profile: 'whole' });
    await read.asked;
    const waits = b.waits();
    const second = b.run({ profile: 'whole' });
    expect(await waits).toMatchObject({ pid: a.pid });
    let beside = 0;
    let goes = true;
    const deedsDone = all(todo, c, () => {
      if (goes) beside++;
    });
    read.go();
    const reports = await Promise.all([first, second]);
    goes = false;
    expect(reports).toMatchObject([
      { status: 'done', faults: [], notices: [] },
      { status: 'done', faults: [], notices: [] },
    ]);
    await deedsDone;
    // Otherwise nothing happened side by side.
    expect(beside).toBeGreaterThan(todo.length / 10);
    // A read leaves alone whom a push touched meanwhile: what else it had of them comes with the next one.
    await a.run({ profile: 'full-import' });
    await b.run();
    expect(await endState(here.store, here.system('dir'))).toEqual(await endState(after.store, after.system('dir')));
    expect(here.system('dir').counts).toMatchObject({ created: PEOPLE + NEW, deleted: 0 });
    const quiet = await c.run();
    expect(quiet).toMatchObject({ status: 'done', rowsWritten: 0 });
  },
);

const sql = (here: House, text: string): Promise<readonly object[]> =>
  withClient(here.url, async (client) => {
    await client.query('set search_path = rollcall');
    return (await client.query(text)).rows;
  });

const renamed = (i: number, name: string): PushRequest => ({
  connection: 'hr',
  change: { op: 'patch', kind: 'person', anchor: idOf(i), set: { name } },
  by: 'webhook',
});

const names = (here: House): { readonly [anchor: string]: unknown } =>
  Object.fromEntries(
    here
      .system('dir')
      .objects()
      .map(({ anchor, attributes }) => [anchor, attributes['cn']]),
  );

testOnPostgres('the one that runs is killed: the one that waits goes on at once, and each account is made once', async () => {
  const here = await opened('killed', 3);
  const [a, b] = [await here.process(), await here.process()];
  here.system('hr').put('person', 'E9', { id: 'E9', name: 'New', title: 'Clerk' });
  const write = here.hold('write');
  const first = a.run();
  first.catch(() => undefined);
  await write.asked;
  const waits = b.waits();
  const second = b.run();
  expect(await waits).toMatchObject({ pid: a.pid });
  await a.kill();
  expect((await second).status).toBe('done');
  // It was let go by the connection's end: by its lease it would still be there.
  expect(
    await sql(here, 'select pid from tenure where lease_until > extract(epoch from clock_timestamp()) * 1000 order by pid'),
  ).toEqual([{ pid: String(a.pid) }, { pid: String(b.pid) }].sort((one, other) => (one.pid < other.pid ? -1 : 1)));
  // What the killed one had asked for is done after its death.
  write.go();
  here.time = NOW + HOUR;
  const c = await here.process();
  for (let i = 0; i < 2; i++) await c.run();
  expect(names(here)['E9']).toBe('New');
  expect(here.system('dir').counts.created).toBe(4);
  expect(await c.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
});

/** What the command line says until it has said this; then it is told to end. Answers its exit code, and all that it said. */
async function interrupted(here: House, saying: string): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn(process.execPath, ['--conditions=source', MAIN, '-c', here.file, 'run'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  for await (const chunk of child.stderr) {
    const before = said;
    said += String(chunk);
    if (!before.includes(saying) && said.includes(saying)) child.kill('SIGINT');
  }
  return { code: child.exitCode ?? (await once(child, 'exit'))[0], said };
}

testOnPostgres('Ctrl-C ends the waiting: nothing was done', async () => {
  const here = await opened('stopped', 1);
  const [a, b] = [await here.process(), await here.process()];
  const read = here.hold('read');
  const first = a.run();
  await read.asked;
  const waits = b.waits();
  const second = b.run();
  await waits;
  const before = (await here.store.runs.list({ limit: 9 })).length;
  const { code, said } = await interrupted(here, `Waiting for Rollcall 0.1.0 (process ${a.pid} on `);
  expect({ code, said }).toEqual({ code: 130, said: expect.stringContaining('✗ ended while it waited for Rollcall') });
  expect(said).toMatch(/^Waiting for .* since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)\) to end its run/m);
  // Nothing is at hand that it could end after.
  expect(said).not.toContain('Stopping');
  await b.interrupt();
  await expect(second).rejects.toThrow(/ended while it waited for Rollcall .*: nothing was done/);
  expect(await here.store.runs.list({ limit: 9 })).toHaveLength(before);
  read.go();
  expect((await first).status).toBe('done');
  expect((await b.run()).status).toBe('done');
});

testOnPostgres(
  'what was handed over to one that is killed is kept, and done by whoever handed it over: staged or not',
  async () => {
    const here = await opened('handed', 3);
    const [a, b] = [await here.process(), await here.process()];
    const read = here.hold('read');
    a.run().catch(() => undefined);
    await read.asked;
    // The first is staged and on its way to the target, the second is not even looked at.
    const write = here.hold('write');
    const staged = b.staged();
    const first = b.push(renamed(1, 'First'));
    await staged;
    await write.asked;
    a.signal('SIGSTOP');
    const second = b.push(renamed(2, 'Second'));
    while ((await sql(here, 'select from handed where taken is null')).length !== 1);
    await a.kill();
    expect(await second).toEqual({ faults: [], status: 'done' });
    expect(['done', 'warnings']).toContain((await first).status);
    expect(names(here)[idOf(2)]).toBe('Second');
    expect(await sql(here, 'select from handed')).toEqual([]);
    write.go();
    // The source says so, too.
    here.system('hr').edit('person', idOf(1), { name: 'First' });
    here.system('hr').edit('person', idOf(2), { name: 'Second' });
    here.time = NOW + HOUR;
    const c = await here.process();
    for (let i = 0; i < 2; i++) await c.run();
    expect(names(here)).toMatchObject({ [idOf(1)]: 'First', [idOf(2)]: 'Second' });
    expect(await c.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  },
);

testOnPostgres(
  'pushes of one object keep the order of the calls, wherever each is worked out; what is wrong is said',
  async () => {
    const here = await opened('order', 3);
    const [a, b] = [await here.process(), await here.process()];
    const pushes: Promise<Answer>[] = [];
    for (let i = 1; i <= 4; i++) {
      // Some while the other one runs, some while nobody does.
      const read = here.hold('read');
      const run = a.run();
      await read.asked;
      for (let n = 1; n <= 5; n++) pushes.push(b.push(renamed(1, `Name ${i}.${n}`)));
      read.go();
      for (let n = 6; n <= 9; n++) pushes.push(b.push(renamed(1, `Name ${i}.${n}`)));
      await run;
      for (const done of await Promise.all(pushes.splice(0))) expect(done).toEqual({ faults: [], status: 'done' });
      expect(names(here)[idOf(1)]).toBe(`Name ${i}.9`);
    }
    const read = here.hold('read');
    const run = a.run();
    await read.asked;
    const { faults } = await b.push({ ...renamed(1, ''), change: { kind: 'person', anchor: '\u0000', attributes: {} } });
    expect(faults).toMatchObject([{ kind: 'invalidValue', where: { connection: 'hr' } }]);
    await expect(b.push({ ...renamed(1, ''), connection: 'nowhere' })).rejects.toThrow("There is no connection 'nowhere'");
    await hold('hr', { by: 'Ada', reason: 'HR migrates', at: NOW }, here);
    await expect(b.push(renamed(1, 'Held'))).rejects.toThrow('hr is held: nothing is taken from it');
    read.go();
    await run;
  },
);
