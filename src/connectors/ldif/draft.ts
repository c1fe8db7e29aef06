/**
 * The next state of a content file: the file as it stands plus what was written since. Each entry touched is read, changed
 * and spooled at once, so that every item has its answer; `commit` copies the file with the touched entries exchanged. What
 * nobody touched, comments and faulty records included, keeps its bytes and its place.
 *
 * States: opened by the first write, dropped by commit, by a failure and by close. The file itself changes in one rename.
 */
import { closeSync, openSync } from 'node:fs';
import { RollcallError } from '#core/errors';
import type { Entry } from '#protocols/ldap/edits';
import { type LdifItem, parseLdif } from '#protocols/ldap/ldif';
import { formatEntry } from '#protocols/ldap/ldif-write';
import { depth, isWithin, nameKey, parentKey } from '#protocols/ldap/names';
import { type Replacement, replaceFile } from '../files/atomic.ts';
import { fileFault } from '../files/faults.ts';
import { EMPTY_PRINT } from '../files/identity.ts';
import { KeyTable } from '../files/keys.ts';
import type { SourceFile } from '../files/source.ts';
import { openSpool, type Spool } from '../files/spool.ts';
import type { Plan } from './config.ts';
import { copyMerged, readAt } from './copy.ts';
import { itemsOf, openExisting } from './read.ts';
import { GONE, Rows, SPOOLED } from './rows.ts';
import { anchorOf } from './view.ts';

const LF = 10;
const CR = 13;

export interface Stored extends Entry {
  readonly row: number;
  /** Comments above it, as Latin-1 text. */
  readonly lead: string;
}

export class Draft {
  readonly #plan: Plan;
  readonly #source: SourceFile | null;
  readonly #file: number;
  /** Entries as they will stand, as Latin-1 text. */
  readonly #spool: Spool<string>;
  readonly #rows = new Rows();
  /** Name keys, anchors → row; -1 for what was taken out. */
  readonly #names = new KeyTable();
  readonly #anchors: KeyTable | null;
  /** Name → how many entries stand right below it. */
  readonly #below = new KeyTable();
  /** Names of records that could not be read: they are there, and nobody may write them. */
  readonly #unreadable = new Set<string>();
  #eol = '\n';
  #inFile = 0;
  #touched = false;

  private constructor(plan: Plan, source: SourceFile | null, file: number, spool: Spool<string>) {
    this.#plan = plan;
    this.#source = source;
    this.#file = file;
    this.#anchors = plan.anchor === 'dn' ? null : new KeyTable();
    this.#spool = spool;
  }

  static async open(plan: Plan): Promise<Draft> {
    const source = await openExisting(plan.path);
    let file = -1;
    let draft: Draft | null = null;
    try {
      if (source !== null) file = openSync(plan.path, 'r');
      draft = new Draft(plan, source, file, await openSpool<string>(plan.path));
      await draft.#load();
      return draft;
    } catch (error) {
      if (draft !== null) await draft.close();
      else {
        if (file !== -1) closeSync(file);
        await source?.close();
      }
      throw fileFault(error, plan.path);
    }
  }

  async #load(): Promise<void> {
    if (this.#source === null) return;
    const { path } = this.#source;
    const { size } = this.#source.identity;
    if (readAt(this.#file, 0, Math.min(size, 4096), path).includes('\r\n')) this.#eol = '\r\n';
    let last: LdifItem | undefined;
    for await (const items of itemsOf(this.#source, this.#plan)) {
      for (const item of items) this.#index(item);
      last = items.at(-1);
    }
    const end = size === 0 ? LF : readAt(this.#file, size - 1, 1, path)[0];
    if (end === CR || (end !== LF && last?.type === 'fault' && last.skipped)) throw cutShort(path);
    this.#inFile = this.#rows.count;
  }

  async close(): Promise<void> {
    await this.#spool.close();
    if (this.#file !== -1) closeSync(this.#file);
    await this.#source?.close();
  }

  /** Whether an entry, readable or not, has this name. */
  has(key: string): boolean {
    return rowOf(this.#names, key) !== -1 || this.#unreadable.has(key);
  }

  hasBelow(key: string): boolean {
    return (this.#below.get('', key) ?? 0) > 0;
  }

  byAnchor(anchor: string): Stored | null {
    const row = this.#anchors === null ? rowOf(this.#names, nameKey(anchor) ?? anchor) : rowOf(this.#anchors, anchor);
    return row === -1 ? null : this.#read(row);
  }

  hasAnchor(anchor: string): boolean {
    return this.#anchors !== null && rowOf(this.#anchors, anchor) !== -1;
  }

  create(entry: Entry): void {
    const text = formatEntry(entry.dn, entry.attributes, this.#eol);
    this.#checkSize(text);
    const row = this.#rows.added(this.#spool.append(text), depth(nameKey(entry.dn) ?? entry.dn));
    this.#name(entry, row);
    this.#touched = true;
  }

  /** Exchanges an entry; on a rename the entries below it take their new names too. */
  update(before: Stored, entry: Entry): void {
    const [from, to] = [nameKey(before.dn)!, nameKey(entry.dn)!];
    const moved = from !== to && this.hasBelow(from) ? this.#rowsBelow(from) : [];
    this.#replace(before, entry);
    for (const row of moved) {
      const child = this.#read(row);
      const dn = `${child.dn.slice(0, child.dn.length - above(child.dn, from).length)}${entry.dn}`;
      this.#replace(child, { dn, attributes: child.attributes });
    }
  }

  remove(entry: Stored): void {
    this.#forget(entry);
    this.#rows.remove(entry.row);
    this.#touched = true;
  }

  /** Throws RollcallError `unavailable` when somebody else changed the file meanwhile; nothing is written then. */
  async commit(): Promise<string> {
    if (!this.#touched) return this.#source?.fingerprint() ?? EMPTY_PRINT;
    const print = this.#source?.fingerprint();
    const replacement = await replaceFile(this.#plan.path);
    try {
      if (this.#source === null) await replacement.write(`version: 1${this.#eol}${this.#eol}`);
      else {
        const kept = { rows: this.#rows, count: this.#inFile, file: this.#file, bytes: (row: number) => this.#bytes(row) };
        const missing = await copyMerged(this.#source, kept, replacement);
        if (this.#rows.count > this.#inFile) await replacement.write(this.#eol.repeat(missing));
      }
      await this.#append(replacement);
      await this.#checkUntouched();
      return await replacement.commit(print === undefined ? {} : { unlessFingerprint: print });
    } catch (error) {
      await replacement.abort();
      throw error;
    }
  }

  #index(item: LdifItem): void {
    if (item.type === 'fault') {
      const key = item.fault.where.object === undefined ? null : nameKey(item.fault.where.object);
      if (item.skipped && key !== null) this.#unreadable.add(key);
      return;
    }
    const key = nameKey(item.dn) ?? item.dn;
    if (item.type !== 'entry' && item.type !== 'add') {
      throw new RollcallError('configuration', `${this.#plan.path} holds change records; it is configured as a file of entries`, {
        where: { file: this.#plan.path, line: item.line },
        remedy: 'say "format: changes", or name another file',
      });
    }
    if (item.refused !== undefined) {
      // Written again it would lose what nobody could read.
      this.#unreadable.add(key);
      return;
    }
    // Of two entries with one name the reader offers the first; the second stays where it is.
    if (rowOf(this.#names, key) !== -1) return;
    this.#name(item, this.#rows.inFile(item.offset, item.length));
  }

  #name(entry: Entry, row: number): void {
    const key = nameKey(entry.dn) ?? entry.dn;
    this.#names.set('', key, row);
    const parent = parentKey(key);
    this.#below.set('', parent, (this.#below.get('', parent) ?? 0) + 1);
    const anchor = this.#anchors === null ? null : this.#anchor(entry);
    if (anchor !== null) this.#anchors!.set('', anchor, row);
  }

  #forget(entry: Entry): void {
    const key = nameKey(entry.dn) ?? entry.dn;
    this.#names.set('', key, -1);
    const parent = parentKey(key);
    this.#below.set('', parent, (this.#below.get('', parent) ?? 1) - 1);
    const anchor = this.#anchors === null ? null : this.#anchor(entry);
    if (anchor !== null) this.#anchors!.set('', anchor, -1);
  }

  /** Null for entries that have none: containers, mostly. */
  #anchor(entry: Entry): string | null {
    try {
      return anchorOf(entry.dn, entry.attributes, this.#plan);
    } catch (error) {
      if (error instanceof RollcallError) return null;
      throw error;
    }
  }

  #replace(before: Stored, entry: Entry): void {
    const text = formatEntry(entry.dn, entry.attributes, this.#eol);
    // In the file the blank line behind the entry stays where it is; a new one brings its own.
    const own = before.row < this.#inFile ? text.slice(0, text.length - this.#eol.length) : text;
    this.#checkSize(own);
    this.#forget(before);
    this.#rows.spool(before.row, this.#spool.append(before.lead + own), depth(nameKey(entry.dn) ?? entry.dn));
    this.#name(entry, before.row);
    this.#touched = true;
  }

  /** An entry over the limit would be skipped by the next read. */
  #checkSize(text: string): void {
    if (text.length <= this.#plan.maxEntryBytes) return;
    throw new RollcallError(
      'invalidValue',
      `the entry would be ${text.length} bytes long, over the limit of ${this.#plan.maxEntryBytes}`,
      {
        remedy: 'send less (a smaller photo), or raise limits.maxObjectSize',
      },
    );
  }

  #bytes(row: number): Buffer {
    if (this.#rows.state(row) === SPOOLED) return Buffer.from(this.#spool.at(this.#rows.spoolAt(row)), 'latin1');
    const { start, length } = this.#rows.fileAt(row);
    return readAt(this.#file, start, length, this.#plan.path);
  }

  #read(row: number): Stored {
    const bytes = this.#bytes(row);
    const ended = bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.from('\n')]);
    const [item] = parseLdif(ended, { maxEntryBytes: Number.MAX_SAFE_INTEGER });
    if (item?.type !== 'entry' && item?.type !== 'add') throw this.#changed();
    return { row, dn: item.dn, attributes: item.attributes, lead: bytes.toString('latin1', 0, item.lead) };
  }

  /** A walk over all entries; only for the rename of an entry that has some below it. */
  #rowsBelow(key: string): number[] {
    const found: number[] = [];
    for (let row = 0; row < this.#rows.count; row++) {
      if (this.#rows.state(row) === GONE) continue;
      const { dn } = this.#read(row);
      const own = nameKey(dn) ?? dn;
      if (own !== key && isWithin(own, key)) found.push(row);
    }
    return found;
  }

  /** New entries, parents before children, otherwise in the order they came. */
  async #append(out: Replacement): Promise<void> {
    const levels = new Map<number, number[]>();
    for (let row = this.#inFile; row < this.#rows.count; row++) {
      if (this.#rows.state(row) === GONE) continue;
      const level = this.#rows.level(row);
      const list = levels.get(level);
      if (list === undefined) levels.set(level, [row]);
      else list.push(row);
    }
    for (const level of [...levels.keys()].sort((a, b) => a - b)) {
      for (const row of levels.get(level)!) await out.write(this.#bytes(row));
    }
  }

  async #checkUntouched(): Promise<void> {
    if (this.#source === null) {
      const appeared = await openExisting(this.#plan.path);
      if (appeared === null) return;
      await appeared.close();
      throw this.#changed();
    }
    if ((await this.#source.changed()) !== undefined) throw this.#changed();
  }

  #changed(): RollcallError {
    return new RollcallError(
      'unavailable',
      `${this.#plan.path} was changed by another program while it was written; nothing was written`,
      {
        where: { file: this.#plan.path },
        remedy: 'it is written again from its new state at the next run; let one program at a time write it',
      },
    );
  }
}

/** Completing the line would make half a value look whole. */
function cutShort(path: string): RollcallError {
  return new RollcallError('configuration', `${path} ends in the middle of a line, so nothing is written to it`, {
    where: { file: path },
    remedy: 'put the whole file back; if it is whole, end its last line with a line break',
  });
}

/** The end of a DN that names `key`, as it is spelled there. */
function above(dn: string, key: string): string {
  for (let at = dn.length - 1; at > 0; at--) {
    if ((dn[at - 1] === ',' || dn[at - 1] === ';') && nameKey(dn.slice(at)) === key) return dn.slice(at).trimStart();
  }
  return '';
}

function rowOf(table: KeyTable, key: string): number {
  return table.get('', key) ?? -1;
}
