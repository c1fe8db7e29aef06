/**
 * A file of change records as a delta feed: the cursor is how far it was read, and what stood right before that place, so
 * that a file cut, replaced or rotated since is noticed. A record counts once its newline is there.
 *
 * A full read answers each object once, as all the records leave it. The file is read twice: first the records of each key
 * are counted, then an object goes out with its last record; in memory are only those in between.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor, Page, ReadObject } from '#connectors/contract';
import { type Fault, RollcallError, toFault } from '#core/errors';
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
export async function cursorAtEnd(path: string): Promise<Cursor> {
  const source = await openSourceOrNone(path);
  if (source === null) return JSON.stringify(START);
  try {
    return JSON.stringify(await placeBefore(source, source.identity.size, START));
  } finally {
    await source.close();
  }
}

/** Where a file begins, whatever file it is. */
export const BEGINNING: Cursor = JSON.stringify({ offset: 0 });
const START: Place = { offset: 0, line: 1, tail: createHash('sha256').digest('base64') };

/**
 * The last start of a line at or before `end`, counted on from a place before it: a line still being written is read next time. It is
 * of the open file, so that one which took its place meanwhile is not taken for read.
 */
async function placeBefore(source: SourceFile, end: number, from: Place): Promise<Place> {
  const offset = await endOfLines(source, end);
  const line = from.line + (await countLines(source, from.offset, offset));
  return { offset, line, tail: await tailOf(source, offset) };
}

async function countLines(source: SourceFile, from: number, to: number): Promise<number> {
  let count = 0;
  for (let at = from; at < to; ) {
    const bytes = await source.bytes(at, Math.min(BLOCK_BYTES, to - at));
    if (bytes.length === 0) break;
    for (let newline = bytes.indexOf(10); newline !== -1; newline = bytes.indexOf(10, newline + 1)) count++;
    at += bytes.length;
  }
  return count;
}

/** Digest of up to 4 KB before an offset; of a file that was cut meanwhile it is one that no file has there. */
export async function tailOf(source: Pick<SourceFile, 'bytes'>, offset: number): Promise<string> {
  const length = Math.min(offset, TAIL_BYTES);
  const bytes = await source.bytes(offset - length, length);
  return bytes.length < length ? '' : createHash('sha256').update(bytes).digest('base64');
}

/** Offset behind the last newline before `end`; `end` itself where the file was cut before it. */
export async function endOfLines(source: Pick<SourceFile, 'bytes'>, end: number): Promise<number> {
  for (let at = end; at > 0; at -= 65536) {
    const length = Math.min(at, 65536);
    const bytes = await source.bytes(at - length, length);
    if (bytes.length < length) return end;
    const newline = bytes.lastIndexOf(10);
    if (newline !== -1) return at - length + newline + 1;
  }
  return 0;
}

/** Records from a cursor on. Throws `conflict` when the file does not continue what was read up to the cursor. */
export async function* readChanges(file: JsonlFile, since: Cursor, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const { path, config } = file;
  const source = await openSourceOrNone(path);
  if (source === null) {
    if (since === BEGINNING || file.isTarget) refuseMissing(path, file.isTarget);
    if (placeIn(path, since).offset > 0) throw notContinued(path, 'it is gone');
    yield { objects: [], end: { complete: true, next: since } };
    return;
  }
  const skipped = skippedIn(path, 'changes', file.warn);
  let objects: ChangeRecord[] = [];
  const line = (text: string, number: number, suspect: boolean): void => {
    objects.push(changeOf(text, number, suspect, path, config));
  };
  try {
    const from = await continued(source, since);
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
    yield { objects: [], end: { ...outcome(skipped.reason()), next: JSON.stringify(await placeBefore(source, end, from)) } };
  } finally {
    await source.close();
  }
}

function placeIn(path: string, since: Cursor): Place {
  if (since === BEGINNING) return START;
  try {
    return place.parse(JSON.parse(since));
  } catch (cause) {
    throw notContinued(path, 'the place up to which it was read is not known any more', cause);
  }
}

async function continued(source: SourceFile, since: Cursor): Promise<Place> {
  const known = placeIn(source.path, since);
  if (known.offset === 0) return START;
  if (source.identity.size < known.offset) throw notContinued(source.path, 'it is shorter than what was read of it');
  if (known.tail === '' || (await tailOf(source, known.offset)) !== known.tail)
    throw notContinued(source.path, 'it is another one than the one read before');
  return known;
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
    yield { objects: [], end: { complete: true, fingerprint: EMPTY_PRINT, absent: path } };
    return;
  }
  try {
    // The file may grow while it is read; what is added then is the next delta's.
    const end = await placeBefore(source, source.identity.size, START);
    const next = JSON.stringify(end);
    const skipped = skippedIn(path, 'changes', file.warn);
    for await (const objects of folded(source, file, skipped, { to: end.offset, signal }))
      if (objects.length > 0) yield { objects };
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
  const source = await openSourceOrNone(path);
  if (source === null) return toFault(notContinued(path, 'it is gone'));
  try {
    await continued(source, place);
    return undefined;
  } catch (error) {
    return toFault(error);
  } finally {
    await source.close();
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
