/**
 * What is sent to the writer thread, as columns: a list of like objects becomes a list of values for each of their names. A list of
 * texts costs a thread a twentieth of what the same texts cost within objects, to send as to receive.
 */

/** Shorter lists are sent as they are. */
const FEW = 8;
/** Kinds of objects in one list, by the names they have; a list of more is sent as it is. */
const MOST_SHAPES = 100;
/** No name of a field. */
const PACKED = '\u0000';
const NULL = -1;
const UNDEFINED = -2;

type Packed =
  | { readonly [PACKED]: 'same'; readonly count: number; readonly value: unknown }
  | { readonly [PACKED]: 'bytes'; readonly lengths: Int32Array; readonly bytes: Uint8Array }
  | { readonly [PACKED]: 'lists'; readonly lengths: Int32Array; readonly items: unknown }
  | { readonly [PACKED]: 'objects'; readonly shapeOf: Int32Array; readonly shapes: readonly Shape[] };

interface Shape {
  readonly names: readonly string[];
  /** By name: of each object of this shape its value, in order. */
  readonly columns: readonly unknown[];
}

/** Of plain data: the same data with its long lists, at any depth of objects, as columns. Lists within short lists stay as they are. */
export function toColumns(value: unknown): unknown {
  if (Array.isArray(value)) return packed(value);
  if (!isPlain(value)) return value;
  const out: { [name: string]: unknown } = {};
  for (const name of Object.keys(value)) out[name] = toColumns(value[name]);
  return out;
}

/** Looks at a value, or at a list of them, and throws. `place`: the name it has in what it is part of. */
export type Check = (value: unknown, place: string) => void;

/** The data that `toColumns` was given; all of it goes through `check`, which is quicker over columns too. */
export function fromColumns(value: unknown, check: Check, place: string): unknown {
  if (!isPlain(value)) {
    check(value, place);
    return value;
  }
  if (PACKED in value) return unpacked(value as unknown as Packed, check, place);
  const out: { [name: string]: unknown } = {};
  for (const name of Object.keys(value)) out[name] = fromColumns(value[name], check, name);
  return out;
}

function isPlain(value: unknown): value is { readonly [name: string]: unknown } {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

type Content = 'values' | 'bytes' | 'lists' | 'objects' | 'mixed';

function contentOf(value: unknown): Content {
  if (typeof value !== 'object') return 'values';
  if (Array.isArray(value)) return 'lists';
  if (value instanceof Uint8Array) return 'bytes';
  return isPlain(value) ? 'objects' : 'mixed';
}

function packed(list: readonly unknown[]): unknown {
  if (list.length < FEW) return list;
  const first = list[0];
  let content: Content | undefined;
  let same = true;
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    if (value !== first) same = false;
    if (value === null || value === undefined || (content === 'values' && typeof value !== 'object')) continue;
    const own = contentOf(value);
    if (content !== own && content !== undefined) return list;
    content = own;
  }
  if (same && (content === undefined || content === 'values'))
    return { [PACKED]: 'same', count: list.length, value: first } satisfies Packed;
  if (content === 'bytes') return bytesOf(list as readonly (Uint8Array | null | undefined)[]);
  if (content === 'lists') return listsOf(list as readonly (readonly unknown[] | null | undefined)[]);
  if (content === 'objects') return objectsOf(list as readonly ({ readonly [name: string]: unknown } | null | undefined)[]);
  return list;
}

function lengthsOf(list: readonly (ArrayLike<unknown> | null | undefined)[]): Int32Array {
  const lengths = new Int32Array(list.length);
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    lengths[i] = value === null ? NULL : value === undefined ? UNDEFINED : value.length;
  }
  return lengths;
}

function bytesOf(list: readonly (Uint8Array | null | undefined)[]): Packed {
  const lengths = lengthsOf(list);
  let total = 0;
  for (const length of lengths) if (length > 0) total += length;
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const value of list) {
    if (!value) continue;
    // Digests are short: a call for each costs more than its bytes.
    for (let i = 0; i < value.length; i++) bytes[at++] = value[i]!;
  }
  return { [PACKED]: 'bytes', lengths, bytes };
}

function listsOf(list: readonly (readonly unknown[] | null | undefined)[]): Packed {
  const items: unknown[] = [];
  for (const value of list) if (value) for (let i = 0; i < value.length; i++) items.push(value[i]);
  return { [PACKED]: 'lists', lengths: lengthsOf(list), items: packed(items) };
}

function objectsOf(list: readonly ({ readonly [name: string]: unknown } | null | undefined)[]): unknown {
  const shapeOf = new Int32Array(list.length);
  const shapes: { readonly names: readonly string[]; readonly columns: unknown[][] }[] = [];
  let last = 0;
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    if (value === null || value === undefined) {
      shapeOf[i] = value === null ? NULL : UNDEFINED;
      continue;
    }
    const names = Object.keys(value);
    if (!sameNames(shapes[last]?.names, names)) last = shapes.findIndex((shape) => sameNames(shape.names, names));
    if (last < 0) {
      if (shapes.length === MOST_SHAPES) return list;
      last = shapes.push({ names, columns: names.map(() => []) }) - 1;
    }
    shapeOf[i] = last;
    const { columns } = shapes[last]!;
    for (let n = 0; n < names.length; n++) columns[n]!.push(value[names[n]!]);
  }
  return {
    [PACKED]: 'objects',
    shapeOf,
    shapes: shapes.map(({ names, columns }) => ({ names, columns: columns.map(packed) })),
  } satisfies Packed;
}

function sameNames(a: readonly string[] | undefined, b: readonly string[]): boolean {
  if (a?.length !== b.length) return false;
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function unpacked(value: Packed, check: Check, place: string): unknown[] {
  switch (value[PACKED]) {
    case 'same':
      check(value.value, place);
      return new Array<unknown>(value.count).fill(value.value);
    case 'bytes':
      return cut(value.lengths, (from, to) => value.bytes.slice(from, to));
    case 'lists': {
      const items = fromColumns(value.items, check, place) as unknown[];
      return cut(value.lengths, (from, to) => items.slice(from, to));
    }
    case 'objects':
      return objects(value.shapeOf, value.shapes, check);
  }
}

function cut<Part>(lengths: Int32Array, part: (from: number, to: number) => Part): (Part | null | undefined)[] {
  const out: (Part | null | undefined)[] = [];
  let at = 0;
  for (const length of lengths) {
    out.push(length < 0 ? (length === NULL ? null : undefined) : part(at, at + length));
    if (length > 0) at += length;
  }
  return out;
}

function objects(shapeOf: Int32Array, shapes: readonly Shape[], check: Check): unknown[] {
  const members = shapes.map(({ names, columns }) => {
    const values = columns.map((column, i) => fromColumns(column, check, names[i]!) as unknown[]);
    return { names, values, next: 0 };
  });
  const out: unknown[] = [];
  for (const shape of shapeOf) {
    if (shape < 0) {
      out.push(shape === NULL ? null : undefined);
      continue;
    }
    const { names, values, next } = members[shape]!;
    members[shape]!.next++;
    const one: { [name: string]: unknown } = {};
    for (let i = 0; i < names.length; i++) one[names[i]!] = values[i]![next];
    out.push(one);
  }
  return out;
}
