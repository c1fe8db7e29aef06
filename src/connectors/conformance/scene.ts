/** One test's system, the connections to it, and what reading them comes to. */
import type {
  Change,
  Connection,
  Creates,
  Cursor,
  OpenContext,
  Page,
  RawAttributes,
  RawValue,
  ReadEnd,
  ReadObject,
} from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { must, mustBe } from './must.ts';
import type { Bench, Capability, SeedObject, Subject } from './subject.ts';

export interface Scene<Config> {
  readonly subject: Subject<Config>;
  readonly bench: Bench;
  readonly connection: Connection;
  readonly context: OpenContext;
  reopen(): Connection;
}

export interface Case {
  readonly name: string;
  readonly needs: readonly Capability[];
  /** Only for connectors that settle creates in this way. */
  readonly creates?: Creates['by'];
  run(scene: Scene<unknown>): Promise<void>;
}

export const ADA: SeedObject = { key: 'a', text: 'Ada', other: 'one', list: ['x', 'y'] };
export const BO: SeedObject = { key: 'b', text: 'Bo' };
export const CY: SeedObject = { key: 'c', text: 'Cy', other: 'three', list: ['z'] };
export const SEED: readonly SeedObject[] = [ADA, BO, CY];

export async function withScene<Config>(subject: Subject<Config>, run: (scene: Scene<unknown>) => Promise<void>): Promise<void> {
  const bench = await subject.make(SEED);
  const opened: Connection[] = [];
  const { text, other, list } = subject.attributes;
  const context: OpenContext = {
    connection: 'tested',
    folder: bench.folder,
    limits: { maxObjectBytes: 1_000_000 },
    ...(subject.lacks.write === undefined ? { mapped: { [subject.kind]: [text, other, list] } } : {}),
    warn: () => undefined,
  };
  const reopen = (): Connection => {
    const connection = subject.definition.open(subject.definition.config.parse(bench.config), context);
    opened.push(connection);
    return connection;
  };
  try {
    await run({ subject: subject as unknown as Subject<unknown>, bench, connection: reopen(), context, reopen });
  } finally {
    for (const connection of opened) await connection.close();
    await bench.dispose();
  }
}

export async function pagesOf(connection: Connection, more: { since?: Cursor; resume?: Cursor }): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of connection.read!.read({ ...more, signal: new AbortController().signal })) pages.push(page);
  return pages;
}

export interface ReadAll {
  readonly objects: readonly (ReadObject | Change)[];
  readonly end: ReadEnd;
}

export async function readAll(connection: Connection, more: { since?: Cursor; resume?: Cursor } = {}): Promise<ReadAll> {
  const pages = await pagesOf(connection, more);
  must(!pages.slice(0, -1).some((page) => page.end !== undefined), 'only the last page has an `end` (contract: Page)');
  const end = pages.at(-1)?.end;
  must(end !== undefined, 'the last page of a read that nothing disturbs has an `end` (contract: Page)');
  return { objects: pages.flatMap((page) => page.objects), end };
}

/** Where a read that is to show everything starts: nowhere in particular, or where the feed begins that is all there is. */
export async function beginning({ read }: Connection): Promise<{ since?: Cursor }> {
  return read!.deltas === 'only' ? { since: await read!.cursor!() } : {};
}

/** What the system holds now: what a full read shows, or all of the feed put together. */
export async function held(connection: Connection): Promise<ReadAll> {
  const from = await beginning(connection);
  const { objects, end } = await readAll(connection, from);
  return { objects: from.since === undefined ? objects : applyChanges([], objects), end };
}

/** `sentence`: that it throws a RollcallError, and where the contract says so. */
export async function rejection(promise: Promise<unknown>, sentence: string): Promise<RollcallError> {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  must(thrown !== null, `${sentence}; it was not refused`);
  must(thrown instanceof RollcallError, `${sentence}; it threw ${thrown}`);
  return thrown;
}

/** Why a read says that it is not complete, behind a sentence. */
export function because({ reason }: ReadEnd): string {
  return reason === undefined ? '' : `; it says: ${reason.message}`;
}

/** The objects by anchor, with the three attributes as lists; absent and empty are the same here. `sentence`: see must.ts. */
export function expectObjects(
  { subject }: Scene<unknown>,
  objects: readonly (ReadObject | Change)[],
  wanted: readonly SeedObject[],
  sentence: string,
): void {
  const { attributes, kind, anchor, lacks } = subject;
  const keys = lacks.lists === undefined ? (['text', 'other', 'list'] as const) : (['text', 'other'] as const);
  const found = objects.map((object) => {
    mustBe(object.kind, kind, 'what is read is of the kind that it is there (contract: ReadObject)');
    must(object.op === 'put' || object.op === undefined, 'a full read shows objects, not changes (contract: Reader.read)');
    must(object.line === undefined || object.line > 0, 'lines count from 1 (contract: ReadObject.line)');
    return [object.anchor, ...keys.map((key) => textsOf(object.attributes[attributes[key]]))];
  });
  const expected = wanted.map((seed) => [anchor(seed.key), ...keys.map((key) => textsOf(seed[key]))]);
  const byAnchor = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
  mustBe(found.sort(byAnchor), expected.sort(byAnchor), sentence);
}

function textsOf(value: RawValue | undefined): string[] {
  return listOf(value).map(String).sort();
}

function listOf(value: RawValue | undefined): readonly unknown[] {
  if (value === undefined || value === null || value === '') return [];
  return Array.isArray(value) ? value : [value];
}

/** What objects come to when changes happen to them; a patch of what nobody put is a fault of the feed. */
export function applyChanges(
  objects: readonly (ReadObject | Change)[],
  changes: readonly (ReadObject | Change)[],
): (ReadObject | Change)[] {
  const state = new Map(objects.map((object) => [object.anchor, object as ReadObject]));
  for (const change of changes) {
    if (change.op === 'delete') state.delete(change.anchor);
    else if (change.op !== 'patch') state.set(change.anchor, change);
    else {
      const before = state.get(change.anchor);
      must(before !== undefined, `a change patches only what is there (contract: Change); nobody put ${change.anchor}`);
      state.set(change.anchor, { ...before, attributes: patched(before.attributes, change) });
    }
  }
  return [...state.values()];
}

function patched(before: RawAttributes, { set = {}, add = {}, remove = {} }: Extract<Change, { op: 'patch' }>): RawAttributes {
  const after: { [attribute: string]: RawValue } = { ...before, ...set };
  for (const name of new Set([...Object.keys(add), ...Object.keys(remove)])) {
    const kept = listOf(after[name]).filter((value) => !remove[name]?.includes(value as string));
    after[name] = [...new Set([...kept, ...(add[name] ?? [])])] as RawValue;
  }
  return after;
}
