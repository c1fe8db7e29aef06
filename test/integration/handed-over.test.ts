/** Pushes that are handed over (docs/decisions/0012), with the other processes played by the test: what is begun when, and what again. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Superseded } from '#core/errors';
import { edited, type PushRequest, push, run } from '#runs/index';
import type { Services } from '#runs/model';
import type { Handed, News, Store } from '#store/contract';
import { type StoreFaultRule, withStoreFaults } from '#store/fault-injection';
import { requestText } from '../../src/runs/request-text.ts';
import { type Firm, firm } from './firm.ts';

const YAML = `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } }
  dir:
    type: memory
    system: dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person:
        provision: true
        anchor: employeeId
        attributes: { number: employeeId, cn: displayName }
`;

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML);
  here.system('hr').put('person', 'a', { id: 'E1', name: 'First' });
  await here.first();
});
afterEach(() => here.close());

interface Others {
  readonly services: Services;
  readonly rows: { -readonly [field in keyof Handed]: Handed[field] }[];
  /** What was asked of the store, in order. */
  readonly log: string[];
  /** Somebody waits for their run from here on. */
  want(): void;
  tell(news: News): void;
}

/** The store with others beside it: `tries` is whether the tenure is had, from then on it is; `handing` is what handing over waits for. */
function beside(tries: boolean[], handing: Promise<void>): Others {
  const rows: Others['rows'] = [];
  const log: string[] = [];
  const listeners = new Set<(news: News) => void>();
  let wanted = false;
  const several: NonNullable<Store['several']> = {
    get wanted() {
      return wanted;
    },
    take: async () => void log.push('take'),
    async tryTake() {
      log.push('try');
      return tries.shift() ?? true;
    },
    async leave() {
      log.push('leave');
      wanted = false;
    },
    async hand(request) {
      log.push('hand');
      await handing;
      log.push('handed');
      rows.push({ id: String(rows.length), request, taken: null, settled: null });
      return String(rows.length - 1);
    },
    handed: async (ids) => rows.filter((row) => (ids === undefined ? row.settled === null : ids.includes(row.id))),
    async note(id, what) {
      Object.assign(rows.find((row) => row.id === id)!, what);
    },
    forget: async () => undefined,
    onNews(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const want = (): void => {
    wanted = true;
  };
  const tell = (news: News): void => {
    for (const listener of [...listeners]) listener(news);
  };
  return { services: { config: here.config, store: { ...here.store, several }, wall: () => here.now }, rows, log, want, tell };
}

/** The same, where these operations fail once, with `unavailable`. */
function failing(services: Services, ...rules: readonly Omit<StoreFaultRule, 'do'>[]): Services {
  const script = rules.map((rule): StoreFaultRule => ({ times: 1, ...rule, do: { refuse: 'busy' } }));
  return { ...services, store: withStoreFaults(services.store, { script }) };
}

/** The first that is sent waits for this. */
function sendsFirst(services: Services, waits: () => Promise<void>): Services {
  const { take } = services.store.exports;
  let calls = 0;
  const slow: typeof take = async (request) => {
    if (calls++ === 0) await waits();
    return await take(request);
  };
  return { ...services, store: { ...services.store, exports: { ...services.store.exports, take: slow } } };
}

const CYCLE = () => ({ profile: 'cycle', connections: null, by: 'test', now: here.now });

const named = (name: string): PushRequest => ({
  connection: 'hr',
  change: { op: 'patch', kind: 'person', anchor: 'a', set: { name } },
  by: 'webhook',
});

/** Everything that could begin has begun. */
const begun = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const inTarget = (): unknown =>
  here
    .system('dir')
    .objects()
    .map(({ attributes }) => attributes['cn']);

it('a later push of the same object begins when the earlier one is kept, and comes after it', async () => {
  const gate = Promise.withResolvers<void>();
  const { services, log, rows } = beside([false], gate.promise);
  const both = [push(named('Second'), services), push(named('Third'), services)];
  for (let i = 0; i < 5; i++) await begun();
  expect(log).toEqual(['try', 'hand']);
  gate.resolve();
  for (const one of both) expect((await (await one).settled).status).toBe('done');
  expect(log.slice(0, 4)).toEqual(['try', 'hand', 'handed', 'try']);
  expect(rows).toMatchObject([
    { taken: expect.stringContaining('"faults":[]'), settled: expect.stringContaining('"status":"done"') },
  ]);
  expect(inTarget()).toEqual(['Third']);
});

it('what a process that died had staged is looked at again, not staged again', async () => {
  const { services, rows } = beside([], Promise.resolve());
  expect((await (await push(named('Second'), services)).settled).status).toBe('done');
  const request = requestText({ push: named('Long ago') });
  rows.push({ id: '0', request, taken: '{"run":1,"faults":[]}', settled: null });
  const other: PushRequest = { ...named(''), change: { kind: 'person', anchor: 'b', attributes: { id: 'E2', name: 'Other' } } };
  expect((await (await push(other, services)).settled).status).toBe('done');
  while (rows[0]!.settled === null) await begun();
  expect(inTarget()).toEqual(['Second', 'Other']);
});

it('what was kept and not staged goes first, and what cannot be carried out is said to whoever asked', async () => {
  const { services, rows } = beside([], Promise.resolve());
  const handed = (id: string, request: PushRequest): void => {
    rows.push({ id, request: requestText({ push: request }), taken: null, settled: null });
  };
  handed('0', named('Second'));
  handed('1', { ...named('Nobody'), connection: 'gone' });
  expect((await (await push(named('Third'), services)).settled).status).toBe('done');
  while (rows.some(({ settled }) => settled === null)) await begun();
  expect(inTarget()).toEqual(['Third']);
  const said = expect.stringContaining(`There is no connection 'gone'`);
  expect(rows[1]).toMatchObject({ taken: said, settled: said });
});

it('while somebody waits for their run, no later push keeps the tenure from them: it is handed over', async () => {
  const { services, log, want } = beside([], Promise.resolve());
  const gate = Promise.withResolvers<void>();
  const held = sendsFirst(services, () => gate.promise);
  const first = await push(named('Second'), held);
  want();
  const second = push(named('Third'), held);
  for (let i = 0; i < 5; i++) await begun();
  expect(log).toEqual(['try', 'hand', 'handed']);
  gate.resolve();
  expect((await first.settled).status).toBe('done');
  expect((await (await second).settled).status).toBe('done');
  expect(log.slice(0, 5)).toEqual(['try', 'hand', 'handed', 'leave', 'try']);
  expect(inTarget()).toEqual(['Third']);
});

it('who joins the tenure and cannot look what waits there leaves it again', async () => {
  const { services, log } = beside([], Promise.resolve());
  const held = failing(services, { on: 'several.handed', after: 1, times: 2 });
  const first = await push(named('Second'), held);
  await expect(push(named('Third'), held)).rejects.toThrow('the store is busy');
  await expect(run(CYCLE(), held)).rejects.toThrow('the store is busy');
  expect((await first.settled).status).toBe('done');
  await begun();
  expect(log).toEqual(['try', 'leave']);
});

it('whoever handed something over waits for it through an outage of the store: nobody has to push it twice', async () => {
  const { services, rows } = beside([false], Promise.resolve());
  const asks = failing(services, { on: 'several.handed' }, { on: 'several.tryTake', after: 1 }, { on: 'several.forget' });
  const pushed = await push(named('Second'), asks);
  expect(pushed.faults).toEqual([]);
  expect((await pushed.settled).status).toBe('done');
  expect(rows).toHaveLength(1);
});

it('what was taken and cannot be carried to its end is said to whoever asked, and was taken all the same', async () => {
  const { services, rows } = beside([false], Promise.resolve());
  const script: StoreFaultRule[] = [{ on: 'runs.finish', times: 1, do: { refuse: 'damaged' } }];
  const pushed = await push(named('Second'), { ...services, store: withStoreFaults(services.store, { script }) });
  expect(pushed).toMatchObject({ faults: [] });
  await expect(pushed.settled).rejects.toThrow(/damaged/);
  expect(rows[0]).toMatchObject({ taken: expect.stringContaining('"faults":[]'), settled: expect.stringContaining('damaged') });
});

it('what is not kept any more is not waited for', async () => {
  const { services, rows, tell } = beside([false, false], Promise.resolve());
  const pushed = push(named('Second'), services);
  while (rows.length === 0) await begun();
  rows.pop();
  tell('noted');
  await expect(pushed).rejects.toThrow('what was handed over to another process is not kept any more');
});

it('a tenure that others have put out is not joined: pushes go to whoever has it, runs take it anew', async () => {
  const { services, log, tell } = beside([], Promise.resolve());
  const gate = Promise.withResolvers<void>();
  const held = sendsFirst(services, () => gate.promise);
  const first = await push(named('Second'), held);
  tell('out');
  const second = push(named('Third'), held);
  const cycle = run(CYCLE(), held);
  for (let i = 0; i < 5; i++) await begun();
  expect(log).toEqual(['try', 'hand', 'handed']);
  gate.resolve();
  await first.settled;
  expect((await (await second).settled).status).toBe('done');
  expect((await cycle).status).toBe('done');
  expect(log.slice(0, 4)).toEqual(['try', 'hand', 'handed', 'leave']);
  expect(log).toContain('take');
});

it('of pushes that come at once, one asks for the tenure', async () => {
  const gate = Promise.withResolvers<void>();
  const { services, log } = beside([false], gate.promise);
  const both = ['a', 'b'].map((anchor) => push({ ...named('Second'), change: { ...named('Second').change, anchor } }, services));
  for (let i = 0; i < 5; i++) await begun();
  expect(log).toEqual(['try', 'hand', 'hand']);
  gate.resolve();
  for (const one of both) await (await one).settled;
});

it.each(['runs.begin', 'several.note'] as const)(
  'what was handed over is begun though %s fails once, and staged once',
  async (on) => {
    const { services, rows } = beside([], Promise.resolve());
    rows.push({ id: '0', request: requestText({ push: { ...named('Second'), by: 'other' } }), taken: null, settled: null });
    let staged = 0;
    const { stage } = services.store.spaces;
    const counting: typeof stage = async (...input) => {
      staged++;
      return await stage(...input);
    };
    const { finish } = services.store.runs;
    const last: typeof finish = async (...input) => {
      // Where it is not even begun, somebody else's push keeps the tenure until it is.
      while (on === 'runs.begin' && staged < 2) await begun();
      await finish(...input);
    };
    const { spaces, runs } = services.store;
    const counted = {
      ...services,
      store: { ...services.store, spaces: { ...spaces, stage: counting }, runs: { ...runs, finish: last } },
    };
    const other: PushRequest = { ...named(''), change: { kind: 'person', anchor: 'b', attributes: { id: 'E2', name: 'Other' } } };
    const pushed = await push(other, failing(counted, { on }));
    expect((await pushed.settled).status).toBe('done');
    while (rows[0]!.settled === null) await begun();
    expect(rows[0]).toMatchObject({ settled: expect.stringContaining('"status":"done"') });
    expect(inTarget()).toEqual(['Second', 'Other']);
    expect(staged).toBe(2);
  },
);

it('a run ends after what was being looked for when it ended', async () => {
  const { services, rows, tell } = beside([], Promise.resolve());
  const gate = Promise.withResolvers<void>();
  const { handed } = services.store.several!;
  const { finish } = services.store.runs;
  const several = {
    ...services.store.several!,
    async handed() {
      const found = await handed();
      if (found.length > 0) await gate.promise;
      return found;
    },
  };
  const ending: typeof finish = async (...input) => {
    rows.push({ id: '0', request: requestText({ push: named('Second') }), taken: null, settled: null });
    tell('handed');
    await finish(...input);
    // The run has ended by then, unless it waits.
    void (async () => {
      for (let i = 0; i < 20; i++) await begun();
      gate.resolve();
    })();
  };
  let ended = false;
  const once: typeof finish = (...input) => {
    const how = ended ? finish : ending;
    ended = true;
    return how(...input);
  };
  const store = { ...services.store, several, runs: { ...services.store.runs, finish: once } };
  await run(CYCLE(), { ...services, store });
  expect(rows[0]).toMatchObject({ settled: expect.stringContaining('"status":"done"') });
});

/** Notes each time that `a` is staged, before and after, and what is noted of what was handed over; `waits` comes before it is staged. */
function staging({ services }: Others, waits: Promise<void>): { readonly services: Services; readonly log: string[] } {
  const log: string[] = [];
  const { store } = services;
  const stage: typeof store.spaces.stage = async (batch) => {
    if (batch.items[0]?.anchor !== 'a') return await store.spaces.stage(batch);
    log.push('staging');
    await waits;
    const result = await store.spaces.stage(batch);
    log.push('staged');
    return result;
  };
  const several = {
    ...store.several!,
    async note(...[id, what]: Parameters<NonNullable<Store['several']>['note']>) {
      log.push(...Object.keys(what));
      await store.several!.note(id, what);
    },
  };
  return { services: { ...services, store: { ...store, several, spaces: { ...store.spaces, stage } } }, log };
}

const handed = (others: Others, name: string): void => {
  others.rows.push({ id: '0', request: requestText({ push: { ...named(name), by: 'other' } }), taken: null, settled: null });
};

const OTHER: PushRequest = { ...named(''), change: { kind: 'person', anchor: 'b', attributes: { id: 'E2', name: 'Other' } } };

it('what was handed over is said to be taken when it is staged, and begun once however often it is looked for', async () => {
  const others = beside([], Promise.resolve());
  handed(others, 'Second');
  const gate = Promise.withResolvers<void>();
  const { services, log } = staging(others, gate.promise);
  const pushed = push(OTHER, services);
  while (log.length === 0) await begun();
  others.tell('handed');
  for (let i = 0; i < 5; i++) await begun();
  expect(log).toEqual(['staging']);
  gate.resolve();
  expect((await (await pushed).settled).status).toBe('done');
  while (others.rows[0]!.settled === null) await begun();
  expect(log).toEqual(['staging', 'staged', 'taken', 'settled']);
  expect(inTarget()).toEqual(['Second', 'Other']);
});

it('a push is begun after what was handed over before it, however long that takes to be found', async () => {
  const others = beside([], Promise.resolve());
  handed(others, 'Second');
  const gate = Promise.withResolvers<void>();
  const { services, log } = staging(others, Promise.resolve());
  const several = {
    ...services.store.several!,
    async handed(ids?: readonly string[]) {
      await gate.promise;
      return await others.services.store.several!.handed(ids);
    },
  };
  const pushed = push(named('Third'), { ...services, store: { ...services.store, several } });
  for (let i = 0; i < 5; i++) await begun();
  expect(log).toEqual([]);
  gate.resolve();
  expect((await (await pushed).settled).status).toBe('done');
  while (others.rows[0]!.settled === null) await begun();
  expect(inTarget()).toEqual(['Third']);
});

it('who was put out while it carried something out leaves it to the next, who does it', async () => {
  const others = beside([], Promise.resolve());
  handed(others, 'Second');
  const first = others.services;
  const { spaces } = first.store;
  // Of the two, whichever the store is asked to keep first.
  let refused = false;
  const stage: typeof spaces.stage = async (batch) => {
    if (refused || batch.items[0]?.anchor !== 'a') return await spaces.stage(batch);
    refused = true;
    throw new Superseded('another process writes this store now', { remedy: 'start again' });
  };
  await (await push(OTHER, { ...first, store: { ...first.store, spaces: { ...spaces, stage } } })).settled;
  while (!others.log.includes('leave')) await begun();
  expect(refused).toBe(true);
  expect(others.rows).toMatchObject([{ taken: null, settled: null }]);
  await (await push(OTHER, { ...first, store: { ...first.store } })).settled;
  while (others.rows[0]!.settled === null) await begun();
  expect(others.rows[0]).toMatchObject({ settled: expect.stringContaining('"status":"done"') });
  expect(inTarget()).toEqual(['Second', 'Other']);
});

it('what fails once by an outage is begun again before what came after it, of the same object', async () => {
  const others = beside([], Promise.resolve());
  handed(others, 'Second');
  handed(others, 'Third');
  others.rows[1]!.id = '1';
  const first = failing(others.services, { on: 'spaces.stage' });
  // Stages nothing itself: what fails is what was handed over.
  await (await edited([], 'webhook', first)).settled;
  while (!others.log.includes('leave')) await begun();
  // Whoever has the tenure next.
  await (await push(OTHER, { ...first, store: { ...first.store } })).settled;
  while (others.rows.some(({ settled }) => settled === null)) await begun();
  expect(inTarget()).toEqual(['Third', 'Other']);
});
