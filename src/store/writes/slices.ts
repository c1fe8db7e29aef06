/**
 * Large batches in slices. The writer does one slice at one go, and gives way to whoever writes interactively between two:
 * a push waits for one slice, about 5 ms, and its commit (SEMANTICS 16).
 */
import type { SeqRange, StageAudit, StageItem, StageResult, SyncCommit, SyncConflicts } from '../contract.ts';
import type { AnswerBatch } from './exports.ts';
import type { OperationInput } from './operations.ts';
import { orderOf, type SliceResult, type StageBatch } from './stage.ts';
import type { Writer } from './writer.ts';

/** What a push or an edit writes; larger batches wait behind it. */
const FEW = 100;
/** Of one slice of pictures and the like. */
const BYTES = 1_000_000;

export function laneFor(size: number): 'interactive' | 'bulk' {
  return size <= FEW ? 'interactive' : 'bulk';
}

/** Of waiting exports: a push takes what it changed itself, however many might be sent at a time. */
export function mostTaken({ limit, only }: OperationInput<'take'>): number {
  return Math.min(limit, only?.length ?? limit);
}

/** Whole items, at least one a slice. */
export function slicesOf<T>(items: readonly T[], weight: (item: T) => number, most: number): T[][] {
  const slices: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = weight(item);
    if (slices.length === 0 || room < size) {
      slices.push([]);
      room = most;
    }
    slices[slices.length - 1]!.push(item);
    room -= size;
  }
  return slices;
}

/**
 * Objects of one batch do not depend on each other: they may be written with somebody else's in between. The whole batch goes in one
 * order: what is written together then lies together in the index.
 */
export async function stageInSlices(writer: Writer, batch: StageBatch): Promise<StageResult> {
  const order = orderOf(batch.items);
  const items = order.map((i) => batch.items[i]!);
  const slices = slicesOf(items, rowsOf, writer.rowsAtOnce);
  if (slices.length <= 1) {
    const result = await writer[laneFor(items.length)]('stage', batch);
    return { ...result, touchedIn: items.map(() => 0) };
  }
  const firsts = startsOf(slices);
  const audit = auditOf(batch, order, firsts);
  const parts = slices.map((part, n) => ({ ...batch, items: part, audit: audit[n]! }));
  const results = await writer.parts(laneFor(items.length), 'stage', parts);
  const sum = (of: (result: SliceResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const ids = new Array<number>(items.length);
  const touchedIn = new Array<number>(items.length);
  results.forEach((result, n) => {
    result.ids.forEach((id, i) => {
      const at = order[firsts[n]! + i]!;
      ids[at] = id;
      touchedIn[at] = n;
    });
  });
  return {
    ids,
    inserted: sum((result) => result.inserted),
    changed: sum((result) => result.changed),
    skipped: results.flatMap((result, n) => result.skipped.map((i) => order[firsts[n]! + i]!)),
    refused: results.flatMap((result, n) => result.refused.map((one) => ({ ...one, at: order[firsts[n]! + one.at]! }))),
    edgesAdded: sum((result) => result.edgesAdded),
    edgesRemoved: sum((result) => result.edgesRemoved),
    oursRemoved: results.flatMap((result) => result.oursRemoved),
    dirty: results.flatMap((result) => result.dirty),
    touchedIn,
  };
}

/** Of each slice the events about its items, by their place in it. */
function auditOf({ audit = [] }: StageBatch, order: readonly number[], firsts: readonly number[]): StageAudit[][] {
  const out: StageAudit[][] = firsts.map(() => []);
  if (audit.length === 0) return out;
  const places = new Map(order.map((at, place) => [at, place]));
  for (const one of audit) {
    const place = places.get(one.item)!;
    const n = firsts.findLastIndex((first) => first <= place);
    out[n]!.push({ ...one, item: place - firsts[n]! });
  }
  return out;
}

/** The row and what waits because of it, its keys, its members, what it is searched by. */
function rowsOf({ keys, edges, pushed }: StageItem): number {
  let rows = 2 + keys.length + (pushed === undefined ? 0 : 1 + pushed.keys.length);
  for (const { all, add, remove } of edges) rows += (all?.keys.length ?? 0) + (add?.keys.length ?? 0) + (remove?.length ?? 0);
  return rows;
}

/** What is done with is cleared in slices too: what a crash leaves of it is looked at once more. */
export async function commitInSlices(writer: Writer, batch: SyncCommit): Promise<SyncConflicts> {
  const size = batch.objects.length + batch.staged.length + batch.edges.length;
  // A slice keeps its place behind those before it.
  const lane = batch.slice === undefined ? laneFor(size) : 'bulk';
  const { more, ...conflicts } = await (lane === 'bulk'
    ? writer.bulk('commit', batch, batch.slice === 'more')
    : writer.interactive('commit', batch));
  if (more) while (await writer.bulk('clearDone', batch.done));
  return conflicts;
}

/** What follows from the answers waits, and what was written is told, before they are noted; the last slice ends the attempt. */
export async function answerInSlices(writer: Writer, batch: AnswerBatch): Promise<readonly SeqRange[]> {
  const { changes, answers } = batch;
  const slices = {
    dirty: slicesOf(batch.dirty ?? [], () => 1, writer.rowsAtOnce),
    changes: slicesOf(changes, () => 1, writer.rowsAtOnce),
    answers: slicesOf(answers, ({ keys, edges }) => 2 + (keys?.length ?? 0) + edges.length, writer.rowsAtOnce),
  };
  if (Object.values(slices).every((some) => some.length <= 1)) return [await writer[laneFor(answers.length)]('answer', batch)];
  const none = { ...batch, answers: [], changes: [], dirty: [] };
  const parts = [
    ...slices.dirty.map((some) => ({ ...none, dirty: some })),
    ...slices.changes.map((some) => ({ ...none, changes: some })),
    ...slices.answers.map((some) => ({ ...none, answers: some })),
  ];
  return await writer.parts(
    'bulk',
    'answer',
    parts.map((part, n) => ({ ...part, more: n < parts.length - 1 })),
  );
}

/** Memberships that are not answered when the process ends are sent again; they are counted with the first slice. */
export async function answerEdgesInSlices(writer: Writer, batch: OperationInput<'answerEdges'>): Promise<void> {
  const slices = slicesOf(batch.edges, () => 1, writer.rowsAtOnce);
  if (slices.length <= 1) return await writer[laneFor(batch.edges.length)]('answerEdges', batch);
  const rest = { ...batch, counted: [], changes: [] };
  await writer.parts(
    'bulk',
    'answerEdges',
    slices.map((edges, n) => ({ ...(n === 0 ? batch : rest), edges })),
  );
}

export async function decideEdgesInSlices(writer: Writer, batch: OperationInput<'decideEdges'>): Promise<void> {
  const slices = slicesOf(batch.edges, () => 1, writer.rowsAtOnce);
  if (slices.length <= 1) return await writer[laneFor(batch.edges.length)]('decideEdges', batch);
  await writer.parts(
    'bulk',
    'decideEdges',
    slices.map((edges) => ({ ...batch, edges })),
  );
}

export async function markInSlices(writer: Writer, batch: OperationInput<'markExports'>): Promise<void> {
  const slices = slicesOf(batch.rows, () => 2, writer.rowsAtOnce);
  if (slices.length <= 1) return await writer[laneFor(batch.rows.length)]('markExports', batch);
  await writer.parts(
    'bulk',
    'markExports',
    slices.map((rows) => ({ ...batch, rows })),
  );
}

export async function putBlobsInSlices(writer: Writer, blobs: OperationInput<'putBlobs'>['blobs']): Promise<void> {
  await writer.parts(
    'bulk',
    'putBlobs',
    slicesOf(blobs, ({ bytes }) => bytes.length, BYTES).map((part) => ({ blobs: part })),
  );
}

function startsOf(slices: readonly (readonly unknown[])[]): number[] {
  const starts: number[] = [];
  let at = 0;
  for (const slice of slices) {
    starts.push(at);
    at += slice.length;
  }
  return starts;
}
