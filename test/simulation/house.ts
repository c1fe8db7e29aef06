/**
 * A house is something in which a configuration lives and days go by: the oracle's own (here), or the real engine with
 * its store and systems (engine-house.ts). Cases and properties are written against this shape and run in both.
 */
import type { Configuration } from '#config/model';
import { canonicalSet } from '#core/canonical';
import { type Attributes, attributes, type Scalar } from '#core/values';
import { settle } from '../oracle/oracle.ts';
import { type Behaviour, emptyMemory, type Memory, type System, type SystemObject, spot, type World } from '../oracle/world.ts';
import { type EndState, endOf } from './end.ts';
import { DAY, KEEPER, type Manner, MORNING, type Organisation, type PlainObject, type Step } from './organisation.ts';

export interface House {
  now: number;
  readonly connections: readonly string[];
  contents(connection: string): ReadonlyMap<string, SystemObject>;
  /** Somebody edits the system itself. */
  put(connection: string, object: SystemObject): void;
  remove(connection: string, object: SystemObject): void;
  run(profile: Extract<Step, { do: 'run' }>['profile']): Promise<void>;
  /** Cycles until nothing is written any more. */
  settle(): Promise<void>;
  end(): Promise<Comparable>;
  close(): Promise<void>;
}

export interface Comparable {
  readonly objects: { readonly [name: string]: unknown };
  readonly links: { readonly [staged: string]: string };
  readonly systems: { readonly [connection: string]: { readonly [spot: string]: unknown } };
  readonly parked: readonly string[];
}

export function canonicalObject(object: PlainObject): SystemObject {
  const values = attributes();
  for (const [name, value] of Object.entries(object.attributes)) {
    if (!Array.isArray(value)) values[name] = value as Scalar | null;
    else values[name] = value.length === 0 ? null : canonicalSet(value as readonly Scalar[]);
  }
  return { kind: object.kind, anchor: object.anchor, name: object.name ?? null, attributes: values };
}

/** What a target with these manners makes of a write. Anchors it assigns are `new-1`, `new-2` … */
export function behaviourOf(manner: Manner, assign: () => string): Behaviour {
  return (operation, wanted) => {
    if (operation === 'delete') return { holds: wanted };
    for (const [name, never] of Object.entries(manner.refuses ?? {}))
      if (wanted.attributes[name] === never) return { refused: `${name} is not taken` };
    return {
      holds: {
        ...wanted,
        anchor: wanted.anchor === '' ? assign() : wanted.anchor,
        attributes: rewritten(manner, wanted.attributes),
      },
    };
  };
}

export function rewritten(manner: Manner, values: Attributes): Attributes {
  const out = attributes(Object.entries(values));
  for (const [name, how] of Object.entries(manner.rewrites ?? {})) {
    const value = out[name];
    if (typeof value === 'string') out[name] = how === 'upper' ? value.toUpperCase() : value.slice(0, 1);
  }
  return out;
}

/** What a step edits, as it is before; of a `put`, what is put. Null where it edits nothing. */
export function subjectOf(house: House, step: Step): SystemObject | null {
  if (step.do === 'days' || step.do === 'run' || !house.connections.includes(step.connection)) return null;
  if (step.do === 'put') return canonicalObject(step.object);
  const kind = step.do === 'member' ? 'group' : step.do === 'delete' ? (step.kind ?? 'person') : 'person';
  const choice = [...house.contents(step.connection).values()]
    .filter((o) => o.kind === kind && o.anchor !== KEEPER)
    .sort((a, b) => (a.anchor < b.anchor ? -1 : 1));
  return choice[step.which % Math.max(1, choice.length)] ?? null;
}

export async function apply(house: House, step: Step): Promise<void> {
  if (step.do === 'days') {
    house.now += step.days * DAY;
    return;
  }
  if (step.do === 'run') return house.run(step.profile);
  const chosen = subjectOf(house, step);
  if (!chosen) return;
  if (step.do === 'put') return house.put(step.connection, chosen);
  if (step.do === 'delete') return house.remove(step.connection, chosen);
  if (step.do === 'set') {
    const merged = { ...plainOf(chosen), ...step.attributes };
    return house.put(step.connection, {
      ...canonicalObject({ kind: chosen.kind, anchor: chosen.anchor, attributes: merged }),
      name: chosen.name,
    });
  }
  const members = (chosen.attributes.members as readonly string[] | undefined) ?? [];
  const after = members.includes(step.member) ? members.filter((m) => m !== step.member) : [...members, step.member];
  house.put(step.connection, {
    ...canonicalObject({ kind: 'group', anchor: chosen.anchor, attributes: { ...plainOf(chosen), members: after } }),
    name: chosen.name,
  });
}

function plainOf(object: SystemObject): PlainObject['attributes'] {
  return { ...object.attributes } as PlainObject['attributes'];
}

/** The oracle as a house: whole cycles only. */
export function oracleHouse(
  organisation: Organisation,
  config: Configuration,
): House & {
  predict(from: ReadonlyMap<string, System>, memory: Memory, now: number, meanwhile?: World['meanwhile']): Comparable;
} {
  let memory = emptyMemory();
  let last: EndState | null = null;
  let made = 0;
  const behaviour = (name: string, manner: Manner): Behaviour | null =>
    organisation.targets.includes(name) ? behaviourOf(manner, () => `new-${++made}`) : null;
  const systems = new Map<string, System & { objects: Map<string, SystemObject> }>();
  for (const [name, plan] of Object.entries(organisation.systems)) {
    const objects = new Map(plan.objects.map((o) => [spot(o), canonicalObject(o)]));
    systems.set(name, { objects, behaviour: behaviour(name, plan.manner ?? {}) });
  }
  const house: ReturnType<typeof oracleHouse> = {
    now: MORNING,
    connections: [...systems.keys()],
    contents: (connection) => systems.get(connection)!.objects,
    put: (connection, object) => void systems.get(connection)!.objects.set(spot(object), object),
    remove: (connection, object) => void systems.get(connection)!.objects.delete(spot(object)),
    run: () => house.settle(),
    settle: () => {
      const settled = settle({ rules: config, now: house.now, systems, memory });
      memory = settled.memory;
      last = endOf(settled, config);
      for (const [name, system] of settled.systems) systems.get(name)!.objects = new Map(system.objects);
      return Promise.resolve();
    },
    end: () => Promise.resolve(comparable(last!, createdIn(memory))),
    predict: (from, of, now, meanwhile) => {
      const settled = settle({ rules: config, now, systems: from, memory: of, ...(meanwhile ? { meanwhile } : {}) });
      return comparable(endOf(settled, config), createdIn(settled.memory));
    },
    close: () => Promise.resolve(),
  };
  return house;
}

/** As the memory system, the oracle's house and its predictions assign them. */
const ASSIGNED = /^(m|new-|oracle-)\d+$/;

/** `connection|kind:anchor` of accounts whose anchors were assigned, adopted ones made again too: two runs of one story differ in those. */
export function createdIn(memory: Memory): Set<string> {
  return new Set([...memory.staged].filter(([, s]) => s.origin === 'created' || ASSIGNED.test(s.anchor)).map(([key]) => key));
}

/** The end state with assigned anchors replaced by the name of the object they belong to, as plain sorted data. */
export function comparable(end: EndState, created: ReadonlySet<string>): Comparable {
  // Anchors are a system's own: two systems may have given the same one.
  const names = new Map<string, string>();
  for (const key of created) {
    const connection = key.slice(0, key.indexOf('|'));
    names.set(`${connection}|${key.slice(key.indexOf(':') + 1)}`, `made for ${end.links.get(key) ?? 'nobody'}`);
  }
  const rename = (connection: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((one) => rename(connection, one)).sort();
    return typeof value === 'string' ? (names.get(`${connection}|${value}`) ?? value) : value;
  };
  const place = (connection: string, spot: string): string => {
    const at = spot.indexOf(':') + 1;
    return spot.slice(0, at) + (names.get(`${connection}|${spot.slice(at)}`) ?? spot.slice(at));
  };
  const placed = (key: string): string => {
    const at = key.indexOf('|');
    return `${key.slice(0, at)}|${place(key.slice(0, at), key.slice(at + 1))}`;
  };
  const systems: { [connection: string]: { [spot: string]: unknown } } = {};
  for (const [connection, objects] of end.systems) {
    const all: [string, unknown][] = [...objects].map(([key, o]) => [
      place(connection, key),
      { name: o.name, ...sorted(heldBy(o).map(([n, v]) => [n, rename(connection, v)])) },
    ]);
    systems[connection] = sorted(all);
  }
  return {
    objects: sorted([...end.objects].map(([name, o]) => [name, { ...o, attributes: sorted(Object.entries(o.attributes)) }])),
    links: sorted([...end.links].map(([key, name]) => [placed(key), name])) as { [staged: string]: string },
    systems,
    parked: end.parked
      .map((line) => {
        const [kind, connection, ...rest] = line.split(' ');
        const subject = rest.map((word) =>
          word.includes('|') ? placed(word) : word.includes(':') ? place(connection!, word) : word,
        );
        return [kind, connection, ...subject].join(' ');
      })
      .sort(),
  };
}

/** Empty is empty: which way a system says so is its own. */
function heldBy({ attributes }: SystemObject): [string, unknown][] {
  return Object.entries(attributes).filter(([, value]) => value !== null);
}

function sorted(entries: readonly (readonly [string, unknown])[]): { [name: string]: unknown } {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
