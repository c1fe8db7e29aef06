/**
 * LDIF (RFC 2849) as a stream: bytes go in by blocks of any size, records and faults come out in file order. A fault
 * costs its own record and nothing else; one of a value costs that attribute of the record. Memory is one block plus one record, however large the file is.
 */
import type { Fault } from '#core/errors';
import { RecordReader } from './ldif-record.ts';
import { RecordScanner } from './ldif-scan.ts';

/** Text without U+0000, or bytes: for attributes that are binary by nature, and base64 values that are not UTF-8. */
export type LdifValue = string | Uint8Array;

/** Attribute description (options lower-case and sorted, `cn;lang-de`) → values in file order; has no prototype. */
export type LdifAttributes = { [name: string]: LdifValue[] };

export interface LdifPosition {
  /** 1-based line of the record's "dn:". */
  readonly line: number;
  /** Bytes from the start of the file to the record, its comments included, and its length without the blank line that ends it. */
  readonly offset: number;
  readonly length: number;
  /** Bytes of comments before its "dn:" line. */
  readonly lead: number;
}

export interface LdifModification {
  readonly op: 'add' | 'delete' | 'replace' | 'increment';
  readonly attribute: string;
  readonly values: readonly LdifValue[];
}

/** Why attributes are left out of a record, or changes of them: `where.attribute` names each. */
interface Refusing {
  readonly refused?: readonly Fault[];
}

export type LdifChange =
  | ({ readonly type: 'add'; readonly dn: string; readonly attributes: LdifAttributes } & Refusing)
  | { readonly type: 'delete'; readonly dn: string }
  | ({ readonly type: 'modify'; readonly dn: string; readonly changes: readonly LdifModification[] } & Refusing)
  | {
      readonly type: 'rename';
      readonly dn: string;
      readonly newRdn: string;
      readonly deleteOldRdn: boolean;
      readonly newSuperior?: string;
    };

export interface LdifEntry extends Refusing {
  readonly type: 'entry';
  readonly dn: string;
  readonly attributes: LdifAttributes;
}

/** `skipped`: the record is lost to the reader; otherwise it follows and the fault is only worth knowing. */
export interface LdifFault {
  readonly type: 'fault';
  readonly fault: Fault;
  readonly skipped: boolean;
}

export type LdifRecord = (LdifEntry | LdifChange) & LdifPosition;
export type LdifItem = LdifRecord | (LdifFault & LdifPosition);

export interface LdifOptions {
  /** Named in faults. */
  readonly file?: string;
  /** Longest record in bytes; a longer one is skipped with its number and length. */
  readonly maxEntryBytes: number;
  /** Where the first block starts when it is not the start of the file. */
  readonly start?: { readonly offset: number; readonly line: number };
  /** Attributes that say which entry it is, besides objectClass: a file must not end within one (ldif-open.ts). */
  readonly telling?: readonly string[];
}

export class LdifReader {
  readonly #scanner: RecordScanner;
  readonly #records: RecordReader;

  constructor(options: LdifOptions) {
    this.#records = new RecordReader(options.file, options.start === undefined || options.start.offset === 0);
    this.#scanner = new RecordScanner(options, this.#records);
  }

  /** The records that this block completes. The block is not kept. */
  push(block: Uint8Array): LdifItem[] {
    return this.#scanner.push(block);
  }

  /** The last record, when no blank line ends it, or not even a line break. Nothing may be pushed afterwards. */
  end(): LdifItem[] {
    return this.#scanner.end();
  }

  /** Where the next record will start: everything before is answered. */
  get position(): { readonly offset: number; readonly line: number } {
    return this.#scanner.position;
  }

  /** Bytes of a record that has begun and not ended. */
  get waiting(): number {
    return this.#scanner.waiting;
  }
}

/** All of a small LDIF text at once. */
export function parseLdif(content: Uint8Array | string, options: Partial<LdifOptions> = {}): LdifItem[] {
  const reader = new LdifReader({ maxEntryBytes: 16 * 1024 * 1024, ...options });
  const items = reader.push(typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
  for (const item of reader.end()) items.push(item);
  return items;
}
