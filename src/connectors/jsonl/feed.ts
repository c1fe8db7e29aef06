/**
 * A file of change records as a delta feed: the cursor is how far it was read, and what stood right before that place, so
 * that a file cut, replaced or rotated since is noticed. A record counts once its newline is there.
 *
 * A full read answers each object once, as all the records leave it. The file is read twice: first the records of each key
 * are counted, then an object goes out with its last record; in memory are only those in between.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';
import type { Cursor, Page, ReadObject } from '#connectors/contract';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { fileFault } from '../files/faults.ts';
import { EMPTY_PRINT } from '../files/identity.ts';
import { KeyTable } from '../files/keys.ts';
import type { Row } from '../files/row.ts';
import { type Skipped, skippedIn } from '../files/skipped.ts';
import { BLOCK_BYTES, type BlockRange, openSourceOrNone, refuseMissing, type SourceFile } from '../files/source.ts';
import { afterChange, type ChangeRecord, changeOf } from './change.ts';
import { eachLine, type JsonlFile } from './file.ts';
import { lineFault } from './parse.ts';

const TAIL_BYTES = 4096;
/** Values that could not be used while an earlier record had one that can. */
const TOLD = 100;
const place = z.strictObject({
  offset: z.number().int().nonnegative(),
  /** Number of the line that starts there. */
  line: z.number().int().positive(),
  tail: z.string(),
});
type Place = z.infer<typeof place>;

/** Behind the last complete line of the file as it stands. */
export function cursorAtEnd(path: string): Promise<Cursor> {
  return placeBefore(path, Number.POSITIVE_INFINITY, START);
}

/** Where a file begins, whatever file it is. */
export const BEGINNING: Cursor = JSON.stringify({ offset: 0 });
const START: Place = { offset: 0, line: 1, tail: createHash('sha256').digest('base64') };

/** The last start of a line at or before `end`, counted on from a place before it: a line still being written is read next time. */
function placeBefore(path: string, end: number, from: Place): Promise<Cursor> {
  return withFile(
    path,
    async (handle, size) => {
      const offset = await endOfLines(handle, Math.min(end, size));
      const line = from.line + (await countLines(handle, from.offset, offset));
      return JSON.stringify({ offset, line, tail: await tailOf(handle, offset) } satisfies Place);
    },
    async () => JSON.stringify(START),
  );
}

async function countLines(handle: FileHandle, from: number, to: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  let count = 0;
  for (let at = from; at < to; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    for (let newline = bytes.indexOf(10); newline !== -1; newline = bytes.indexOf(10, newline + 1)) count++;
    at += bytesRead;
  }
  return count;
}

/** Digest of up to 4 KB before an offset. */
async function tailOf(handle: FileHandle, offset: number): Promise<string> {
  const bytes = await bytesBefore(handle, offset, TAIL_BYTES);
  return createHash('sha256').update(bytes).digest('base64');
}

async function bytesBefore(handle: FileHandle, offset: number, count: number): Promise<Buffer> {
  const length = Math.min(offset, count);
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset - length + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** Offset behind the last newline before `size`. */
export async function endOfLines(handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; end -= 65536) {
    const bytes = await bytesBefore(handle, end, 65536);
    const newline = bytes.lastIndexOf(10);
    if (newline !== -1) return end - bytes.length + newline + 1;
  }
  return 0;
}

async function withFile<Answer>(
  path: string,
  act: (handle: FileHandle, size: number) => Promise<Answer>,
  none: () => Promise<Answer>,
): Promise<Answer> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none();
    throw fileFault(error, path);
  }
  try {
    return await act(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

/** Records from a cursor on. Throws `conflict` when the file does not continue what was read up to the cursor. */
export async function* readChanges(file: JsonlFile, since: Cursor, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const { path, config } = file;
  const from = await continued(path, since);
  const source = await openSourceOrNone(path);
  if (source === null) {
    if (since === BEGINNING) refuseMissing(path, file.isTarget);
    yield { objects: [], end: { complete: true, next: since } };
    return;
  }
  const skipped = skippedIn(path, 'changes', file.warn);
  let objects: ChangeRecord[] = [];
  const line = (text: string, number: number, suspect: boolean): void => {
    objects.push(changeOf(text, number, suspect, path, config));
  };
  try {
    let end = from.offset;
    for await (const batch of eachLine(source, file, { line, openIsPartial: true }, skipped, {
      from: from.offset,
      firstLine: from.line,
      signal,
    })) {
      end = batch.end;
      if (objects.length > 0) yield { objects };
      objects = [];
    }
    yield { objects: [], end: { ...outcome(skipped.reason()), next: await placeBefore(path, end, from) } };
  } finally {
    await source.close();
  }
}

async function continued(path: string, since: Cursor): Promise<Place> {
  if (since === BEGINNING) return START;
  let known: Place;
  try {
    known = place.parse(JSON.parse(since));
  } catch (cause) {
    throw notContinued(path, 'the place up to which it was read is not known any more', cause);
  }
  const { offset, tail } = known;
  if (offset === 0) return START;
  return withFile(
    path,
    async (handle, size) => {
      if (size < offset) throw notContinued(path, 'it is shorter than what was read of it');
      if ((await tailOf(handle, offset)) !== tail) throw notContinued(path, 'it is another one than the one read before');
      return known;
    },
    async () => {
      throw notContinued(path, 'it is gone');
    },
  );
}

function notContinued(path: string, why: string, cause?: unknown): RollcallError {
  return new RollcallError('conflict', `the change file ${path} cannot be read on: ${why}`, {
    where: { file: path },
    remedy: 'it is read in full; rotate change files only after they were read',
    cause,
  });
}

export async function* readWhole(file: JsonlFile, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const { path } = file;
  const source = await openSourceOrNone(path);
  if (source === null) {
    refuseMissing(path, file.isTarget);
    yield { objects: [], end: { complete: true, fingerprint: EMPTY_PRINT } };
    return;
  }
  try {
    // The file may grow while it is read; what is added then is the next delta's.
    const next = await cursorAtEnd(path);
    const { offset } = await continued(path, next);
    const skipped = skippedIn(path, 'changes', file.warn);
    for await (const objects of folded(source, file, skipped, { to: offset, signal })) if (objects.length > 0) yield { objects };
    const changed = await brokenOff(path, next);
    const reason = changed ?? skipped.reason() ?? tailReason(file);
    const print = changed === undefined ? { fingerprint: source.fingerprint() } : {};
    yield { objects: [], end: { ...outcome(reason), ...print, next } };
  } finally {
    await source.close();
  }
}

/** Why the file does not lead on from a place any more; undefined where it does. */
async function brokenOff(path: string, place: Cursor): Promise<Fault | undefined> {
  try {
    await continued(path, place);
    return undefined;
  } catch (error) {
    return toFault(error);
  }
}

function tailReason({ path, config }: JsonlFile): Fault | undefined {
  if (config.history === 'whole') return undefined;
  const message = `${path} holds changes, and not necessarily all: what it does not name may exist`;
  const remedy = 'say `history: whole` if it holds every change since the system was empty';
  return { kind: 'unavailable', message, where: { file: path }, remedy };
}

function outcome(reason: Fault | undefined): { complete: boolean; reason?: Fault } {
  return reason === undefined ? { complete: true } : { complete: false, reason };
}

/** Objects as the records in a part of the file leave them; a batch may be empty. */
async function* folded(
  source: SourceFile,
  file: JsonlFile,
  skipped: Skipped | undefined,
  range: BlockRange,
): AsyncGenerator<ReadObject[]> {
  const { path, config } = file;
  const counts = new KeyTable();
  const count = (text: string, number: number, suspect: boolean): void => {
    const { kind, anchor } = changeOf(text, number, suspect, path, config);
    counts.set(kind, anchor, (counts.get(kind, anchor) ?? 0) + 1);
  };
  for await (const _ of eachLine(source, file, { line: count, openIsPartial: true }, undefined, range));

  const open = new Map<string, ReadObject | null>();
  let objects: ReadObject[] = [];
  let told = 0;
  const fold = (text: string, number: number, suspect: boolean): void => {
    const change = changeOf(text, number, suspect, path, config);
    const { kind, anchor } = change;
    const left = (counts.get(kind, anchor) ?? 0) - 1;
    counts.set(kind, anchor, left);
    const key = JSON.stringify([kind, anchor]);
    const before = open.get(key) ?? null;
    const orphan = change.op === 'patch' && before === null;
    const after = orphan ? null : next(change, before);
    // What a record before said stands; the engine is told of what no record said.
    for (const fault of (change.op === 'delete' ? undefined : change.refused) ?? [])
      if (skipped !== undefined && after !== null && after.refused?.includes(fault) !== true && told++ < TOLD)
        file.warn({ ...fault, where: { file: path, line: number, object: anchor, ...fault.where } });
    if (left > 0) open.set(key, after);
    else {
      open.delete(key);
      if (after !== null) objects.push(after);
    }
    if (orphan)
      throw lineFault(
        'the patch is of an object that no record has put',
        number,
        path,
        'let the file begin with a put of each object',
        anchor,
      );
  };
  for await (const _ of eachLine(source, file, { line: fold, openIsPartial: true }, skipped, range)) {
    yield objects;
    objects = [];
  }
}

function next(change: ChangeRecord, before: ReadObject | null): ReadObject | null {
  const attributes = afterChange(change, before === null ? null : (before.attributes as Row));
  if (attributes === null || change.op === 'delete') return null;
  const { kind, anchor } = change;
  const [name, changedAt] = [change.name ?? before?.name, change.changedAt ?? before?.changedAt];
  const { line } = change;
  const refused: Fault[] = [];
  for (const fault of [...(change.op === 'patch' ? (before?.refused ?? []) : []), ...(change.refused ?? [])]) {
    const attribute = fault.where.attribute!;
    const known = before?.attributes[attribute];
    if (known !== undefined) attributes[attribute] = known;
    else if (attributes[attribute] === undefined && !refused.some((one) => one.where.attribute === attribute))
      refused.push(fault);
  }
  return {
    kind,
    anchor,
    ...(refused.length === 0 ? {} : { refused }),
    attributes,
    ...(name === undefined ? {} : { name }),
    ...(changedAt === undefined ? {} : { changedAt }),
    ...(line === undefined ? {} : { line }),
  };
}

/** Objects as they are now, batch by batch, for whoever looks for some of them. */
export async function* currentObjects(file: JsonlFile): AsyncGenerator<ReadObject[]> {
  const source = await openSourceOrNone(file.path);
  if (source === null) return;
  try {
    yield* folded(source, file, undefined, { to: source.identity.size });
  } finally {
    await source.close();
  }
}
