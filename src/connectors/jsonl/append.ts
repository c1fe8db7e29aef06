/**
 * Writing changes: records are added at the end and made durable before `write` answers. What a writer of ours that died left
 * half-written is cut off first; a complete line that only lacks its newline gets one. Anything else stays, and nothing is added.
 * Which anchors the log holds is read from it at the first write, or from what the last run kept of it (key-index.ts).
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { RollcallError, toFault } from '#core/errors';
import { parseJson } from '#core/json';
import { syncFolder } from '../files/atomic.ts';
import { fileFault } from '../files/faults.ts';
import { type FileIdentity, identityOf, isStillAt, sameIdentity } from '../files/identity.ts';
import { editOf, failed, invalid } from '../files/item.ts';
import { bytesAt, type SourceFile, sourceOf } from '../files/source.ts';
import { changeLine, changeOf } from './change.ts';
import { endOfLines } from './feed.ts';
import { eachLine, type JsonlFile } from './file.ts';
import { type KeyIndex, openKeyIndex } from './key-index.ts';

interface Log {
  readonly handle: FileHandle;
  readonly index: KeyIndex;
  /** After our last write; its size is what was read and written of the log, whatever others added meanwhile. */
  identity: FileIdentity;
}

export function changeWriter(file: JsonlFile): Writer & { close(): Promise<void> } {
  const { path } = file;
  let log: Log | undefined;

  /** Whether the file is another one by now, or somebody else added to it: what exists has to be looked up again. */
  async function isStale({ handle, identity }: Log): Promise<boolean> {
    return (await handle.stat()).size !== identity.size || !(await isStillAt(path, handle));
  }

  async function begin(): Promise<Log> {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o666);
    try {
      await mendEnd(handle, file);
      const source = await sourceOf(handle, path);
      const index = await openKeyIndex(handle, source, JSON.stringify([file.config.kind, file.limit]));
      const size = await readOn(source, index, file);
      await handle.sync();
      await syncFolder(dirname(path));
      return { handle, index, identity: { ...source.identity, size } };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
  /** What of a batch fitted on the disk, unless somebody else wrote behind it. */
  async function takeBack({ handle, identity: { size } }: Log, done: number): Promise<void> {
    if ((await handle.stat()).size === size + done) await handle.truncate(size);
  }
  async function drop(): Promise<void> {
    const dropped = log;
    log = undefined;
    await dropped?.handle.close();
  }
  async function end(): Promise<void> {
    if (log === undefined) return;
    const { handle, index, identity } = log;
    log = undefined;
    try {
      if (sameIdentity(identity, await identityNow(handle)) && (await isStillAt(path, handle))) await index.keep(identity);
    } finally {
      await handle.close();
    }
  }

  function lineOf(item: WriteItem, known: KeyIndex): { readonly result: WriteResult; readonly text: string } {
    const given = Object.hasOwn(item.set, file.config.anchor) ? item.set[file.config.anchor] : undefined;
    const named = typeof given === 'string' || typeof given === 'number' ? String(given) : undefined;
    const anchor = item.anchor ?? named ?? item.name;
    if (anchor === undefined || anchor === '')
      throw invalid(`a new object needs a value for its anchor "${file.config.anchor}"`, {}, 'map the anchor in the export rule');
    const edit = editOf(item, anchor, false);
    const exists = known.has(item.kind, anchor);
    if (item.operation === 'create' && exists)
      return { text: '', result: failed('conflict', `${item.kind} ${anchor} is in ${path} already`, anchor, path, 'anchor') };
    if (item.operation !== 'create' && !exists)
      return { text: '', result: failed('notFound', `${item.kind} ${anchor} is not in ${path}`, anchor, path) };
    const text = changeLine(edit, item.name);
    if (Buffer.byteLength(text) > file.limit) throw invalid('the change is over the limit of one object', { object: anchor });
    if (item.operation !== 'update') known.set(item.kind, anchor, item.operation === 'create');
    return { text, result: { ok: true, anchor, ...(item.name === undefined ? {} : { name: item.name }) } };
  }

  return {
    creates: { by: 'callerKey' },
    batch: { items: 5000 },
    async write(items) {
      try {
        if (log !== undefined && (await isStale(log))) await drop();
        log ??= await begin();
        const results: WriteResult[] = [];
        let text = '';
        for (const item of items) {
          try {
            const { text: line, result } = lineOf(item, log.index);
            text += line;
            results.push(result);
          } catch (error) {
            if (!(error instanceof RollcallError) || error.kind !== 'invalidValue') throw error;
            results.push({ ok: false, fault: toFault(error, { file: path }) });
          }
        }
        const bytes = Buffer.from(text);
        let done = 0;
        try {
          while (done < bytes.length) done += (await log.handle.write(bytes, done, bytes.length - done)).bytesWritten;
          await log.handle.datasync();
        } catch (error) {
          await takeBack(log, done);
          throw error;
        }
        log.identity = { ...(await identityNow(log.handle)), size: log.identity.size + bytes.length };
        return results;
      } catch (error) {
        // What was written of it, if anything, is cut off or taken over when the file is opened again. The table is of no use.
        await drop();
        throw fileFault(error, path);
      }
    },
    close: end,
  };
}

async function mendEnd(handle: FileHandle, file: JsonlFile): Promise<void> {
  const { size } = await handle.stat();
  const end = await endOfLines({ bytes: (from, length) => bytesAt(handle, from, length) }, size);
  if (end === size) return;
  const rest = await bytesAt(handle, end, Math.min(size - end, file.limit + 1));
  const text = rest.toString('utf8');
  if (isJson(text)) await handle.write('\n');
  else if (rest.length <= file.limit && isOurs(text)) await handle.truncate(end);
  else
    throw new RollcallError('configuration', `${file.path} ends in a line that is no change, so nothing is added to it`, {
      where: { file: file.path },
      remedy: 'see that the path names a file of changes; end the line with a newline if it may stay',
    });
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

/** The beginning of a line that `changeLine` makes. */
function isOurs(text: string): boolean {
  const start = '{"op":"';
  return text.startsWith(start) || start.startsWith(text);
}

async function identityNow(handle: FileHandle): Promise<FileIdentity> {
  return identityOf(await handle.stat({ bigint: true }));
}

/** Takes in the lines that the index does not know; answers up to where. */
async function readOn(source: SourceFile, known: KeyIndex, file: JsonlFile): Promise<number> {
  const { size } = source.identity;
  const { from } = known;
  if (from === size) return size;
  const line = (text: string, number: number, suspect: boolean): void => {
    const { op, kind, anchor } = changeOf(text, number, suspect, file.path, file.config);
    known.set(kind, anchor, op !== 'delete');
  };
  let open = false;
  for await (const batch of eachLine(source, file, { line, openIsPartial: true }, undefined, { from, to: size }))
    open = batch.open;
  return open ? await endOfLines(source, size) : size;
}
