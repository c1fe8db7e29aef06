/**
 * A target that only grows: change records are added and made durable before they are answered for. Each begins with a comment
 * that names its attempt, so that an attempt repeated after a crash is not written twice; a tail that the crash tore is cut
 * off when the file is opened next. A tail without such a comment is somebody else's: it stays, and nothing is added.
 * Only Rollcall may write the file.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { sha256Hex } from '#core/digest';
import { escapeDnValue, parentDn, parseDn } from '#core/dn';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { createdEntry, values } from '#protocols/ldap/edits';
import { type LdifChange, type LdifModification, LdifReader } from '#protocols/ldap/ldif';
import { formatChange } from '#protocols/ldap/ldif-write';
import { nameKey } from '#protocols/ldap/names';
import { canonicalDescription } from '#protocols/ldap/schema';
import { syncFolder } from '../files/atomic.ts';
import { fileFault } from '../files/faults.ts';
import { isStillAt } from '../files/identity.ts';
import type { Plan } from './config.ts';
import { openExisting } from './read.ts';
import { Renames } from './renames.ts';

/** Attempts remembered; a repeat comes within the next few batches. */
const REMEMBERED = 100_000;
const MARK = /^# attempt ([0-9a-f]{32})\r?$/gm;
/** Before the last change of an attempt, and before those that another one follows. */
const LAST = '# attempt ';
const PART = '# part of attempt ';
const HEADER = 'version: 1\n\n';

interface Log {
  readonly file: FileHandle;
  readonly attempts: Set<string>;
  readonly renames: Renames;
}

export interface AppendWriter extends Writer {
  close(): Promise<void>;
}

export function appendWriter(plan: Plan, warn: (fault: Fault) => void): AppendWriter {
  let log: Log | null = null;

  async function drop(): Promise<void> {
    const open = log;
    log = null;
    await open?.file.close();
  }

  return {
    creates: { by: 'idempotencyKey', visibleWithinSeconds: 0 },
    batch: { items: 1000 },
    async write(items) {
      if (log !== null && !(await isStillAt(plan.path, log.file))) await drop();
      log ??= await openLog(plan, warn);
      const { file, attempts, renames } = log;
      let text = '';
      const results = items.map((item): WriteResult => {
        try {
          const mark = sha256Hex(item.attempt).slice(0, 32);
          const known = attempts.has(mark);
          const { changes, anchor, name } = changesOf(item, plan, renames);
          if (!known)
            text += changes
              .map((change, i) => `${i === changes.length - 1 ? LAST : PART}${mark}\n${formatChange(change)}`)
              .join('');
          remember(attempts, mark);
          return { ok: true, anchor, name };
        } catch (error) {
          if (!(error instanceof RollcallError)) throw error;
          const object = item.name ?? item.anchor ?? undefined;
          return { ok: false, fault: toFault(error, { file: plan.path, ...(object === undefined ? {} : { object }) }) };
        }
      });
      try {
        if (text !== '') {
          await file.appendFile(text, 'latin1');
          await file.datasync();
        }
      } catch (error) {
        // Whatever reached the disk is found, or cut off, by the next open.
        await drop();
        throw fileFault(error, plan.path);
      }
      return results;
    },
    close: drop,
  };
}

function changesOf(item: WriteItem, plan: Plan, renames: Renames): { changes: LdifChange[]; anchor: string; name: string } {
  if (item.operation === 'create') {
    const dn = item.name ?? item.anchor ?? '';
    const key = nameKey(dn);
    if (key === null || key === '') throw noName();
    const { attributes } = createdEntry(dn, item, plan.classesOf(item.kind));
    return { changes: [{ type: 'add', dn, attributes }], anchor: renames.anchorOf(key), name: dn };
  }
  const anchor = item.anchor ?? '';
  const dn = renames.nameOf(anchor);
  if (dn === '') throw noName();
  if (item.operation === 'delete') return { changes: [{ type: 'delete', dn }], anchor, name: dn };
  const changes: LdifChange[] = [];
  const name = item.name ?? dn;
  const to = nameKey(name);
  if (to === null || to === '') throw noName();
  if (to !== dn) {
    changes.push(renameOf(dn, name));
    renames.add(dn, to);
  }
  const modifications = modificationsOf(item);
  if (modifications.length > 0) changes.push({ type: 'modify', dn: name, changes: modifications });
  return { changes, anchor, name };
}

function modificationsOf(item: WriteItem): LdifModification[] {
  const out: LdifModification[] = [];
  const push = (op: LdifModification['op'], name: string, list: Parameters<typeof values>[1]): void => {
    const attribute = canonicalDescription(name);
    if (attribute === null)
      throw new RollcallError('invalidValue', `"${name.slice(0, 64)}" is no attribute name`, {
        remedy: 'attribute names are letters, digits and "-"',
      });
    const each = values(name, list);
    if (op === 'replace' || each.length > 0) out.push({ op, attribute, values: each });
  };
  for (const [name, value] of Object.entries(item.set)) push('replace', name, value);
  for (const [name, list] of Object.entries(item.remove ?? {})) push('delete', name, list);
  for (const [name, list] of Object.entries(item.add ?? {})) push('add', name, list);
  return out;
}

function renameOf(dn: string, name: string): LdifChange {
  const newRdn = parseDn(name)![0]!
    .map(({ type, value, hex }) => `${type}=${hex ? value : escapeDnValue(value)}`)
    .join('+');
  const [before, after] = [parentDn(dn), parentDn(name)];
  const moved = after !== null && nameKey(after) !== (before === null ? '' : nameKey(before));
  return { type: 'rename', dn, newRdn, deleteOldRdn: true, ...(moved ? { newSuperior: after } : {}) };
}

function noName(): RollcallError {
  return new RollcallError('invalidValue', 'a change record needs a DN', {
    remedy: 'give the export rule a "dn:" such as uid=…,ou=people,dc=example,dc=org',
  });
}

function remember(attempts: Set<string>, mark: string): void {
  attempts.add(mark);
  if (attempts.size <= REMEMBERED) return;
  for (const oldest of attempts) {
    attempts.delete(oldest);
    return;
  }
}

async function openLog(plan: Plan, warn: (fault: Fault) => void): Promise<Log> {
  let file: FileHandle | undefined;
  try {
    file = await open(plan.path, 'a+', 0o666);
    const { size } = await file.stat();
    const end = await lastBlank(file, size);
    if (end < size) {
      if (!(await isOurs(file, end))) throw unended(plan.path);
      await file.truncate(end);
      await file.sync();
      warn({
        kind: 'invalidValue',
        message: `${size - end} bytes of an unfinished change record were cut off`,
        where: { file: plan.path },
        remedy: 'nothing: what was not answered for is written again',
      });
    }
    if (end === 0) {
      await file.appendFile(HEADER);
      await file.sync();
      await syncFolder(dirname(plan.path));
    }
    return { file, ...(await history(plan)) };
  } catch (error) {
    await file?.close();
    throw fileFault(error, plan.path);
  }
}

/** Whether what stands at an offset is the beginning of what is written here. */
async function isOurs(file: FileHandle, at: number): Promise<boolean> {
  const bytes = Buffer.alloc(PART.length);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
  const text = bytes.toString('latin1', 0, bytesRead);
  return [LAST, PART, ...(at === 0 ? [HEADER] : [])].some((start) => text.startsWith(start) || start.startsWith(text));
}

function unended(path: string): RollcallError {
  return new RollcallError(
    'configuration',
    `${path} ends in a record that no blank line ends and that is not ours, so nothing is added to it`,
    {
      where: { file: path },
      remedy: 'see that the path names a file of changes; end it with a blank line if its last record is whole',
    },
  );
}

/** What the log already holds: attempts and renames. */
async function history(plan: Plan): Promise<Omit<Log, 'file'>> {
  const attempts = new Set<string>();
  const renames = new Renames();
  const source = await openExisting(plan.path);
  if (source === null) return { attempts, renames };
  const reader = new LdifReader({ maxEntryBytes: plan.maxEntryBytes });
  let rest = '';
  try {
    for await (const block of source.blocks()) {
      const text = rest + block.toString('latin1');
      for (const [, mark] of text.matchAll(MARK)) remember(attempts, mark!);
      rest = text.slice(text.lastIndexOf('\n') + 1).slice(-64);
      for (const item of reader.push(block)) {
        if (item.type !== 'rename') continue;
        const from = nameKey(item.dn)!;
        const above = item.newSuperior ?? parentDn(item.dn);
        const to = nameKey(above === null ? item.newRdn : `${item.newRdn},${above}`);
        if (to !== null && to !== from) renames.add(from, to);
      }
    }
    return { attempts, renames };
  } finally {
    await source.close();
  }
}

/** Offset behind the last blank line; 0 when there is none. */
async function lastBlank(file: FileHandle, size: number): Promise<number> {
  const bytes = Buffer.alloc(64 * 1024);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - bytes.length);
    const { bytesRead } = await file.read(bytes, 0, end - start, start);
    const text = bytes.toString('latin1', 0, bytesRead);
    const [lf, crlf] = [text.lastIndexOf('\n\n'), text.lastIndexOf('\n\r\n')];
    if (lf !== -1 || crlf !== -1) return start + Math.max(lf + 2, crlf === -1 ? 0 : crlf + 3);
    if (start === 0) return 0;
    // A blank line may lie across two blocks.
    end = start + 2;
  }
  return 0;
}
