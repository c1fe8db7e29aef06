/**
 * The writer of a file that holds one object a record and is replaced whole. `write` answers for each item at once, from a
 * table of the keys that are there; `commit` copies the file, record by record, with what was written merged into it. What
 * nobody wrote to keeps its bytes and its place; new objects come last.
 *
 * A session starts with the first `write` (the keys are read) and ends with `commit`, successful or not; after a `write` that
 * threw nothing but a fault of `commit` can end it. Memory: the keys,
 * 32 to 64 bytes an object. Two sessions of one file end with a fault in the later one: what it saw is no longer there.
 */
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { RollcallError, toFault } from '#core/errors';
import type { Kind } from '#core/values';
import { type Replacement, replaceFile } from './atomic.ts';
import { fileFault } from './faults.ts';
import { type FileIdentity, sameIdentity } from './identity.ts';
import { applied, type Edit, editOf, failed } from './item.ts';
import { KeyTable } from './keys.ts';
import { newRow, type Row } from './row.ts';
import { fingerprintOf } from './source.ts';
import { openSpool, type Spool } from './spool.ts';

export interface MergeFormat {
  readonly path: string;
  /** Whether the format knows text only: numbers and booleans are then written as text, and compared so. */
  readonly asText: boolean;
  /** Visits the key of every object in the file. Null = there is no file yet. */
  scan(visit: Visit): Promise<FileIdentity | null>;
  /** The anchor of an item. Throws RollcallError for an item this file cannot hold. */
  check(item: WriteItem): string;
  /** Attributes that a new object has because of the format: its anchor, its kind. */
  own(item: WriteItem, anchor: string): { readonly [attribute: string]: string };
  /**
   * Writes the old content with the changes to `out` and answers what it read and the old content's fingerprint; null where
   * there was no file.
   */
  rewrite(changes: Changes, out: Replacement): Promise<{ readonly identity: FileIdentity; readonly fingerprint: string } | null>;
}

/** `readable` = false: a record whose anchor shows and that cannot be read otherwise; it is not written to, nor doubled. */
export type Visit = (kind: Kind, anchor: string, readable: boolean) => void;

export interface Changes {
  /** Whether somebody may have written to the object; false is certain. */
  has(kind: Kind, anchor: string): boolean;
  /** What becomes of an object in the file; undefined = nobody wrote to it. Asked once for each record. */
  of(
    kind: Kind,
    anchor: string,
  ): ((before: Row) => { readonly after: Row | null; readonly touched: ReadonlySet<string> }) | undefined;
  /** New objects in the order they were written. */
  created(): Iterable<{ readonly kind: Kind; readonly anchor: string; readonly after: Row }>;
}

interface Link {
  readonly edit: Edit;
  /** Where the edit before it of the same object is; null for the first. */
  readonly before: number | null;
  /** Whether the object was not in the file. */
  readonly isNew: boolean;
}

/** In the table: an object of the file nobody wrote to. Else twice the offset of its last edit, plus one while it exists. */
const UNTOUCHED = -1;
const UNREADABLE = -2;

interface Session {
  readonly identity: FileIdentity | null;
  readonly keys: KeyTable;
  readonly spool: Spool<Link>;
}

export interface MergingWriter extends Writer {
  commit(): Promise<{ fingerprint: string }>;
  close(): Promise<void>;
}

export function mergingWriter(format: MergeFormat): MergingWriter {
  let session: Session | undefined;
  /** What broke off a batch: the next commit has to fail, for it would hold what was never answered for. */
  let broken: { readonly error: unknown } | null = null;
  const { path } = format;

  async function begin(): Promise<Session> {
    const keys = new KeyTable();
    const identity = await format.scan((kind, anchor, readable) => keys.setNew(kind, anchor, readable ? UNTOUCHED : UNREADABLE));
    return { identity, keys, spool: await openSpool<Link>(path) };
  }
  async function end(): Promise<void> {
    const ended = session;
    session = undefined;
    broken = null;
    await ended?.spool.close();
  }

  function writeOne({ keys, spool }: Session, item: WriteItem): WriteResult {
    const anchor = format.check(item);
    const edit = editOf(item, anchor, format.asText);
    const state = keys.get(item.kind, anchor);
    const exists = state !== undefined && (state < 0 || state % 2 === 1);
    if (item.operation === 'create' && exists)
      return failed('conflict', `${item.kind} ${anchor} is in ${path} already`, anchor, path, 'anchor');
    if (item.operation !== 'create' && !exists)
      return failed('notFound', `${item.kind} ${anchor} is not in ${path}`, anchor, path);
    if (state === UNREADABLE) {
      return failed('invalidValue', `${item.kind} ${anchor} stands in ${path} in a record that cannot be read`, anchor, path);
    }
    const before = state === undefined || state === UNTOUCHED ? null : Math.floor(state / 2);
    const isNew = before === null ? state === undefined : spool.at(before).isNew;
    const offset = spool.append({ edit, before, isNew });
    keys.set(item.kind, anchor, offset * 2 + (item.operation === 'delete' ? 0 : 1));
    const holds = heldOtherwise(item, edit, item.operation === 'create' ? format.own(item, anchor) : {});
    return holds === null ? { ok: true, anchor } : { ok: true, anchor, holds };
  }

  return {
    creates: { by: 'callerKey' },
    batch: { items: 5000 },
    async write(items) {
      if (broken !== null) throw broken.error;
      session ??= await begin();
      const results: WriteResult[] = [];
      for (const item of items) {
        try {
          results.push(writeOne(session, item));
        } catch (error) {
          if (!(error instanceof RollcallError) || error.kind !== 'invalidValue') {
            broken = { error: fileFault(error, path) };
            throw broken.error;
          }
          results.push({ ok: false, fault: toFault(error, { file: path }) });
        }
      }
      return results;
    },
    async commit() {
      if (session === undefined) return { fingerprint: await fingerprintOf(path) };
      const { identity, keys, spool } = session;
      let out: Replacement | undefined;
      try {
        if (broken !== null) throw broken.error;
        if (spool.empty) return { fingerprint: await fingerprintOf(path) };
        out = await replaceFile(path);
        const old = await format.rewrite(changesOf(keys, spool), out);
        if (identity === null ? old !== null : old === null || !sameIdentity(identity, old.identity))
          throw changedMeanwhile(path);
        return { fingerprint: await out.commit(old === null ? {} : { unlessFingerprint: old.fingerprint }) };
      } finally {
        await out?.abort();
        await end();
      }
    },
    close: end,
  };
}

/** What the file will hold other than as it was sent; null when nothing. */
function heldOtherwise(item: WriteItem, edit: Edit, own: { readonly [attribute: string]: string }): Row | null {
  let holds: Row | null = null;
  const hold = (attribute: string, value: Row[string]): void => {
    holds ??= newRow();
    holds[attribute] = value;
  };
  for (const [attribute, value] of edit.set) {
    const sent = item.set[attribute];
    const same = Array.isArray(value) ? Array.isArray(sent) && value.every((one, i) => one === sent[i]) : value === sent;
    if (!same) hold(attribute, value);
  }
  for (const [attribute, value] of Object.entries(own)) if (!Object.hasOwn(item.set, attribute)) hold(attribute, value);
  return holds;
}

function changesOf(keys: KeyTable, spool: Spool<Link>): Changes {
  /** Oldest first; undefined when the last edit is of another object whose hash is the same. */
  function chain(kind: Kind, anchor: string): Edit[] | undefined {
    const state = keys.get(kind, anchor);
    if (state === undefined || state < 0) return undefined;
    const edits: Edit[] = [];
    for (let at: number | null = Math.floor(state / 2); at !== null; ) {
      const link: Link = spool.at(at);
      edits.push(link.edit);
      at = link.before;
    }
    edits.reverse();
    return edits[0]!.kind === kind && edits[0]!.anchor === anchor ? edits : undefined;
  }
  /** A second record with the same key counts as little here as in a read; only a delete takes it too. */
  const met = new KeyTable();
  return {
    has: (kind, anchor) => (keys.get(kind, anchor) ?? UNTOUCHED) >= 0,
    of(kind, anchor) {
      const edits = chain(kind, anchor);
      if (edits === undefined) return undefined;
      if (met.setNew(kind, anchor, 0) !== undefined && edits.at(-1)!.operation !== 'delete') return undefined;
      return (before) => {
        let after: Row | null = before;
        const touched = new Set<string>();
        for (const edit of edits) {
          after = applied(edit, after);
          for (const part of [edit.set, edit.add, edit.remove]) for (const [name] of part) touched.add(name);
          if (edit.operation === 'create') for (const name of Object.keys(before)) touched.add(name);
        }
        return { after, touched };
      };
    },
    *created() {
      for (const [offset, { edit, before, isNew }] of spool.entries()) {
        if (!isNew || before !== null) continue;
        // Mostly the object's only edit: it is at hand already.
        const only = Math.floor((keys.get(edit.kind, edit.anchor) ?? UNTOUCHED) / 2) === offset;
        const edits = only ? [edit] : (chain(edit.kind, edit.anchor) ?? []);
        const after = edits.reduce<Row | null>((row, next) => applied(next, row), null);
        if (after !== null) yield { kind: edit.kind, anchor: edit.anchor, after };
      }
    },
  };
}

function changedMeanwhile(path: string): RollcallError {
  return new RollcallError(
    'unavailable',
    `${path} was changed by another program while it was being written; nothing was written`,
    {
      where: { file: path },
      remedy: 'it is tried again at the next run; let one program at a time write the file',
    },
  );
}
