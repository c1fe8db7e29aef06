/** Decision 15: what changes in a source that is listened to is in the targets without any run that somebody starts. */
import { afterEach, describe, expect, it } from 'vitest';
import { type LiveEvent, live } from '#runs/index';
import { type StoreFaultRule, withStoreFaults } from '#store/fault-injection';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const yaml = (more: { readonly hr?: string; readonly dir?: string; readonly known?: string; readonly top?: string } = {}) =>
  hrAndDirectory({
    top: `${more.top ?? `gates: { ${unlimited('create', 'update', 'attribute')} }`}\n`,
    hr: `live: true\n${more.hr ?? ''}`,
    read: 'displayName: name, phone: phone',
    dir: `mode: on\n${more.dir ?? ''}`,
    known: more.known ?? '',
    written: 'cn: displayName, phone: phone',
  });
const idOf = (i: number) => `p${String(i).padStart(4, '0')}`;

interface Listening {
  readonly events: readonly LiveEvent[];
  /** When it is so; looked at after whatever happens. */
  until(holds: () => boolean): Promise<void>;
  end(): Promise<void>;
}

let here: Firm;
let listening: Listening | null = null;
afterEach(async () => {
  await listening?.end();
  listening = null;
  await here.close();
});

async function begun(text: string, people = 3): Promise<void> {
  here = await firm(text);
  for (let i = 0; i < people; i++) here.system('hr').put('person', idOf(i), { id: idOf(i), name: `Name ${i}`, phone: '1' });
  await here.first();
}

function listen(connections: readonly string[] | null = null, store = here.store, restsMs?: number): Listening {
  const stop = new AbortController();
  const events: LiveEvent[] = [];
  const ended = live(
    { connections, by: 'test', cycleEveryMs: 3_600_000, ...(restsMs === undefined ? {} : { restMs: () => restsMs }) },
    {
      config: here.config,
      store,
      wall: () => here.now,
      signal: stop.signal,
      onLive: (event) => void events.push(event),
    },
  );
  let over = false;
  ended.then(
    () => (over = true),
    () => (over = true),
  );
  return {
    events,
    async until(holds) {
      while (!holds()) {
        if (over) throw new Error(`it ended after ${JSON.stringify(events)}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    async end() {
      stop.abort();
      await ended;
    },
  };
}

/** Begun, its first cycle over, and heard. */
async function listened(store = here.store, restsMs?: number): Promise<Listening> {
  listening = listen(null, store, restsMs);
  const { events, until } = listening;
  await until(() => events.some(({ what }) => what === 'cycle') && events.some(({ what }) => what === 'listens'));
  return listening;
}

const account = (i: number) => here.system('dir').get('person', idOf(i))?.attributes;
const changes = ({ events }: Listening) => events.flatMap((event) => (event.what === 'changes' ? [event.report] : []));

it('a change, a new person and one who is gone are in the target at once, and the store as after a cycle', async () => {
  await begun(yaml({ dir: 'deprovision: { action: delete }' }));
  const now = await listened();
  here.system('hr').edit('person', idOf(1), { phone: '2' });
  await now.until(() => account(1)?.['phone'] === '2');
  here.system('hr').put('person', idOf(9), { id: idOf(9), name: 'New' });
  await now.until(() => account(9)?.['cn'] === 'New');
  await now.end();
  expect(changes(now).every(({ status }) => status === 'done')).toBe(true);
  const { run } = changes(now).find(({ connections }) => connections.some(({ written }) => written > 0))!;
  expect(await here.store.runs.get(run)).toMatchObject({ profile: 'live', status: 'done', by: 'test' });
  // One cycle takes in what the target's own feed tells of it.
  await here.run();
  expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
});

it('a burst of a thousand changes takes few runs', async () => {
  await begun(yaml(), 1_000);
  const now = await listened();
  const before = changes(now).length;
  for (let i = 0; i < 1_000; i++) here.system('hr').edit('person', idOf(i), { phone: String(i + 2) });
  await now.until(() => account(999)?.['phone'] === '1001' && account(0)?.['phone'] === '2');
  await now.end();
  expect(
    here
      .system('dir')
      .objects('person')
      .every(({ anchor, attributes }) => attributes['phone'] === String(Number(anchor.slice(1)) + 2)),
  ).toBe(true);
  expect(changes(now).length - before).toBeLessThan(20);
});

it('what a gate does not let through is held, and everything else goes on', async () => {
  await begun(
    yaml({ top: `gates: { ${unlimited('create', 'update', 'attribute')}, 'attribute:cn': { percent: 10, count: 5 } }` }),
    40,
  );
  const now = await listened();
  for (let i = 0; i < 40; i++) here.system('hr').edit('person', idOf(i), { name: `Renamed ${i}` });
  await now.until(() => changes(now).some(({ notices }) => notices.some(({ kind }) => kind === 'gate')));
  here.system('hr').edit('person', idOf(3), { phone: '3' });
  await now.until(() => account(3)?.['phone'] === '3');
  await now.end();
  expect(
    here
      .system('dir')
      .objects('person')
      .filter(({ attributes }) => String(attributes['cn']).startsWith('Renamed')).length,
  ).toBeLessThanOrEqual(5);
  expect((await here.store.exports.counts('dir')).held).toBeGreaterThan(30);
});

describe('a source that goes away', () => {
  it('is listened to again once it is back, and what changed meanwhile is passed on', async () => {
    await begun(yaml());
    const now = await listened();
    here.system('hr').hangUp();
    await now.until(() => now.events.some(({ what }) => what === 'lost'));
    expect(now.events.find(({ what }) => what === 'lost')).toMatchObject({ connection: 'hr', fault: { kind: 'unavailable' } });
    here.system('hr').edit('person', idOf(2), { phone: '7' });
    await now.until(() => account(2)?.['phone'] === '7');
    await now.until(() => here.system('hr').listeners === 1);
  });

  it('and forgets its feed is read whole', async () => {
    await begun(yaml());
    const now = await listened();
    here.system('hr').expireCursors();
    here.system('hr').edit('person', idOf(2), { phone: '7' });
    await now.until(() => account(2)?.['phone'] === '7');
    await now.until(() => now.events.filter(({ what }) => what === 'cycle').length > 1);
    here.system('hr').edit('person', idOf(1), { phone: '8' });
    await now.until(() => account(1)?.['phone'] === '8');
  });

  it('or cannot be read is asked again', async () => {
    // Later than whatever is read before and while it begins to listen: each change is one read more.
    await begun(yaml({ hr: 'faults: [{ on: read, after: 8, times: 1, do: { refuse: unavailable } }]' }));
    const now = await listened();
    const refused = () => changes(now).some(({ faults }) => faults.some(({ kind }) => kind === 'unavailable'));
    for (let i = 0; i < 12 && !refused(); i++) {
      here.system('hr').edit('person', idOf(2), { phone: `7${i}` });
      await now.until(() => account(2)?.['phone'] === `7${i}`);
    }
    expect(refused()).toBe(true);
  });
});

it('a target that goes away gets what it missed', async () => {
  await begun(yaml({ dir: 'faults: [{ on: update, times: 1, do: { refuse: unavailable } }]' }));
  const now = await listened();
  here.system('hr').edit('person', idOf(2), { phone: '7' });
  await now.until(() => changes(now).some(({ faults }) => faults.length > 0));
  here.now += 60_000;
  await now.until(() => account(2)?.['phone'] === '7');
});

it('a target that is listened to as well is heard, and what Rollcall wrote itself is no news', async () => {
  await begun(yaml({ dir: 'live: true', known: 'phone: phone', top: 'precedence: { person: { phone: [dir, hr] } }' }));
  const now = await listened();
  here.system('dir').edit('person', idOf(0), { phone: '99' });
  here.system('hr').edit('person', idOf(1), { phone: '5' });
  await now.until(() => account(1)?.['phone'] === '5');
  await now.end();
  expect(account(0)).toMatchObject({ phone: '99' });
  expect(await here.run()).toMatchObject({ status: 'done' });
  expect(account(0)).toMatchObject({ phone: '99' });
  const [person] = await here.store.sync.objects([(await here.account('dir', idOf(0)))!.objectId!]);
  expect(JSON.parse(person!.attributes)).toMatchObject({ phone: '99' });
});

it('goes on beside a run, and beside pushes', async () => {
  await begun(yaml(), 200);
  const now = await listened();
  const beside = here.run({ profile: 'full-sync' });
  here.system('hr').edit('person', idOf(150), { phone: '4' });
  await now.until(() => account(150)?.['phone'] === '4');
  await beside;
  await now.end();
  await here.run();
  expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
});

it('a new one that cannot be used does not have everything read at each change', async () => {
  await begun(yaml({ dir: 'live: true', known: 'phone: phone', top: 'precedence: { person: { phone: [dir, hr] } }' }));
  const now = await listened(here.store, 86_400_000);
  // Who it is is not known: a change to come says no more of it, and only a full read can tell.
  here.system('hr').put('person', 'new', { id: 'ba\u0000d', name: 'New' });
  await now.until(() => changes(now).some(({ faults }) => faults.length > 0));
  here.system('hr').edit('person', idOf(0), { phone: '5' });
  const rests = () => now.events.flatMap((event) => (event.what === 'rests' ? [event] : []));
  await now.until(() => rests().length > 0);
  expect(rests()).toMatchObject([{ connection: 'hr', why: 'incomplete', fault: { message: '1 object cannot be used' } }]);
  await now.until(() => account(0)?.['phone'] === '5');
  const cycles = now.events.filter(({ what }) => what === 'cycle').length;
  const heard = () =>
    changes(now).filter(({ connections }) => connections.some((one) => one.connection === 'dir' && one.changed > 0)).length;
  for (const phone of ['6', '7', '8']) {
    const before = heard();
    here.system('hr').edit('person', idOf(1), { phone });
    here.system('dir').edit('person', idOf(2), { phone });
    await now.until(() => heard() > before);
  }
  expect(now.events.filter(({ what }) => what === 'cycle')).toHaveLength(cycles);
  expect(account(1)?.['phone']).toBe('1');
  await now.end();
  // It is read again after each rest, and told once.
  const often = await listened(here.store, 10);
  await often.until(() => often.events.filter(({ what }) => what === 'cycle').length > 3);
  expect(often.events.filter(({ what }) => what === 'rests')).toHaveLength(1);
  await often.end();
  here.system('hr').remove('person', 'new');
  const then = await listened(here.store, 86_400_000);
  await then.until(() => account(1)?.['phone'] === '8');
  here.system('hr').edit('person', idOf(1), { phone: '9' });
  await then.until(() => account(1)?.['phone'] === '9');
});

describe('while a connection rests', () => {
  const DAY = 86_400_000;
  const rests = ({ events }: Listening) => events.flatMap((event) => (event.what === 'rests' ? [event] : []));

  it('many changes that it showed before are passed on, and it is not read for that', async () => {
    await begun(yaml());
    await here.restart(yaml({ hr: 'faults: [{ on: read, do: { cutAfter: 5001 } }]' }));
    const now = await listened(here.store, DAY);
    const hr = here.system('hr');
    const { reads } = hr.counts;
    hr.edit('person', idOf(0), { phone: '5' });
    for (let i = 0; i < 5_001; i++) {
      hr.put('person', `x${i}`, {});
      hr.remove('person', `x${i}`);
    }
    await now.until(() => account(0)?.['phone'] === '5');
    expect(rests(now)).toMatchObject([{ connection: 'hr', why: 'incomplete' }]);
    expect(hr.counts.reads).toBeLessThanOrEqual(reads + 2);
  });

  it('it is sent what waits for it', async () => {
    await begun(yaml());
    await here.run();
    const faults = '[{ on: read, do: { cutAfter: 1 } }, { on: update, times: 1, do: { refuse: unavailable } }]';
    await here.restart(yaml({ dir: `live: true\nfaults: ${faults}`, known: 'phone: phone' }));
    const now = await listened(here.store, DAY);
    here.system('dir').edit('person', idOf(0), { phone: '99' });
    await now.until(() => rests(now).length > 0);
    here.system('hr').edit('person', idOf(2), { phone: '7' });
    await now.until(() =>
      changes(now).some(({ faults: all }) =>
        all.some(({ kind, message }) => kind === 'unavailable' && message.includes('script')),
      ),
    );
    here.now += 60_000;
    await now.until(() => account(2)?.['phone'] === '7');
    expect(rests(now)).toMatchObject([{ connection: 'dir', why: 'incomplete' }]);
  });

  it('that refused a password after it could not be read, it is tried again at the end of that', async () => {
    await begun(yaml());
    await here.run();
    const [read, update] = ['unavailable', 'authentication'].map((kind) => `times: 1, do: { refuse: ${kind} }`);
    await here.restart(yaml({ dir: `faults: [{ on: read, ${read} }, { on: update, ${update} }]` }));
    // Its rest ends after the time at which it would be asked again.
    const now = await listened(here.store, 1_500);
    here.system('hr').edit('person', idOf(2), { phone: '7' });
    await now.until(() => rests(now).length > 0);
    here.now += 60_000;
    await now.until(() => account(2)?.['phone'] === '7');
    expect(rests(now)).toMatchObject([{ connection: 'dir', why: 'refused' }]);
  });

  it('it is not read in full at each change either, where its settings changed and somebody there cannot be used', async () => {
    await begun(yaml({ dir: 'live: true' }));
    here.system('hr').put('person', 'new', { id: 'ba\u0000d', name: 'New' });
    await here.restart(yaml({ hr: 'pageSize: 100', dir: 'live: true' }));
    const now = await listened(here.store, DAY);
    await now.until(() => rests(now).length > 0);
    expect(rests(now)).toMatchObject([{ connection: 'hr', why: 'incomplete', fault: { message: '1 object cannot be used' } }]);
  });
});

it('a store that cannot be worked with is tried again', async () => {
  await begun(yaml());
  const script: StoreFaultRule[] = [{ on: 'runs.begin', times: 1, do: { refuse: 'busy' } }];
  const now = await listened(withStoreFaults(here.store, { script }));
  expect(now.events.filter(({ what }) => what === 'trouble')).toMatchObject([{ fault: { kind: 'unavailable' } }]);
  script.push({ on: 'runs.begin', times: 1, do: { refuse: 'busy' } });
  here.system('hr').edit('person', idOf(2), { phone: '7' });
  await now.until(() => account(2)?.['phone'] === '7');
  expect(now.events.filter(({ what }) => what === 'trouble')).toHaveLength(2);
});

it('a connection that cannot be listened to is told, and that none is to be', async () => {
  await begun(yaml({ hr: 'deltas: false' }));
  await expect(listen().end()).rejects.toMatchObject({ kind: 'configuration', where: { connection: 'hr' } });
  await here.restart(yaml().replace('    live: true\n', ''));
  await expect(listen().end()).rejects.toMatchObject({ kind: 'configuration', remedy: expect.stringContaining('live: true') });
});
