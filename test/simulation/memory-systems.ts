/** The shipped memory connector as the systems of one house: edited behind its back, and scripted, by the test. */

import type { Configuration } from '#config/model';
import type { ConnectorDefinition, WriteItem } from '#connectors/contract';
import { type FaultAction, type FaultRule, withFaults } from '#connectors/fault-injection/index';
import { forgetMemorySystem, type MemorySystem, memory, memorySystem } from '#connectors/memory/index';
import type { Attributes } from '#core/values';
import { type SystemObject, spot } from '../oracle/world.ts';
import { canonicalObject } from './house.ts';
import type { Manner, Organisation, PlainObject } from './organisation.ts';

export interface MemorySystems {
  /** The configuration with each connection at its own system of this house. */
  readonly configured: (config: Configuration) => Configuration;
  readonly contents: (connection: string) => ReadonlyMap<string, SystemObject>;
  readonly put: (connection: string, object: SystemObject) => void;
  readonly remove: (connection: string, object: SystemObject) => void;
  /** From now on, until its times are used up. */
  readonly script: (connection: string, rule: FaultRule) => void;
  /** Scripted faults that came to pass, once for each time. */
  readonly happened: () => readonly FaultRule[];
  /** At the next write the process is as good as dead, before or after it was done: its answer never comes. */
  readonly strike: (connection: string, moment: 'before' | 'after', then: () => void) => void;
  /** Another process goes on. */
  readonly revive: () => void;
  /** Writes that were really done there. */
  readonly done: (connection: string) => number;
  readonly close: () => void;
}

let houses = 0;

export function memorySystems(organisation: Organisation): MemorySystems {
  const house = ++houses;
  const nameOf = (connection: string): string => `house ${house}: ${connection}`;
  const system = (connection: string): MemorySystem => memorySystem(nameOf(connection));
  const faults = new Map<string, FaultRule[]>();
  const strikes: Strikes = { dead: false, next: new Map() };
  const put = (connection: string, { kind, anchor, name, attributes }: SystemObject): void =>
    system(connection).put(kind, anchor, plain(attributes), name === null ? {} : { name });
  for (const [connection, { objects, manner }] of Object.entries(organisation.systems)) {
    const rewrite = Object.entries(manner?.rewrites ?? {}).map(
      ([name, how]) => [name, how === 'upper' ? how : { cut: 1 }] as const,
    );
    faults.set(connection, rewrite.length === 0 ? [] : [{ on: 'write', after: 0, do: { rewrite: Object.fromEntries(rewrite) } }]);
    for (const object of objects) put(connection, canonicalObject(object));
  }
  const configured = (config: Configuration): Configuration => ({
    ...config,
    connections: config.connections.map((c) => ({
      ...c,
      definition: struck(c.name, organisation.systems[c.name]!.manner ?? {}, strikes),
      settings: {
        ...(c.settings as object),
        system: nameOf(c.name),
        anchors: 'system',
        ...((c.settings as { creates?: string }).creates === 'lookup' ? {} : { creates: 'idempotencyKey' }),
        // Of every other one: what somebody changes meanwhile is refused there, and overwritten elsewhere.
        compare: c.rank % 2 === 1,
        faults: faults.get(c.name)!,
        ...(organisation.systems[c.name]!.mute ? { answers: 'anchor', lookup: false } : {}),
      },
    })),
  });
  return {
    configured,
    put,
    contents: (connection) =>
      new Map(
        system(connection)
          .objects()
          .map((o) => [spot(o), shown(o)]),
      ),
    remove: (connection, object) => system(connection).remove(object.kind, object.anchor),
    script: (connection, rule) => void faults.get(connection)!.push(rule),
    happened: () =>
      [...faults].flatMap(([connection, rules]) =>
        rules.flatMap((rule, i) => {
          const fitted = (system(connection).fitted.get(i) ?? 0) - (rule.after ?? 0);
          return Array.from({ length: Math.max(0, Math.min(fitted, rule.times ?? fitted)) }, () => rule);
        }),
      ),
    strike: (connection, moment, then) => void strikes.next.set(connection, { moment, then }),
    revive() {
      strikes.dead = false;
      strikes.next.clear();
    },
    done: (connection) => system(connection).counts.created + system(connection).counts.updated,
    close: () => {
      for (const connection of faults.keys()) forgetMemorySystem(nameOf(connection));
    },
  };
}

function shown(stored: ReturnType<MemorySystem['objects']>[number]): SystemObject {
  const attributes = { ...stored.attributes } as PlainObject['attributes'];
  return canonicalObject({
    kind: stored.kind,
    anchor: stored.anchor,
    attributes,
    ...(stored.name === undefined ? {} : { name: stored.name }),
  });
}

function plain(attributes: Attributes): { [name: string]: string | readonly string[] } {
  return { ...attributes } as { [name: string]: string | readonly string[] };
}

/** Values that it never takes: those are a person's to mend. */
function refusals({ refuses = {}, taken = {}, mute = false }: Manner, { set }: WriteItem): readonly FaultAction[] {
  const never = Object.entries(refuses).find(([name, value]) => set[name] === value)?.[0];
  if (never !== undefined) return [{ refuse: 'invalidValue', message: `${never} is not taken` }];
  const had = Object.entries(taken).find(([name, values]) => values.includes(set[name] as string))?.[0];
  if (had === undefined) return [];
  return [{ refuse: 'conflict', message: `${had} is taken`, ...(mute ? {} : { attribute: had }) }];
}

interface Strikes {
  /** Nothing more is written to any system by the process that was struck. */
  dead: boolean;
  readonly next: Map<string, { readonly moment: 'before' | 'after'; readonly then: () => void }>;
}

/** The memory connector with the manners of one system. */
function struck(name: string, manner: Manner, strikes: Strikes): ConnectorDefinition {
  return withFaults(memory as ConnectorDefinition, {
    script({ item }) {
      if (item === undefined) return [];
      const moment = strikes.dead ? 'before' : strikes.next.get(name)?.moment;
      return [...refusals(manner, item), ...(moment === undefined ? [] : [{ die: moment, how: 'silent' as const }])];
    },
    happened(action) {
      if (!('die' in action) || strikes.dead) return;
      strikes.dead = true;
      strikes.next.get(name)?.then();
    },
  });
}
