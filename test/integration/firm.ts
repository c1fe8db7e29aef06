/** Memory systems `hr` and `dir`, and whatever else the test names, under the real store; runs are called without a command line. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfiguration } from '#config/load';
import type { Configuration } from '#config/model';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { approve, type Decision, discard, pending, type Waiting } from '#decisions/approve';
import { decide } from '#decisions/parked';
import { type PlanRequest, plan, run } from '#runs/index';
import type { Plan, Progress, RunReport, RunRequest } from '#runs/model';
import type { ParkedRow, StagedRow, Store } from '#store/contract';
import { CONNECTORS } from '../../src/registry.ts';
import { testStore } from '../store.ts';

export const HOUR = 3_600_000;

export interface Firm {
  readonly folder: string;
  /** Of the store: what rollcall.yaml would say. */
  readonly place: string;
  now: number;
  store: Store;
  config: Configuration;
  /** Objects that a sync works out at a time; as ever where it is null. */
  batch: number | null;
  /** Told of the progress of runs. */
  onProgress: (progress: Progress) => void;
  system(name: string): MemorySystem;
  run(request?: Partial<RunRequest>): Promise<RunReport>;
  /** The first run, its plan for `dir` approved, and the run that carries it out. */
  first(): Promise<RunReport>;
  plan(request?: Partial<PlanRequest>): Promise<Plan>;
  pending(target: string): Promise<Waiting>;
  approve(target: string, only?: readonly string[], digest?: string): Promise<Decision>;
  discard(target: string, only?: readonly string[]): Promise<Decision>;
  parked(kind: string): Promise<readonly ParkedRow[]>;
  decide(item: ParkedRow, choice: string): Promise<void>;
  account(connection: string, anchor: string): Promise<StagedRow | undefined>;
  /** The process ends and another one begins, with this rollcall.yaml where it is given. */
  restart(yaml?: string): Promise<void>;
  close(): Promise<void>;
}

export async function firm(yaml: string, systems: readonly string[] = ['hr', 'dir']): Promise<Firm> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-firm-'));
  const kept = await testStore(folder);
  const load = async (text: string): Promise<Configuration> => {
    const file = path.join(folder, 'rollcall.yaml');
    await writeFile(file, text);
    const loaded = await loadConfiguration({ file, definitions: CONNECTORS, env: {} });
    if (!loaded.ok) throw new Error(loaded.faults.map((one) => `${one.message} (${one.remedy ?? ''})`).join('\n'));
    return loaded.config;
  };
  const services = () => ({
    config: here.config,
    store: here.store,
    wall: () => here.now,
    onProgress: (progress: Progress) => here.onProgress(progress),
    ...(here.batch === null ? {} : { batch: here.batch }),
  });
  const ada = () => ({ by: 'Ada', reason: 'looked at it', at: here.now });
  const here: Firm = {
    folder,
    place: kept.place,
    now: Date.UTC(2026, 0, 12, 8),
    store: await kept.open(),
    config: await load(yaml),
    batch: null,
    onProgress: () => undefined,
    system: memorySystem,
    async run(request = {}) {
      const report = await run({ profile: 'cycle', connections: null, by: 'test', now: here.now, ...request }, services());
      // A run that a required hook ended is what the hooks' tests ask for.
      if (report.status === 'failed' && !report.faults.some((one) => one.message.startsWith('the hook')))
        throw new Error(JSON.stringify(report.faults));
      return report;
    },
    async first() {
      await here.run();
      await here.approve('dir');
      return here.run();
    },
    plan: (request = {}) =>
      plan({ profile: 'cycle', connections: null, by: 'test', now: here.now, read: true, ...request }, services()),
    pending: (target) => pending(target, services()),
    approve: (target, only = [], digest) => approve({ target, only, digest: digest ?? null }, ada(), services()),
    discard: (target, only = []) => discard({ target, only, digest: null }, ada(), services()),
    parked: (kind) => here.store.decisions.parked({ kind }, { after: 0, limit: 1_000 }),
    async decide(item, choice) {
      await decide({ id: item.id, choice, person: null }, ada(), services());
    },
    account: async (connection, anchor) => (await here.store.spaces.byAnchors(connection, 'person', [anchor]))[0],
    async restart(text) {
      await here.store.close();
      here.store = await kept.open();
      if (text !== undefined) here.config = await load(text);
    },
    async close() {
      await here.store.close();
      for (const name of systems) forgetMemorySystem(name);
      await kept.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return here;
}
