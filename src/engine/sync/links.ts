/** The links that one generation makes: to which object each staged object belongs. */
import type { LinkHow, ObjectId, StagedId } from '#store/contract';
import { IdTable } from './ids.ts';

export interface Link {
  readonly object: ObjectId;
  readonly how: LinkHow;
  readonly connection: string;
  /** Of the staged object when it was linked. */
  readonly revision: number;
}

const NONE = -1;

/** As a map from staged objects to links, in the order they were made; and what each object got. */
export class Links {
  readonly #rows = new IdTable();
  #objects = new Float64Array(0);
  #revisions = new Float64Array(0);
  /** Number of the pair of connection and how. */
  #pairs = new Uint16Array(0);
  /** Next row of the same object. */
  #next = new Int32Array(0);
  readonly #owners = new IdTable();
  #firsts = new Int32Array(0);
  #lasts = new Int32Array(0);
  readonly #known: Pick<Link, 'how' | 'connection'>[] = [];

  get size(): number {
    return this.#rows.size;
  }
  has(staged: StagedId): boolean {
    return this.#rows.row(staged) !== NONE;
  }
  get(staged: StagedId): Link | undefined {
    const row = this.#rows.row(staged);
    return row === NONE ? undefined : this.#link(row);
  }
  /** The object it belongs to now. */
  objectOf(staged: StagedId): ObjectId | undefined {
    const row = this.#rows.row(staged);
    return row === NONE ? undefined : this.#objects[row];
  }
  set(staged: StagedId, { object, how, connection, revision }: Link): void {
    this.#rows.remove(staged);
    const row = this.#rows.add(staged);
    if (row >= this.#objects.length) this.#grow();
    this.#objects[row] = object;
    this.#revisions[row] = revision;
    this.#pairs[row] = this.#pair(how, connection);
    this.#next[row] = NONE;
    const owner = this.#owner(object);
    if (this.#lasts[owner] === NONE) this.#firsts[owner] = row;
    else this.#next[this.#lasts[owner]!] = row;
    this.#lasts[owner] = row;
  }
  delete(staged: StagedId): boolean {
    return this.#rows.remove(staged);
  }
  /** The staged objects that this object got, in that order. */
  of(object: ObjectId): StagedId[] {
    const out: StagedId[] = [];
    const owner = this.#owners.row(object);
    if (owner === NONE) return out;
    for (let row = this.#firsts[owner]!; row !== NONE; row = this.#next[row]!) {
      const staged = this.#rows.ids[row]!;
      if (staged !== 0) out.push(staged);
    }
    return out;
  }
  *keys(): Iterable<StagedId> {
    const { ids, rows } = this.#rows;
    for (let row = 0; row < rows; row++) if (ids[row] !== 0) yield ids[row]!;
  }
  *[Symbol.iterator](): Iterator<[StagedId, Link]> {
    const { ids, rows } = this.#rows;
    for (let row = 0; row < rows; row++) if (ids[row] !== 0) yield [ids[row]!, this.#link(row)];
  }
  clear(): void {
    this.#rows.clear();
    this.#owners.clear();
  }

  #link(row: number): Link {
    const { how, connection } = this.#known[this.#pairs[row]!]!;
    return { object: this.#objects[row]!, how, connection, revision: this.#revisions[row]! };
  }
  #owner(object: ObjectId): number {
    const known = this.#owners.row(object);
    if (known !== NONE) return known;
    const owner = this.#owners.add(object);
    if (owner >= this.#firsts.length) {
      this.#firsts = longer(this.#firsts, this.#owners.ids.length);
      this.#lasts = longer(this.#lasts, this.#owners.ids.length);
    }
    this.#firsts[owner] = NONE;
    this.#lasts[owner] = NONE;
    return owner;
  }
  #pair(how: LinkHow, connection: string): number {
    const at = this.#known.findIndex((one) => one.how === how && one.connection === connection);
    return at >= 0 ? at : this.#known.push({ how, connection }) - 1;
  }
  #grow(): void {
    const { length } = this.#rows.ids;
    this.#objects = longer(this.#objects, length);
    this.#revisions = longer(this.#revisions, length);
    this.#pairs = longer(this.#pairs, length);
    this.#next = longer(this.#next, length);
  }
}

function longer<Column extends Float64Array | Int32Array | Uint16Array>(column: Column, length: number): Column {
  const out = new (column.constructor as new (length: number) => Column)(length);
  out.set(column);
  return out;
}
