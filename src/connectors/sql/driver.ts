/** What the connector asks of a database, and each of them does in its own way: postgres/, sqlite/ and so on. */
import type { RawValue } from '#connectors/contract';
import type { ErrorKind } from '#core/errors';
import type { ValueType } from '#core/values';
import type { Fragment, Statement, Writing } from './statement.ts';

export interface Column {
  readonly name: string;
  readonly type: ValueType;
  readonly multi: boolean;
  /** In characters, of bytes in bytes. */
  readonly maxLength?: number;
  /** The database works it out. */
  readonly readOnly?: boolean;
  /** What the database calls the type. */
  readonly native: string;
}

export type Values = readonly RawValue[];

export interface Slice {
  readonly rows: readonly Values[];
  /** Bytes of each row that was over the limit and passed over. */
  readonly tooLong?: readonly number[];
}

export interface Dialect extends Writing {
  /** As people call it. */
  readonly title: string;
  /** Most values that one statement may bind. */
  readonly maxValues: number;
  /** Columns take nothing longer than they are declared. */
  readonly limits: boolean;
  /** Texts may hold U+0000. */
  readonly holdsNul: boolean;
  /** After a SELECT of rows that are about to be written. */
  readonly forUpdate: Fragment;
  /** The server says the time, and is not this program. */
  readonly hasClock: boolean;
  /** Numbers that a database gives may be seen out of their order: so many are looked at again. */
  readonly overlap: number;
  /** Whether INSERT … RETURNING says the key that the database gave. */
  readonly returning: boolean;
  /** The value as this column takes it. @throws `invalidValue` for what it cannot. */
  bindable(value: RawValue, column: Column): RawValue;
  /** Exactly this text, where the database finds others equal to it. */
  same(column: Fragment, value: Fragment, type: Column): Fragment;
  /** How a column is asked for, where it is not just named. */
  shown?(place: Fragment, column: Column): Fragment;
  fault(error: unknown): SqlFault;
  /** A statement that fails as the column would for this value, where the database does not say which column it was. */
  readonly tried?: (value: RawValue, column: Column) => Fragment | null;
}

/** What an error of the database means. `item`: it is about what was written, and not about writing. */
export interface SqlFault {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly remedy?: string;
  readonly item?: boolean;
  /** The connection is gone: whether the last statement was done is not known. */
  readonly lost?: boolean;
  readonly column?: string;
}

export interface Driver extends Dialect {
  /** Throws what the database says, for `fault`. */
  connect(signal?: AbortSignal): Promise<Session>;
}

/** One connection to the database. Statements follow one another. */
export interface Session {
  /** `read`: everything until `end` shows one moment. */
  begin(mode: 'read' | 'write'): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Columns of what stands behind FROM, in their order. `table`: its name where it is one. */
  describe(from: Statement, table: readonly string[] | null): Promise<readonly Column[]>;
  rows(statement: Statement, columns: readonly Column[]): Promise<readonly Values[]>;
  /** Any number of rows in bounded memory. Ends by itself only when all were there; a row over `maxRowBytes` is passed over where it can be. */
  stream(
    statement: Statement,
    columns: readonly Column[],
    more: { readonly signal: AbortSignal; readonly maxRowBytes: number },
  ): AsyncIterable<Slice>;
  /** How many rows it concerned. */
  run(statement: Statement): Promise<number>;
  /** Of the server: a name and version, for people. */
  version(): Promise<string>;
  /** Where the database tells transactions apart for us. */
  readonly horizon?: Horizon;
  /** The server's time in ms; only where it `hasClock`. */
  now(): Promise<number>;
  /** Its connection can be used again. */
  readonly usable: boolean;
  close(): Promise<void>;
}

/** Which transactions had not ended at a moment: what they write becomes visible later, whatever number or time it bears. */
export interface Horizon {
  /** Of the transaction that is open. */
  take(): Promise<string>;
  /** Whether the rows of a table say which transaction wrote them; those of a view do not. */
  covers(table: readonly string[]): Promise<boolean>;
  /**
   * That a row of this alias was written by a transaction that had not ended at `then`. `now`: the horizon of the transaction that is open.
   * Null where that cannot be told any more.
   */
  since(alias: string, then: string, now: string): Fragment | null;
}
