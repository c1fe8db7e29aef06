/** Systems in memory for one house: edited by the test, read and written by the engine. */
import { z } from 'zod';
import type { Connection, ConnectorDefinition, Page, ReadObject, WriteItem, WriteResult } from '#connectors/contract';
import { type Attributes, attributes, type Scalar, type Value } from '#core/values';
import { type Behaviour, type SystemObject, spot } from '../oracle/world.ts';
import { behaviourOf, canonicalObject } from './house.ts';
import type { Organisation } from './organisation.ts';

export interface MemorySystems {
  readonly definition: ConnectorDefinition;
  readonly contents: (connection: string) => ReadonlyMap<string, SystemObject>;
  readonly put: (connection: string, object: SystemObject) => void;
  readonly remove: (connection: string, object: SystemObject) => void;
  readonly close: () => void;
}

interface OneSystem {
  readonly objects: Map<string, SystemObject>;
  /** Spot of what changed, oldest first. */
  readonly feed: { readonly kind: string; readonly anchor: string }[];
  readonly behaviour: Behaviour;
}

export function memorySystems(organisation: Organisation): MemorySystems {
  const systems = new Map<string, OneSystem>();
  for (const [name, plan] of Object.entries(organisation.systems)) {
    let assigned = 0;
    systems.set(name, {
      objects: new Map(plan.objects.map((o) => [spot(o.kind, o.anchor), canonicalObject(o)])),
      feed: [],
      behaviour: behaviourOf(plan.manner ?? {}, () => `${name}-new-${++assigned}`),
    });
  }
  const of = (name: string): OneSystem => systems.get(name)!;
  const put = (name: string, object: SystemObject): void => {
    of(name).objects.set(spot(object.kind, object.anchor), object);
    of(name).feed.push({ kind: object.kind, anchor: object.anchor });
  };
  const remove = (name: string, object: SystemObject): void => {
    of(name).objects.delete(spot(object.kind, object.anchor));
    of(name).feed.push({ kind: object.kind, anchor: object.anchor });
  };
  const definition: ConnectorDefinition<{ system: string }> = {
    type: 'memory',
    title: 'memory',
    maturity: 'stable',
    config: z.strictObject({ system: z.string() }),
    open: ({ system }) =>
      connect(
        of(system),
        (o) => put(system, o),
        (o) => remove(system, o),
      ),
  };
  return {
    definition: definition as ConnectorDefinition,
    contents: (name) => of(name).objects,
    put,
    remove,
    close: () => systems.clear(),
  };
}

function shown(object: SystemObject): ReadObject {
  return {
    kind: object.kind,
    anchor: object.anchor,
    ...(object.name === null ? {} : { name: object.name }),
    attributes: object.attributes as ReadObject['attributes'],
  };
}

function connect(system: OneSystem, put: (object: SystemObject) => void, remove: (object: SystemObject) => void): Connection {
  async function* read({ since }: { since?: string }): AsyncIterable<Page> {
    const next = String(system.feed.length);
    const changed = since === undefined ? [...system.objects.values()] : system.feed.slice(Number(since));
    const seen = new Set<string>();
    const objects: Page['objects'][number][] = [];
    for (const { kind, anchor } of changed) {
      const key = spot(kind, anchor);
      if (seen.has(key)) continue;
      seen.add(key);
      const object = system.objects.get(key);
      objects.push(object ? shown(object) : { op: 'delete', kind, anchor });
    }
    yield { objects, end: { complete: true, next } };
  }
  return {
    test: () => Promise.resolve('in memory'),
    discoverSchema: () => Promise.resolve({ complete: false, kinds: {} }),
    read: { read, deltas: true, cursor: () => Promise.resolve(String(system.feed.length)) },
    write: {
      write: (items) => Promise.resolve(items.map((item) => writeOne(system, item, put, remove))),
      creates: { by: 'callerKey' },
      batch: { items: 3 },
    },
    lookup: (by, kind) =>
      Promise.resolve(
        [...system.objects.values()]
          .filter((o) => o.kind === kind && ('anchor' in by ? o.anchor === by.anchor : o.attributes[by.attribute] === by.value))
          .map(shown),
      ),
    close: () => Promise.resolve(),
  };
}

function writeOne(
  system: OneSystem,
  item: WriteItem,
  put: (object: SystemObject) => void,
  remove: (object: SystemObject) => void,
): WriteResult {
  const before = item.anchor === null ? null : (system.objects.get(spot(item.kind, item.anchor)) ?? null);
  if (item.operation !== 'create' && before === null)
    return { ok: false, fault: { kind: 'notFound', message: 'it is not there', where: {} } };
  const values: Attributes = attributes(Object.entries(item.operation === 'update' ? before!.attributes : {}));
  for (const [name, value] of Object.entries(item.set)) {
    if (value === null) delete values[name];
    else values[name] = value as Value;
  }
  for (const [name, add] of Object.entries(item.add ?? {})) values[name] = [...new Set([...list(values[name]), ...add])];
  for (const [name, gone] of Object.entries(item.remove ?? {}))
    values[name] = list(values[name]).filter((v) => !gone.includes(v));
  const wanted = canonicalObject({
    kind: item.kind,
    anchor: item.anchor ?? '',
    attributes: values as Parameters<typeof canonicalObject>[0]['attributes'],
  });
  const answer = system.behaviour(item.operation, { ...wanted, name: item.name ?? before?.name ?? null }, before);
  if ('refused' in answer) return { ok: false, fault: { kind: 'invalidValue', message: answer.refused, where: {} } };
  if (answer.holds === null) {
    remove(before!);
    return { ok: true, anchor: before!.anchor };
  }
  put(answer.holds);
  return { ok: true, anchor: answer.holds.anchor, ...(answer.holds.name === null ? {} : { name: answer.holds.name }) };
}

function list(value: Value | undefined): Scalar[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? [...(value as Scalar[])] : [value as Scalar];
}
