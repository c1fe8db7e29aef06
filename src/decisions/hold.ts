/** Holding a connection: nothing is read from it or written to it, its data and values stay, every run says so. */
import { unknownConnection } from '#core/unknown-name';
import type { DirtyRange } from '#store/contract';
import { checked, type Decider, type Surroundings } from './decision.ts';

export interface HoldResult {
  readonly connection: string;
  readonly held: { readonly by: string; readonly reason: string; readonly at: number } | null;
  /** False: it was so already. */
  readonly changed: boolean;
}

const EVERYBODY: DirtyRange = { subject: 'object', from: 1, to: Number.MAX_SAFE_INTEGER, cause: 'connection released' };
/** Should it come back, it is read as if for the first time. */
const UNREAD = {
  held: null,
  cursor: null,
  fingerprint: null,
  baseline: null,
  outages: null,
  lastCompleteRead: null,
  lastRead: null,
};

export async function hold(connection: string, decider: Decider, { store, config }: Surroundings): Promise<HoldResult> {
  known(connection, config);
  const held = checked(decider);
  const before = await heldState(connection, store);
  if (before !== null) return { connection, held: before, changed: false };
  await store.decisions.record(record('hold', connection, held), []);
  await store.spaces.saveState(connection, { held }, null);
  return { connection, held, changed: true };
}

/** Of a connection that is not in the file any more: those it spoke for are looked at again without it, through the gates. */
export async function release(connection: string, decider: Decider, { store, config }: Surroundings): Promise<HoldResult> {
  if (await isMissing(connection, { store, config })) {
    await store.decisions.record(record('release', connection, checked(decider)), [EVERYBODY]);
    await store.spaces.saveState(connection, UNREAD, null);
    return { connection, held: null, changed: true };
  }
  known(connection, config);
  const decided = checked(decider);
  if ((await heldState(connection, store)) === null) return { connection, held: null, changed: false };
  await store.decisions.record(record('release', connection, decided), []);
  await store.spaces.saveState(connection, { held: null }, null);
  return { connection, held: null, changed: true };
}

async function isMissing(connection: string, { store, config }: Pick<Surroundings, 'store' | 'config'>): Promise<boolean> {
  if (config.connections.some((one) => one.name === connection)) return false;
  return (await store.spaces.states()).some((one) => one.name === connection && one.lastRead !== null);
}

function record(kind: 'hold' | 'release', connection: string, decider: Decider) {
  return { kind, connection, stagedId: null, objectId: null, detail: '{}', ...decider };
}

async function heldState(connection: string, store: Surroundings['store']): Promise<HoldResult['held']> {
  return (await store.spaces.states()).find((state) => state.name === connection)?.held ?? null;
}

/** Errors: UnknownName, naming the nearest connection. */
export function known(connection: string, config: Surroundings['config']): void {
  const names = config.connections.map((one) => one.name);
  if (!names.includes(connection)) throw unknownConnection(connection, names);
}
