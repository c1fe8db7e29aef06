/** Small rows for the conformance suite, and the runner and store that it is given. */
import type { Epoch, NewChange, ObjectWrite, RunId, StageAudit, StagedWrite, StageItem, Store, SyncCommit } from '../contract.ts';

/** Any test runner: Vitest's and node:test's `test` fit. */
export type Test = (name: string, run: () => Promise<void>) => void;

export type Trace = (operation: string, shapes: readonly string[]) => void;

/** One empty store that can be opened again and again. */
export interface Place {
  open(options?: { trace?: Trace; readOnly?: boolean }): Promise<Store>;
  remove(): Promise<void>;
}

export interface Suite {
  readonly test: Test;
  readonly place: () => Promise<Place>;
}

export interface Opened {
  readonly place: Place;
  readonly store: Store;
  readonly run: RunId;
  readonly epoch: Epoch;
}

export const NOW = 1_000_000;

/** A store with one run begun; closed and removed afterwards. */
export async function withStore(suite: Suite, use: (opened: Opened) => Promise<void>, trace?: Trace): Promise<void> {
  const place = await suite.place();
  const store = await place.open(trace ? { trace } : {});
  try {
    await use({ place, store, ...(await beginRun(store)) });
  } finally {
    await store.close();
    await place.remove();
  }
}

export async function beginRun(store: Store, now: number = NOW): Promise<{ run: RunId; epoch: Epoch }> {
  const { id, epoch } = await store.runs.begin({ profile: 'cycle', now, startedAt: now, by: 'test', rulesHash: 'rules' });
  return { run: id, epoch };
}

/** A digest that differs for different texts. */
export function digest(text: string, size: number = 16): Uint8Array {
  const out = new Uint8Array(size);
  let state = 2166136261;
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < text.length; c++) state = Math.imul(state ^ text.charCodeAt(c), 16777619);
    state = Math.imul(state ^ i, 16777619);
    out[i] = state >>> 24;
  }
  return out;
}

export function item(anchor: string, more: Partial<StageItem> = {}): StageItem {
  const kind = more.kind ?? 'person';
  const seen = more.seen ?? `{"id":"${anchor}"}`;
  return {
    kind,
    anchor,
    operation: 'put',
    name: null,
    nameKey: null,
    parentKey: null,
    seen,
    digest: digest(`${kind} ${anchor} ${seen}`),
    anchorDigest: digest(`${kind} ${anchor}`, 8),
    changedAt: null,
    times: null,
    kept: null,
    keys: [],
    edges: [],
    ...more,
  };
}

export function deletion(anchor: string): StageItem {
  return item(anchor, { operation: 'delete', seen: '{}', digest: null });
}

export async function stage(
  { store, run, epoch }: Pick<Opened, 'store' | 'run' | 'epoch'>,
  items: readonly StageItem[],
  more: { connection?: string; unlessTouchedSince?: number; expectNew?: boolean; audit?: readonly StageAudit[] } = {},
): ReturnType<Store['spaces']['stage']> {
  return await store.spaces.stage({
    connection: more.connection ?? 'hr',
    run,
    epoch,
    unlessTouchedSince: more.unlessTouchedSince ?? null,
    expectNew: more.expectNew ?? false,
    audit: more.audit ?? [],
    items,
  });
}

export function object(id: number, more: Partial<ObjectWrite> = {}): ObjectWrite {
  return {
    object: id,
    insert: true,
    expectRevision: 0,
    kind: 'person',
    attributes: `{"n":${id}}`,
    frozen: null,
    owned: true,
    state: 'active',
    dates: '{}',
    dueAt: null,
    notes: '{}',
    folded: '',
    ...more,
  };
}

export const WISH: NonNullable<StagedWrite['export']> = {
  operation: 'create',
  wanted: '{"a":1}',
  wantedAnchor: null,
  wantedName: null,
  state: 'waiting',
  parts: '["create"]',
  attempts: 0,
  notBefore: 0,
  holdId: null,
  approved: null,
  discarded: null,
  fault: null,
};

/** A new account of an object, to be created in `ad`. */
export function account(id: number, objectId: number, more: Partial<StagedWrite> = {}): StagedWrite {
  return {
    staged: id,
    insert: { connection: 'ad', kind: 'user', anchor: null, anchorDigest: null, name: `user ${id}`, nameKey: `user ${id}` },
    expectRevision: 0,
    link: { object: objectId, how: 'provisioned', origin: 'created' },
    export: WISH,
    ...more,
  };
}

export function created(from: number, to: number): NewChange {
  return { subject: 'object', from, to, operation: 'create', before: null, after: null };
}

export async function commit(
  { store, run, epoch }: Pick<Opened, 'store' | 'run' | 'epoch'>,
  batch: Partial<SyncCommit>,
): ReturnType<Store['sync']['commit']> {
  return await store.sync.commit({
    run,
    epoch,
    objects: [],
    staged: [],
    keys: { add: [], remove: [] },
    waiting: [],
    edges: [],
    parked: [],
    changes: [],
    dirty: [],
    done: [],
    ...batch,
  });
}

export const dirtyOf = async ({ store }: Opened): Promise<string[]> =>
  (await store.sync.dirty()).ranges.map(
    (r) => `${r.subject} ${r.from}-${r.to} ${r.cause}${r.detail === undefined ? '' : ` ${r.detail.replace('\u001f', '=')}`}`,
  );

export const rowsOf = async ({ store }: Opened): Promise<number> =>
  Object.values(await store.rowsWritten()).reduce((sum, n) => sum + n, 0);

export async function settled(opened: Opened): Promise<void> {
  await commit(opened, { done: [{ after: 0, upTo: (await opened.store.sync.dirty()).upTo }] });
}

export function group(anchor: string, members: readonly string[], more: Partial<StageItem> = {}): StageItem {
  return item(anchor, {
    kind: 'group',
    edges: [{ attribute: 'member', all: { keys: members, texts: null } }],
    ...more,
  });
}
