/** Reading a file of objects: everything, one object, the fields. */
import type { Page, ReadObject, Schema } from '#connectors/contract';
import { defaultMatching } from '#core/attributes';
import type { AttributeType, Kind, ValueType } from '#core/values';
import { EMPTY_PRINT } from '../files/identity.ts';
import { KeyTable } from '../files/keys.ts';
import { skippedIn } from '../files/skipped.ts';
import { openSourceOrNone, refuseMissing } from '../files/source.ts';
import type { JsonlConfig } from './config.ts';
import { eachLine, type JsonlFile } from './file.ts';
import { lineFault, objectOf } from './parse.ts';

/**
 * Fields come and go from object to object, so no list of attributes is given at the end: a field that nobody has any more
 * is no outage of the file.
 */
export async function* readAll(file: JsonlFile, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const { path, config } = file;
  const source = await openSourceOrNone(path);
  if (source === null) {
    refuseMissing(path, file.isTarget);
    yield { objects: [], end: { complete: true, fingerprint: EMPTY_PRINT, absent: path } };
    return;
  }
  const skipped = skippedIn(path, 'lines', file.warn);
  const keys = new KeyTable();
  let objects: ReadObject[] = [];
  function line(text: string, number: number, suspect: boolean): void {
    const object = objectOf(text, number, suspect, path, config);
    const first = keys.setNew(object.kind, object.anchor, number);
    if (first !== undefined) throw doubled(object.anchor, number, first, path);
    objects.push(object);
  }
  try {
    for await (const _ of eachLine(source, file, { line, openIsPartial: false }, skipped, { signal })) {
      if (objects.length > 0) yield { objects };
      objects = [];
    }
    const changed = await source.changed();
    const reason = changed ?? skipped.reason();
    const print = changed === undefined ? { fingerprint: source.fingerprint() } : {};
    yield { objects: [], end: { ...(reason === undefined ? { complete: true } : { complete: false, reason }), ...print } };
  } finally {
    await source.close();
  }
}

function doubled(anchor: string, line: number, first: number, path: string): unknown {
  return lineFault(
    `${anchor} is on line ${first} already; the first one counts`,
    line,
    path,
    'give every object its own anchor',
    anchor,
  );
}

/** All that can be read, without a word about the rest. */
export async function* readObjects(file: JsonlFile): AsyncGenerator<ReadObject[]> {
  const source = await openSourceOrNone(file.path);
  if (source === null) return;
  let objects: ReadObject[] = [];
  const line = (text: string, number: number, suspect: boolean): void => {
    objects.push(objectOf(text, number, suspect, file.path, file.config));
  };
  try {
    for await (const _ of eachLine(source, file, { line, openIsPartial: false }, undefined)) {
      yield objects;
      objects = [];
    }
  } finally {
    await source.close();
  }
}

/** By anchor or by exactly this value; the file is read up to the first match of an anchor, else to the end. */
export async function find(
  file: JsonlFile,
  by: { anchor: string } | { attribute: string; value: string },
  kind: Kind,
): Promise<ReadObject[]> {
  const found: ReadObject[] = [];
  for await (const objects of readObjects(file)) {
    for (const object of objects) if (object.kind === kind && isMeant(object, by)) found.push(object);
    if ('anchor' in by && found.length > 0) return found.slice(0, 1);
  }
  return found;
}

export function isMeant(object: ReadObject, by: { anchor: string } | { attribute: string; value: string }): boolean {
  if ('anchor' in by) return object.anchor === by.anchor;
  const value = object.attributes[by.attribute];
  return Array.isArray(value)
    ? value.some((each) => String(each) === by.value)
    : value !== undefined && value !== null && String(value) === by.value;
}

const LOOKED_AT = 10_000;

/** From the first 10,000 objects: a file of objects says nothing of itself, so the schema is never complete. */
export async function schemaOf(config: JsonlConfig, objects: AsyncIterable<readonly ReadObject[]>): Promise<Schema> {
  const kinds = new Map<Kind, Map<string, { type: ValueType; multi: boolean }>>();
  let count = 0;
  for await (const some of objects) {
    for (const { kind, attributes } of some) {
      let known = kinds.get(kind);
      if (known === undefined) {
        known = new Map();
        kinds.set(kind, known);
      }
      for (const name of Object.keys(attributes)) note(known, name, attributes[name]);
    }
    count += some.length;
    if (count >= LOOKED_AT) break;
  }
  if (kinds.size === 0) kinds.set(config.kind, new Map());
  return { complete: false, kinds: bare([...kinds].map(([kind, known]) => [kind, typesOf(known, config)])) };
}

function note(known: Map<string, { type: ValueType; multi: boolean }>, name: string, value: unknown): void {
  const values = Array.isArray(value) ? value : value === null ? [] : [value];
  const before = known.get(name);
  let type = before?.type;
  for (const each of values) {
    const seen =
      typeof each === 'boolean'
        ? 'boolean'
        : typeof each !== 'number'
          ? 'string'
          : Number.isInteger(each)
            ? 'integer'
            : 'decimal';
    const wider =
      type === undefined || type === seen || (type === 'integer' && seen === 'decimal')
        ? seen
        : type === 'decimal' && seen === 'integer'
          ? type
          : 'string';
    type = wider;
  }
  if (type !== undefined) known.set(name, { type, multi: before?.multi === true || Array.isArray(value) });
}

function typesOf(
  known: Map<string, { type: ValueType; multi: boolean }>,
  config: JsonlConfig,
): { [attribute: string]: AttributeType } {
  return bare(
    [...known].map(([name, seen]) => {
      const type = Object.hasOwn(config.types, name) ? config.types[name]! : seen.type;
      return [name, { type, multi: seen.multi, matching: defaultMatching(type) }];
    }),
  );
}

function bare<Value>(entries: (readonly [string, Value])[]): { [name: string]: Value } {
  const object: { [name: string]: Value } = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}
