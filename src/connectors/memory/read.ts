/** Reading a memory system: pages, resumable where it keeps snapshots; the change feed; lookups; the schema. */
import { randomUUID } from 'node:crypto';
import type { Cursor, Page, RawValue, ReadEnd, Reader, ReadObject, Schema } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { type Fault, RollcallError } from '#core/errors';
import type { AttributeType, Kind } from '#core/values';
import { newRow } from '../files/row.ts';
import type { FaultAction, MemoryConfig } from './config.ts';
import { actionsFor, lost, refuseCall } from './script.ts';
import { type MemorySystem, readObject } from './system.ts';

const KEPT_SNAPSHOTS = 4;
const MINUTE_MS = 60_000;

export function memoryReader(ready: () => MemorySystem, config: MemoryConfig): Reader {
  const reader: Reader = {
    deltas: config.deltas,
    moving: config.moving,
    read: ({ since, resume, signal }) =>
      since === undefined ? readAll(ready(), config, resume, signal) : readFeed(ready(), config, since, signal),
  };
  return config.deltas ? { ...reader, cursor: async () => cursorOf(ready()) } : reader;
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
  const actions = actionsFor(system, config, { on: 'read' });
  refuseCall(system, actions);
  const limit = least(actions, 'limit');
  const breaks = least(actions, 'breakAfter');
  const { objects, id, from } = config.snapshots
    ? snapshot(system, resume)
    : { objects: config.moving ? visibleObjects(system) : [...visibleObjects(system)], id: null, from: 0 };
  let restarted = resume !== undefined && from === 0;
  let page: ReadObject[] = [];
  let seen = from;
  for (const object of objects) {
    if (seen >= limit) break;
    if (seen >= breaks) {
      if (page.length > 0) yield pageOf(page);
      throw lost(system);
    }
    page.push(disturbed(object, actions));
    seen++;
    if (page.length < config.pageSize) continue;
    signal.throwIfAborted();
    yield pageOf(page);
    page = [];
  }
  signal.throwIfAborted();
  if (breaks !== Number.POSITIVE_INFINITY && seen >= breaks) throw lost(system);
  const cut = seen >= limit && limit !== Number.POSITIVE_INFINITY;
  yield { ...pageOf(page), end: endOf(system, config, actions, cut ? sizeLimit(system, limit) : undefined) };

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

function least(actions: readonly FaultAction[], name: 'limit' | 'breakAfter'): number {
  let found = Number.POSITIVE_INFINITY;
  for (const action of actions) if (name in action) found = Math.min(found, (action as { [name: string]: number })[name]!);
  return found;
}

function disturbed(object: ReadObject, actions: readonly FaultAction[]): ReadObject {
  const hidden = actions.flatMap((action) => ('hide' in action ? action.hide : []));
  const lists = actions.flatMap((action) => ('cutList' in action ? [action.cutList] : []));
  if (hidden.length === 0 && lists.length === 0) return object;
  const attributes = newRow();
  const partial: string[] = [];
  for (const [name, value] of Object.entries(object.attributes)) {
    if (hidden.includes(name)) continue;
    const keep = lists.find((list) => list.attribute === name)?.keep;
    if (keep === undefined || !Array.isArray(value)) attributes[name] = value;
    else {
      attributes[name] = value.slice(0, keep) as RawValue;
      partial.push(name);
    }
  }
  return { ...object, attributes, ...(partial.length === 0 ? {} : { partial }) };
}

function endOf(system: MemorySystem, config: MemoryConfig, actions: readonly FaultAction[], reason: Fault | undefined): ReadEnd {
  const hidden = new Set(actions.flatMap((action) => ('hide' in action ? action.hide : [])));
  const names =
    config.schema === undefined ? undefined : new Set(Object.values(config.schema).flatMap((kind) => Object.keys(kind)));
  return {
    ...(reason === undefined ? { complete: true } : { complete: false, reason }),
    ...(names === undefined ? {} : { attributes: [...names].filter((name) => !hidden.has(name)).sort() }),
    ...(config.atomic && reason === undefined ? { fingerprint: fingerprintOf(system) } : {}),
  };
}

function sizeLimit(system: MemorySystem, limit: number): Fault {
  return {
    kind: 'unavailable',
    message: `${system.name} shows no more than ${limit} objects`,
    where: {},
    remedy: 'change the script of faults',
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
  const actions = actionsFor(system, config, { on: 'read' });
  refuseCall(system, actions);
  const changes = system.feed(Number(place));
  const breaks = least(actions, 'breakAfter');
  for (let at = 0; at < changes.length; at += config.pageSize) {
    signal.throwIfAborted();
    if (at >= breaks) throw lost(system);
    yield { objects: changes.slice(at, Math.min(at + config.pageSize, breaks)) };
  }
  if (changes.length > breaks) throw lost(system);
  yield { objects: [], end: { complete: true, next: cursorOf(system, Number(place) + changes.length) } };
}

export function lookup(
  system: MemorySystem,
  config: MemoryConfig,
  by: { anchor: string } | { attribute: string; value: string },
  kind: Kind,
): ReadObject[] {
  system.counts.lookups++;
  refuseCall(system, actionsFor(system, config, { on: 'lookup', kind, ...('anchor' in by ? { anchor: by.anchor } : {}) }));
  if ('anchor' in by) {
    const found = system.see(kind, by.anchor);
    return found === null ? [] : [readObject(found)];
  }
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
export function timeOf(system: MemorySystem, config: MemoryConfig, signal: AbortSignal): number {
  signal.throwIfAborted();
  const actions = actionsFor(system, config, { on: 'clock' });
  refuseCall(system, actions);
  return actions.reduce((at, action) => ('ahead' in action ? at + action.ahead * MINUTE_MS : at), system.time());
}

/** As configured, or else text for every attribute anything has. */
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
    for (const [name, value] of Object.entries(attributes)) {
      list[name] = { type: 'string', multi: Array.isArray(value) || list[name]?.multi === true, matching: 'exact' };
    }
  }
  return { complete: false, kinds };
}
