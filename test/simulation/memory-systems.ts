/** The shipped memory connector as the systems of one house: edited behind its back, and scripted, by the test. */

import type { Configuration } from '#config/model';
import type { Connection, ConnectorDefinition, WriteItem, WriteResult } from '#connectors/contract';
import type { FaultRule } from '#connectors/memory/config';
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
      definition: struck(refusing(organisation.systems[c.name]!.manner ?? {}), c.name, strikes),
      settings: {
        ...(c.settings as object),
        system: nameOf(c.name),
        anchors: 'system',
        ...((c.settings as { creates?: string }).creates === 'lookup' ? {} : { creates: 'idempotencyKey' }),
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
          const fitted = (system(connection).fitted.get(i) ?? 0) - rule.after;
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

/** The memory connector, but for values that it never takes: those are a person's to mend, not a script's. */
function refusing({ refuses = {}, taken = {}, mute = false }: Manner): ConnectorDefinition {
  const refusal = (set: WriteItem['set']): WriteResult | undefined => {
    const never = Object.entries(refuses).find(([name, value]) => set[name] === value)?.[0];
    if (never !== undefined) return { ok: false, fault: { kind: 'invalidValue', message: `${never} is not taken`, where: {} } };
    const had = Object.entries(taken).find(([name, values]) => values.includes(set[name] as string))?.[0];
    if (had === undefined) return undefined;
    return { ok: false, fault: { kind: 'conflict', message: `${had} is taken`, where: mute ? {} : { attribute: had } } };
  };
  const open: ConnectorDefinition['open'] = (config, context): Connection => {
    const inner = memory.open(config as Parameters<typeof memory.open>[0], context);
    const write = inner.write;
    if (!write) return inner;
    return {
      ...inner,
      write: {
        ...write,
        async write(items) {
          const refused = items.map((item) => refusal(item.set));
          const answers = await write.write(items.filter((_, i) => refused[i] === undefined));
          let next = 0;
          return refused.map((answer) => answer ?? answers[next++]!);
        },
      },
    };
  };
  return { ...(memory as ConnectorDefinition), open };
}

interface Strikes {
  /** Nothing more is written to any system by the process that was struck. */
  dead: boolean;
  readonly next: Map<string, { readonly moment: 'before' | 'after'; readonly then: () => void }>;
}

function struck(definition: ConnectorDefinition, name: string, strikes: Strikes): ConnectorDefinition {
  const open: ConnectorDefinition['open'] = (config, context): Connection => {
    const inner = definition.open(config, context);
    const { write } = inner;
    if (!write) return inner;
    return {
      ...inner,
      write: {
        ...write,
        async write(items) {
          const strike = strikes.next.get(name);
          if (!strike && !strikes.dead) return write.write(items);
          if (strike && !strikes.dead && strike.moment === 'after') await write.write(items);
          strikes.dead = true;
          strike?.then();
          return new Promise<never>(() => undefined);
        },
      },
    };
  };
  return { ...definition, open };
}
