/** SEMANTICS 16 and STORE 6 with real processes on one PostgreSQL store: what they do at once ends as one after the other. */
import { afterEach, expect } from 'vitest';
import { testOnPostgres } from '../servers/postgres.ts';
import { endState } from './several/end.ts';
import { type House, house, type Process } from './several/house.ts';
import { change, deeds, NEW, PEOPLE, PEOPLED_YAML, peopled } from './several/people.ts';

const NOW = Date.UTC(2026, 0, 12, 8);
/** Pushes and edits on their way at once. */
const CLIENTS = 16;

const houses: House[] = [];
afterEach(async () => {
  for (const one of houses.splice(0)) await one.close();
});

async function opened(tag: string): Promise<House> {
  const one = await house(PEOPLED_YAML(tag), tag, NOW);
  houses.push(one);
  await peopled(one, await one.process());
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
    const after = await opened('after');
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

    const here = await opened('here');
    const [a, b, c] = [await here.process(), await here.process(), await here.process()];
    change(here, todo);
    // The first reads while the others ask: one waits for its run to end, what the other has is handed over.
    const begun = Promise.withResolvers<void>();
    here.hold('read', begun.promise);
    const first = a.run({ profile: 'whole' });
    await a.reaches('import');
    const waits = b.waits();
    const second = b.run({ profile: 'whole' });
    expect(await waits).toMatchObject({ pid: a.pid });
    const deedsDone = all(todo, c);
    begun.resolve();
    const reports = await Promise.all([first, second]);
    expect(reports.map(({ status }) => status)).toEqual(['done', 'done']);
    await deedsDone;
    // A read leaves alone whom a push touched meanwhile: what else it had of them comes with the next one.
    await a.run({ profile: 'full-import' });
    await b.run();
    expect(await endState(here)).toEqual(await endState(after));
    expect(here.system('dir').counts).toMatchObject({ created: PEOPLE + NEW, deleted: 0 });
    const quiet = await c.run();
    expect(quiet).toMatchObject({ status: 'done', rowsWritten: 0 });
  },
);
