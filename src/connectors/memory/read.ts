/** Reading a memory system: pages, resumable where it keeps snapshots; the change feed; lookups; the schema. */
import { randomUUID } from 'node:crypto';
import type { Cursor, Page, ReadEnd, Reader, ReadObject, Schema } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { RollcallError } from '#core/errors';
import type { AttributeType, Kind } from '#core/values';
import type { MemoryConfig } from './config.ts';
import { isSecret, shown } from './secrets.ts';
import { type MemorySystem, readObject } from './system.ts';

const KEPT_SNAPSHOTS = 4;

export function memoryReader(ready: () => MemorySystem, config: MemoryConfig): Reader {
  const reader: Reader = {
    deltas: config.deltas,
    moving: config.moving,
    read: ({ since, resume, signal }) =>
      since === undefined ? readAll(ready(), config, resume, signal) : readFeed(ready(), config, since, signal),
  };
  if (!config.deltas) return reader;
  return { ...reader, cursor: async () => cursorOf(ready()), watch: (signal) => ready().listen(signal) };
}

function cursorOf(system: MemorySystem, place: number = system.feedEnd): Cursor {
  return `${system.epoch}:${place}`;
}

async function* readAll(
  system: MemorySystem,
  config: MemoryConfig,
  resume: Cursor | undefined,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  signal.throwIfAborted();
  system.counts.reads++;
  const { objects, id, from } = config.snapshots
    ? snapshot(system, resume)
    : { objects: config.moving ? visibleObjects(system) : [...visibleObjects(system)], id: null, from: 0 };
  let restarted = resume !== undefined && from === 0;
  let page: ReadObject[] = [];
  let seen = from;
  for (const object of objects) {
    page.push(object);
    seen++;
    if (page.length < config.pageSize) continue;
    signal.throwIfAborted();
    yield pageOf(page);
    page = [];
  }
  signal.throwIfAborted();
  yield { ...pageOf(page), end: endOf(system, config) };

  function pageOf(some: ReadObject[]): Page {
    const more = { ...(restarted ? { restarted } : {}), ...(id === null ? {} : { resume: `${id}:${seen}` }) };
    restarted = false;
    return { objects: some, ...more };
  }
}

function* visibleObjects(system: MemorySystem): Generator<ReadObject> {
  for (const stored of system.visible()) yield readObject(stored);
}

function snapshot(system: MemorySystem, resume: Cursor | undefined): { objects: Iterable<ReadObject>; id: string; from: number } {
  const [known, place] = (resume ?? '').split(':');
  const kept = system.snapshots.get(known ?? '');
  if (kept !== undefined) return { objects: kept.slice(Number(place)), id: known!, from: Number(place) };
  const id = randomUUID();
  const objects = [...visibleObjects(system)];
  system.snapshots.set(id, objects);
  if (system.snapshots.size > KEPT_SNAPSHOTS) system.snapshots.delete(system.snapshots.keys().next().value!);
  return { objects, id, from: 0 };
}

function endOf(system: MemorySystem, { schema, atomic }: MemoryConfig): ReadEnd {
  const names = schema && new Set(Object.values(schema).flatMap((kind) => Object.keys(kind)));
  return {
    complete: true,
    ...(names === undefined ? {} : { attributes: [...names].sort() }),
    ...(atomic ? { fingerprint: fingerprintOf(system) } : {}),
  };
}

/** Of everything a reader sees, whatever its order. */
export function fingerprintOf(system: MemorySystem): string {
  const lines = [...system.visible()].map(({ kind, anchor, name, attributes }) =>
    canonicalJson([
      kind,
      anchor,
      name ?? null,
      Object.entries(attributes)
        .map(([key, value]) => [key, value instanceof Uint8Array ? [...value] : value])
        .sort(),
    ]),
  );
  return `sha256:${sha256Hex(lines.sort().join('\n'))}`;
}

async function* readFeed(system: MemorySystem, config: MemoryConfig, since: Cursor, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const [, epoch, place] = /^(\d+):(\d+)$/.exec(since) ?? [];
  if (Number(epoch) !== system.epoch || Number(place) > system.feedEnd) {
    throw new RollcallError('conflict', `${system.name} does not know this cursor any more`, { remedy: 'it is read in full' });
  }
  system.counts.reads++;
  const changes = system.feed(Number(place));
  for (let at = 0; at < changes.length; at += config.pageSize) {
    signal.throwIfAborted();
    yield { objects: changes.slice(at, at + config.pageSize) };
  }
  yield { objects: [], end: { complete: true, next: cursorOf(system, Number(place) + changes.length) } };
}

export function lookup(
  system: MemorySystem,
  by: { anchor: string } | { attribute: string; value: string },
  kind: Kind,
): ReadObject[] {
  system.counts.lookups++;
  if ('anchor' in by) {
    const found = system.see(kind, by.anchor);
    return found === null ? [] : [readObject(found)];
  }
  if (isSecret(by.attribute)) return [];
  const found: ReadObject[] = [];
  for (const stored of system.visible()) {
    const value = stored.attributes[by.attribute];
    const values = Array.isArray(value) ? value : [value];
    if (stored.kind === kind && values.some((each) => each !== undefined && each !== null && String(each) === by.value))
      found.push(readObject(stored));
  }
  return found;
}

/** What the system says the time is, ms. */
export function timeOf(system: MemorySystem, signal: AbortSignal): number {
  signal.throwIfAborted();
  return system.time();
}

/** As configured, or else text for every attribute anything has, and bytes where they are. */
export function schemaOf(system: MemorySystem, config: MemoryConfig): Schema {
  const kinds: { [kind: string]: { [attribute: string]: AttributeType & { readOnly?: boolean } } } = Object.create(null);
  if (config.schema !== undefined) {
    for (const [kind, list] of Object.entries(config.schema)) {
      kinds[kind] = Object.create(null) as { [attribute: string]: AttributeType };
      for (const [name, { type, multi, matching, maxLength, readOnly }] of Object.entries(list)) {
        kinds[kind][name] = {
          type,
          multi,
          matching,
          ...(maxLength === undefined ? {} : { maxLength }),
          ...(readOnly === undefined ? {} : { readOnly }),
        };
      }
    }
    return { complete: true, kinds };
  }
  for (const { kind, attributes } of system.objects()) {
    kinds[kind] ??= Object.create(null) as { [attribute: string]: AttributeType };
    const list = kinds[kind];
    for (const [name, value] of Object.entries(shown(attributes))) {
      const type = [value].flat()[0] instanceof Uint8Array ? 'binary' : 'string';
      list[name] = { type, multi: Array.isArray(value) || list[name]?.multi === true, matching: 'exact' };
    }
  }
  return { complete: false, kinds };
}
