import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Superseded } from '#core/errors';
import type { Store } from './contract.ts';
import {
  randomStoreScript,
  type StoreFault,
  type StoreFaultRule,
  type StoreOperation,
  withStoreFaults,
} from './fault-injection.ts';
import { open } from './sqlite/open.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-store-faults-'));
  store = await open({ path: join(folder, 'rollcall.db'), program: 'test', create: true });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const RUN = { profile: 'cycle', now: 1, startedAt: 1, by: 'test', rulesHash: '' };
const runs = async (): Promise<number> => (await store.runs.list({ limit: 10 })).length;
const once = (fault: StoreFault) => withStoreFaults(store, { script: [{ on: 'runs.begin', times: 1, do: fault }] });

it.each([
  [{ refuse: 'busy' }, { kind: 'unavailable', message: 'the store is busy' }, 0],
  [{ refuse: 'full' }, { kind: 'unavailable', message: 'the disk of the store is full' }, 0],
  [{ refuse: 'damaged' }, { kind: 'internal', message: expect.stringContaining('damaged') }, 0],
  [{ refuse: 'superseded' }, expect.any(Superseded), 0],
  [{ die: 'before', how: 'lost' }, { kind: 'unavailable', message: 'the connection to the store was lost' }, 0],
  [{ die: 'after', how: 'lost' }, { kind: 'unavailable', message: 'the connection to the store was lost' }, 1],
] as const)('%o: once, and that is what is there', async (fault, error, there) => {
  const faulty = once(fault);
  const failed = await faulty.runs.begin(RUN).catch((said: unknown) => said);
  if ('asymmetricMatch' in error) expect(failed).toEqual(error);
  else expect(failed).toMatchObject(error);
  expect(await runs()).toBe(there);
  await faulty.runs.begin(RUN);
  expect(await runs()).toBe(there + 1);
});

it('waits before it is done, or before it is said', async () => {
  const there: number[] = [];
  const met: string[] = [];
  const faulty = withStoreFaults(store, {
    script: (operation) => (operation === 'runs.begin' ? [{ delay: 5 }, { delay: 7, when: 'after' }] : []),
    happened: (fault, operation) => void met.push(`${operation} ${JSON.stringify(fault)}`),
    wait: async () => void there.push(await runs()),
  });
  await faulty.runs.begin(RUN);
  expect(there).toEqual([0, 1]);
  expect(met).toEqual(['runs.begin {"delay":5}', 'runs.begin {"delay":7,"when":"after"}']);
});

it('never answers, where it is silent', async () => {
  let never: Promise<unknown> | undefined;
  await new Promise<void>((done) => {
    const script = [{ on: 'runs.begin', do: { die: 'after', how: 'silent' } }] as const;
    never = withStoreFaults(store, { script, happened: () => done() }).runs.begin(RUN);
  });
  expect(await Promise.race([never, runs()])).toBe(1);
});

it('what processes ask of each other fails like the rest; what they hear does not', async () => {
  let wanted = false;
  const several = { leave: async () => undefined, onNews: () => () => undefined } as Partial<Store['several']>;
  Object.defineProperty(several, 'wanted', { get: () => wanted, enumerable: true });
  const script = [{ on: 'several.leave', times: 1, do: { refuse: 'busy' } }] as const;
  const faulty = withStoreFaults({ ...store, several: several as NonNullable<Store['several']> }, { script }).several!;
  await expect(faulty.leave()).rejects.toThrow('the store is busy');
  await faulty.leave();
  wanted = true;
  expect(faulty.wanted).toBe(true);
  expect(faulty.onNews(() => undefined)()).toBeUndefined();
});

it.each([
  [{ on: 'spaces.save', do: { refuse: 'full' } }, /^rule 1 of the script of faults: on: 'spaces.save' is none of spaces\.\w+, /],
  [{ on: 'space.saveState', do: { refuse: 'full' } }, /: on: 'space.saveState' is none that there is$/],
  [{ on: 'several.hand', do: { refuse: 'full' } }, /: on: 'several.hand' is none/],
  [{ on: 'runs.begin', do: { refuse: 'ful' } }, /: do: refuse: 'ful' is none of busy, full, damaged, superseded$/],
  [{ on: 'runs.begin', do: { explode: 1 } }, /: do: is none of refuse, die, delay$/],
])('%j could never apply, and is refused', (rule, message) => {
  const script = [rule as unknown as StoreFaultRule];
  expect(() => withStoreFaults(store, { script })).toThrow(message);
  expect(() => withStoreFaults(store, { script })).toThrow(expect.objectContaining({ kind: 'configuration' }));
});

it('a mistake added later, answered by a function, or in the operations of a random script is refused as well', async () => {
  const script: StoreFaultRule[] = [];
  const later = withStoreFaults(store, { script });
  await later.runs.begin(RUN);
  script.push({ on: 'runs.begn' as 'runs.begin', do: { refuse: 'full' } });
  await expect(later.runs.begin(RUN)).rejects.toMatchObject({ kind: 'configuration', remedy: "did you mean 'runs.begin'?" });
  const answers = withStoreFaults(store, { script: () => [{ refuse: 'ful' } as unknown as StoreFault] });
  await expect(answers.runs.begin(RUN)).rejects.toThrow('what the script of faults answers to runs.begin: refuse:');
  const chance = randomStoreScript({ seed: 1, share: 1 }, new Set(['sync.comit' as 'sync.commit']));
  expect(() => withStoreFaults(store, { script: chance })).toThrow("on: 'sync.comit' is none of");
});

it('by chance, in the operations named', () => {
  const script = randomStoreScript({ seed: 3, share: 1, most: 5 }, new Set<StoreOperation>(['sync.commit']));
  const met = Array.from({ length: 10 }, () => [script('sync.dirty'), script('sync.commit')]);
  expect(met.flatMap(([dirty]) => dirty)).toEqual([]);
  expect(met.map(([, commit]) => commit!.length)).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
});
