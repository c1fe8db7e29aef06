/** The real engine as a house: a store of its own, memory systems, time owned by the test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Configuration } from '#config/model';
import type { Profile } from '#config/profiles';
import type { FaultRule } from '#connectors/fault-injection/index';
import { plan, run } from '#runs/index';
import type { Plan, RunReport, Services } from '#runs/model';
import type { Store } from '#store/contract';
import { type StoreFaults, withStoreFaults } from '#store/fault-injection';
import type { Memory, System } from '../oracle/world.ts';
import { testStore } from '../store.ts';
import { configurationFrom } from './configuration.ts';
import { endOf } from './end.ts';
import { behaviourOf, type Comparable, comparable, createdIn, type House } from './house.ts';
import { memoryOf, parkedOf, rowsOf } from './memory-of.ts';
import { memorySystems } from './memory-systems.ts';
import { MORNING, type Organisation } from './organisation.ts';

export interface EngineHouse extends House {
  readonly store: Store;
  readonly config: Configuration;
  readonly reports: readonly RunReport[];
  /** What goes wrong in a system, from now on. */
  readonly script: (connection: string, rule: FaultRule) => void;
  /** Scripted faults that came to pass, once for each time. */
  readonly happened: () => readonly FaultRule[];
  /** Creates and updates that were really done in a system. */
  readonly done: (connection: string) => number;
  /** One run; answers its report. */
  once(profile: Profile, connections?: readonly string[]): Promise<RunReport>;
  plan(profile: Profile): Promise<Plan>;
  /**
   * A cycle in a process that ends in the middle of its next write to this system: what follows works on the store as that left it.
   * False when nothing was written there.
   */
  killed(connection: string, moment: 'before' | 'after'): Promise<boolean>;
  memory(): Promise<Memory>;
  /** The systems as the oracle takes them. */
  systems(): ReadonlyMap<string, System>;
}

/** More than this many cycles before nothing is written any more is a fault by itself. */
const MOST_CYCLES = 12;
const MINUTE = 60_000;

export interface Way {
  /** Objects that a sync works out at a time. */
  readonly batch?: number;
  /** What its store runs into: a run that fails by it is started again, in another process. */
  readonly storeFaults?: StoreFaults;
}

export async function engineHouse(organisation: Organisation, { batch, storeFaults }: Way = {}): Promise<EngineHouse> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-house-'));
  const systems = memorySystems(organisation);
  const config = systems.configured(await configurationFrom(organisation.yaml, folder));
  const kept = await testStore(folder);
  let store = await kept.open();
  const asUsed = (): Store => (storeFaults === undefined ? store : withStoreFaults(store, storeFaults));
  let used = asUsed();
  // The plan of first contact is approved unseen.
  for (const target of organisation.targets) await store.spaces.saveState(target, { mode: 'on' }, null);
  const reports: RunReport[] = [];
  let assigned = 0;
  let scripted = storeFaults !== undefined;
  const restart = async (): Promise<void> => {
    await kept.kill(store);
    systems.revive();
    store = await kept.open();
    used = asUsed();
  };
  const house: EngineHouse = {
    now: MORNING,
    get store() {
      return store;
    },
    config,
    reports,
    connections: Object.keys(organisation.systems),
    contents: systems.contents,
    put: systems.put,
    remove: systems.remove,
    script(connection, rule) {
      scripted = true;
      systems.script(connection, rule);
    },
    happened: systems.happened,
    done: systems.done,
    async once(profile, connections) {
      for (;;) {
        const request = { profile, connections: connections ?? null, by: 'test', now: house.now };
        const report = await run(request, services()).catch((error: unknown) => {
          if (storeFaults === undefined) throw error;
          return null;
        });
        if (report !== null && report.status !== 'failed') {
          reports.push(report);
          return report;
        }
        if (storeFaults === undefined) throw new Error(`a ${profile} failed: ${JSON.stringify(report?.faults)}`);
        await restart();
      }
    },
    async run(profile) {
      await house.once(profile);
    },
    async killed(connection, moment) {
      scripted = true;
      const struck = new Promise<true>((resolve) => systems.strike(connection, moment, () => resolve(true)));
      const died = await Promise.race([struck, house.once('cycle').then(() => false as const)]);
      if (!died) {
        systems.revive();
        return false;
      }
      await restart();
      return true;
    },
    plan: (profile) => plan({ profile, connections: null, by: 'test', now: house.now, read: true }, services()),
    async settle() {
      const most = scripted ? 2 * MOST_CYCLES : MOST_CYCLES;
      // What a feed tells without a write that no answer showed is believed by the second read that says it.
      const once = !scripted && !Object.values(organisation.systems).some(({ mute }) => mute);
      for (let i = 0, quiet = 0; i < most; i++) {
        quiet = (await house.once('cycle')).rowsWritten === 0 ? quiet + 1 : 0;
        if (quiet > (once ? 0 : 1)) return;
        // What was not answered, or refused for now, waits for its time.
        if (scripted) house.now += MINUTE;
      }
      throw new Error(`after ${most} cycles there is still something to write`);
    },
    async end(): Promise<Comparable> {
      const rows = await rowsOf(store, config);
      const memory = memoryOf(rows, config);
      return comparable(endOf({ memory, systems: house.systems(), parked: parkedOf(rows) }, config), createdIn(memory));
    },
    memory: async () => memoryOf(await rowsOf(store, config), config),
    systems: () =>
      new Map(
        Object.entries(organisation.systems).map(([name, { manner }]) => [
          name,
          {
            objects: new Map(systems.contents(name)),
            behaviour: organisation.targets.includes(name) ? behaviourOf(manner ?? {}, () => `oracle-${++assigned}`) : null,
          },
        ]),
      ),
    async close() {
      await store.close();
      systems.close();
      await kept.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
  const services = (): Services => ({ config, store: used, wall: () => house.now, ...(batch === undefined ? {} : { batch }) });
  return house;
}

/** What is in the store but the records of runs. */
export const RECORDS: ReadonlySet<string> = new Set([
  'run',
  'run_error',
  'error',
  'connection',
  'seq',
  'setting',
  'counter',
  'change',
]);

export async function work(house: EngineHouse): Promise<{ [table: string]: string }> {
  return Object.fromEntries(Object.entries(await house.store.checksums()).filter(([table]) => !RECORDS.has(table)));
}

/** Rows by table that a run wrote. A full sync puts everything on the list of what waits, and takes it off again. */
export async function written(house: EngineHouse, profile: Profile): Promise<{ [table: string]: number }> {
  const before = await house.store.rowsWritten();
  await house.once(profile);
  const rows = Object.entries(await house.store.rowsWritten()).map(([table, n]) => [table, n - (before[table] ?? 0)] as const);
  return Object.fromEntries(
    rows.filter(([table, n]) => n > 0 && !RECORDS.has(table) && !(profile === 'full-sync' && table === 'dirty')),
  );
}
