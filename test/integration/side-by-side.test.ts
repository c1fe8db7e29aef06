/**
 * SEMANTICS 16: two full runs, and for each of the same 1,000 people a push and an edit, all at once, end as one after the other
 * would. ROLLCALL_SEED and ROLLCALL_RUNS choose what is random.
 */
import { afterEach, expect, it } from 'vitest';
import { fix } from '#decisions/fix';
import { edited, push } from '#runs/index';
import { parameters } from '../simulation/driver.ts';
import { STORE } from '../store.ts';
import { endState } from './end-state.ts';
import { type Firm, firm } from './firm.ts';

const PEOPLE = 1_000;
const NEW = 60;
const CLIENTS = 16;
const SEED = Number(process.env['ROLLCALL_SEED'] ?? 7);
const SEEDS = Array.from({ length: parameters(STORE === 'sqlite' ? 2 : 1).numRuns }, (_, n) => SEED + n);

const yaml = (tag: string) => `store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 100000 }, update: { percent: 100, count: 100000 }, attribute: { percent: 100, count: 100000 }, empty: { percent: 100, count: 100000 } }
profiles:
  whole: [full-import, full-sync, export]
connections:
  hr:
    type: memory
    system: hr${tag}
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, displayName: name, title: title, manager: { reference: boss, by: employeeId } }
  badge:
    type: memory
    system: badge${tag}
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: employee, phone: phone } }
  dir:
    type: memory
    system: dir${tag}
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person:
        provision: true
        anchor: employeeId
        attributes: { number: employeeId, cn: displayName, title: title, phone: phone, boss: '\${person.manager.displayName}' }
`;

const places: Firm[] = [];
afterEach(async () => {
  for (const one of places.splice(0)) await one.close();
});

const idOf = (i: number) => `E${String(i).padStart(4, '0')}`;

/** Numbers from a seed: mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

type Deed =
  | {
      readonly what: 'push';
      readonly connection: 'hr' | 'badge';
      readonly anchor: string;
      readonly set: { [name: string]: string | null };
    }
  | { readonly what: 'edit'; readonly anchor: string; readonly title: string };

/** What happens to whom, in any order: of one attribute of one person only one source says something, and a person's word outranks it. */
function deeds(seed: number): Deed[] {
  const pick = random(seed);
  const out: Deed[] = [];
  const add = (deed: Deed): void => void out.splice(pick(out.length + 1), 0, deed);
  for (let i = 0; i < PEOPLE + NEW; i++) {
    const fresh = i >= PEOPLE;
    // Somebody new comes by a badge as well as in the file of the runs, whoever is first.
    if (fresh || i % 3 === 0)
      add({ what: 'push', connection: 'badge', anchor: `B${i}`, set: { employee: idOf(i), phone: `${pick(1_000)}` } });
    else {
      const set = pick(2) === 0 ? { title: `Title ${i}` } : { name: `Name ${i} ${pick(1_000)}` };
      add({ what: 'push', connection: 'hr', anchor: idOf(i), set });
    }
    if (!fresh) add({ what: 'edit', anchor: idOf(i), title: `Fixed ${pick(1_000)}` });
  }
  return out;
}

async function open(tag: string): Promise<Firm> {
  const here = await firm(yaml(tag), [`hr${tag}`, `badge${tag}`, `dir${tag}`]);
  places.push(here);
  for (let i = 0; i < PEOPLE; i++) put(here, tag, i, 'Clerk');
  await here.run();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  await here.run();
  return here;
}

function put(here: Firm, tag: string, i: number, title: string): void {
  here
    .system(`hr${tag}`)
    .put('person', idOf(i), { id: idOf(i), name: `Name ${i}`, title, boss: i % 7 === 0 ? null : idOf(i - (i % 7)) });
}

/** What the runs find: everybody has another title, somebody is new. What was pushed is in the source by then. */
function change(here: Firm, tag: string, done: readonly Deed[]): void {
  for (let i = 0; i < PEOPLE + NEW; i++) put(here, tag, i, `Head ${i % 5}`);
  for (const deed of done) {
    if (deed.what !== 'push') continue;
    const system = here.system(`${deed.connection}${tag}`);
    const had = system.get('person', deed.anchor)?.attributes ?? {};
    system.put('person', deed.anchor, { ...had, ...deed.set });
  }
}

const services = (here: Firm) => ({ config: here.config, store: here.store, wall: () => here.now });

async function doDeed(here: Firm, deed: Deed): Promise<void> {
  if (deed.what === 'push') {
    const { connection, anchor, set } = deed;
    const { faults, settled } = await push(
      { connection, change: { op: 'patch', kind: 'person', anchor, set }, by: 'webhook' },
      services(here),
    );
    expect(faults).toEqual([]);
    expect((await settled).status).toBe('done');
    return;
  }
  const [row] = await here.store.spaces.byAnchors('hr', 'person', [deed.anchor]);
  const ada = { by: 'Ada', reason: 'her wish', at: here.now };
  await fix({ object: { id: row!.objectId!, kind: 'person' }, attribute: 'title', values: [deed.title] }, ada, services(here));
  expect((await (await edited([row!.objectId!], 'Ada', services(here))).settled).status).toBe('done');
}

/** Clients at the same time, each with its own people: it waits for what it did before it does the next. */
function inTurn(here: Firm, todo: readonly Deed[], done: (deed: Deed) => void = () => undefined): Promise<unknown> {
  return Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      for (const deed of todo) {
        if (Number(deed.anchor.slice(1)) % CLIENTS !== client) continue;
        await doDeed(here, deed);
        done(deed);
      }
    }),
  );
}

it.each(SEEDS)(
  'two full runs, and a push and an edit of each of a thousand people, at once end as one after the other (seed %i)',
  async (seed) => {
    const todo = deeds(seed);
    const after = await open(`a${seed}`);
    await inTurn(
      after,
      todo.filter((deed) => deed.what === 'edit'),
    );
    change(after, `a${seed}`, todo);
    await after.run({ profile: 'whole' });
    await after.run({ profile: 'whole' });
    await inTurn(
      after,
      todo.filter((deed) => deed.what === 'push'),
    );
    await after.run();

    const here = await open(`b${seed}`);
    change(here, `b${seed}`, todo);
    const beside = { push: 0, edit: 0 };
    let goes = true;
    const runs = Promise.all([here.run({ profile: 'whole' }), here.run({ profile: 'whole' })]).then(() => {
      goes = false;
    });
    await Promise.all([
      runs,
      inTurn(here, todo, ({ what }) => {
        if (goes) beside[what]++;
      }),
    ]);
    // Otherwise nothing happened side by side.
    expect(beside.push).toBeGreaterThan(PEOPLE / 20);
    expect(beside.edit).toBeGreaterThan(PEOPLE / 20);
    // A read leaves alone whom a push touched meanwhile: what else it had of them comes with the next one.
    await here.run({ profile: 'full-import' });
    await here.run();
    const [bulk, turns] = [here.system(`dirb${seed}`), after.system(`dira${seed}`)];
    expect(await endState(here.store, bulk)).toEqual(await endState(after.store, turns));
    const before = await here.store.rowsWritten();
    await here.run({ profile: 'full-import' });
    await here.run({ profile: 'full-sync' });
    const changed = Object.entries(await here.store.rowsWritten()).filter(([table, n]) => n !== (before[table] ?? 0));
    expect(
      changed
        .map(([table]) => table)
        .filter((table) => !['run', 'connection', 'counter', 'dirty', 'bitmap_page'].includes(table)),
    ).toEqual([]);
  },
);
