/**
 * A file of change records as a delta feed. A record counts once a blank line ends it, so that half of one is never read.
 *
 * The cursor says which file, how far, what stood right before there, and the renames so far (renames.ts).
 */
import { z } from 'zod';
import type { Change, Cursor, Page, ReadObject } from '#connectors/contract';
import { sha256Hex } from '#core/digest';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { type LdifItem, LdifReader } from '#protocols/ldap/ldif';
import { type Skipped, skippedIn } from '../files/skipped.ts';
import { refuseMissing, type SourceFile } from '../files/source.ts';
import { changeOf } from './changes.ts';
import type { Plan } from './config.ts';
import { openExisting } from './read.ts';
import { Renames } from './renames.ts';

const CHECKED_BYTES = 1024;

const place = z.object({
  device: z.string(),
  inode: z.string(),
  offset: z.number().int().nonnegative(),
  line: z.number().int().positive(),
  before: z.string(),
  renames: z.array(z.tuple([z.string(), z.string()])),
});
type Place = z.infer<typeof place>;

/** The beginning of whatever file is there. */
export const START: Cursor = 'start';

export async function* readFeed(
  plan: Plan,
  warn: (fault: Fault) => void,
  since: Cursor | undefined,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const source = await openExisting(plan.path);
  if (source === null) {
    if (plan.made) refuseMissing(plan.path, plan.made);
    const reason: Fault = {
      kind: 'notFound',
      message: `${plan.path} does not exist`,
      where: { file: plan.path },
      remedy: 'check the path; changes are read once there is a file',
    };
    if (since === undefined) warn(reason);
    yield { objects: [], end: since === undefined ? { complete: false, reason, next: START } : { complete: true, next: since } };
    return;
  }
  try {
    const from = since === undefined || since === START ? null : await continued(source, since);
    const restarted = since !== undefined && since !== START && from === null;
    const renames = new Renames((from?.renames ?? []) as [string, string][]);
    const skipped = skippedIn(plan.path, 'change records', warn);
    const reader = new LdifReader({
      file: plan.path,
      maxEntryBytes: plan.maxEntryBytes,
      ...(from === null ? {} : { start: { offset: from.offset, line: from.line } }),
    });
    let first = true;
    for await (const block of source.blocks({ from: from?.offset ?? 0, signal })) {
      const objects = take(reader.push(block), plan, renames, skipped);
      yield first && restarted ? { objects, restarted } : { objects };
      first = false;
    }
    const { offset, line } = reader.position;
    if (reader.waiting > 0) warn(unfinished(plan.path, line));
    const { device, inode } = source.identity;
    const next: Place = {
      device,
      inode,
      offset,
      line,
      before: await before(source, offset),
      renames: renames.list.map(([a, b]) => [a, b]),
    };
    const reason = restarted ? replaced(plan.path) : (skipped.reason() ?? (since === undefined ? logOnly(plan.path) : undefined));
    const end = reason === undefined ? { complete: true } : { complete: false, reason };
    yield { objects: [], ...(first && restarted ? { restarted } : {}), end: { ...end, next: JSON.stringify(next) } };
  } finally {
    await source.close();
  }
}

function take(items: readonly LdifItem[], plan: Plan, renames: Renames, skipped: Skipped): (ReadObject | Change)[] {
  const objects: (ReadObject | Change)[] = [];
  for (const item of items) {
    if (item.type === 'fault') {
      if (item.skipped) skipped.add(item.fault);
      continue;
    }
    try {
      const object = changeOf(item, plan, renames);
      if (object !== null) objects.push(object);
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      skipped.add(toFault(error, { line: item.line, object: item.dn.slice(0, 512) }));
    }
  }
  return objects;
}

/** Where to go on; null when that is no place of this file: it is another one, or was cut or changed before there. */
async function continued(source: SourceFile, since: Cursor): Promise<Place | null> {
  const known = place.safeParse(parsed(since));
  if (!known.success) return null;
  const { device, inode, offset } = known.data;
  const same = source.identity.device === device && source.identity.inode === inode && source.identity.size >= offset;
  return same && (await before(source, offset)) === known.data.before ? known.data : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Digest of the bytes right before an offset, in the open file: the path may lead to another one by now. */
async function before(source: SourceFile, offset: number): Promise<string> {
  const length = Math.min(CHECKED_BYTES, offset);
  return sha256Hex(await source.bytes(offset - length, length));
}

function unfinished(path: string, line: number): Fault {
  return {
    kind: 'invalidValue',
    message: 'the last change record is not ended by a blank line yet; it waits',
    where: { file: path, line },
    remedy: 'nothing, if the log is still being written; otherwise end the file with a blank line',
  };
}

function replaced(path: string): Fault {
  return {
    kind: 'invalidValue',
    message: 'the change log was replaced or cut since it was read last; changes between the two may be missing',
    where: { file: path },
    remedy: 'run a full import from the entries themselves; let logs grow until they were read',
  };
}

function logOnly(path: string): Fault {
  return {
    kind: 'invalidValue',
    message: 'a change log does not say what else exists, so nothing counts as gone but what it deletes',
    where: { file: path },
    remedy: 'nothing to do; a file of entries proves absence',
  };
}
