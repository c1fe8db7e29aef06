/** What one `settle` works on, and the questions that every part of the oracle asks of it. */
import type { Configuration, ConnectionConfig } from '#config/model';
import { normalDn } from '#core/dn';
import { normalForm } from '#core/matching';
import { type Attributes, attributes, type Kind, scalars, type Value } from '#core/values';
import type { Clock, ImportRule, ObjectScope, RowScope } from '#rules/model';
import { type Memory, type ObjectMemory, type StagedMemory, type System, type SystemObject, spot, type World } from './world.ts';

export interface State {
  readonly config: Configuration;
  readonly now: number;
  readonly on: ReadonlySet<string>;
  readonly systems: Map<string, { objects: Map<string, SystemObject>; readonly behaviour: System['behaviour'] }>;
  readonly memory: Memory;
  /** Made anew in each cycle. */
  parked: Set<string>;
  /** `object attribute`: references whose other end nobody knows. */
  debts: Set<string>;
  /** `object attribute` → the connection whose value was agreed on. */
  winners: Map<string, string>;
  /** How often a repair was undone: `connection|spot attribute` → times. */
  readonly undone: Map<string, number>;
}

export function begin(world: World): State {
  const systems = new Map([...world.systems].map(([name, s]) => [name, { objects: new Map(s.objects), behaviour: s.behaviour }]));
  const { config, now, on } = world;
  const empty = { parked: new Set<string>(), debts: new Set<string>(), winners: new Map(), undone: new Map() };
  return { config, now, on, systems, memory: structuredClone(world.memory), ...empty };
}

export function clock(state: State): Clock {
  return { now: state.now, due: Number.POSITIVE_INFINITY };
}

export function park(state: State, kind: string, connection: string | null, subject: string): void {
  state.parked.add(`${kind} ${connection ?? '-'} ${subject}`);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function stagedKey(connection: string, kind: Kind, anchor: string): string {
  return `${connection}|${spot(kind, anchor)}`;
}

export function contentOf(state: State, staged: StagedMemory): SystemObject | undefined {
  return state.systems.get(staged.connection)?.objects.get(spot(staged.kind, staged.anchor));
}

export function rowOf(object: SystemObject): RowScope {
  return { row: object.attributes, anchor: object.anchor, name: object.name };
}

export function connectionOf(state: State, name: string): ConnectionConfig {
  return state.config.connections.find((c) => c.name === name)!;
}

export function importRuleFor(connection: ConnectionConfig, from: Kind): ImportRule | undefined {
  return [...connection.imports.values()].find((rule) => rule.from === from);
}

/** The object is there and the rule's filter takes it. */
export function inScope(state: State, staged: StagedMemory): boolean {
  const object = contentOf(state, staged);
  const rule = importRuleFor(connectionOf(state, staged.connection), staged.kind);
  if (object === undefined || rule === undefined) return false;
  if (rule.filter === null) return true;
  try {
    return rule.filter(rowOf(object), clock(state));
  } catch {
    return false;
  }
}

/** Staged objects linked to an object, by connection rank, then kind and anchor. */
export function linksOf(state: State, id: number): StagedMemory[] {
  const rank = (s: StagedMemory): number => connectionOf(state, s.connection).rank;
  return [...state.memory.staged.values()]
    .filter((s) => s.object === id)
    .sort((a, b) => rank(a) - rank(b) || compareText(a.kind, b.kind) || compareText(a.anchor, b.anchor));
}

/** Objects by (connection rank, anchor) of their first link: the order in which competitors are decided. */
export function objectsInOrder(state: State): ObjectMemory[] {
  const placed = [...state.memory.objects.values()].map((object) => {
    const link = linksOf(state, object.id)[0];
    return { object, rank: link ? connectionOf(state, link.connection).rank : 1000, anchor: link?.anchor ?? '' };
  });
  return placed.sort((a, b) => a.rank - b.rank || compareText(a.anchor, b.anchor)).map((p) => p.object);
}

/** The name an object has in tests: its first source link; ids are the engine's own business. */
export function nameOf(state: State, id: number): string {
  const links = linksOf(state, id);
  const link = links.find((s) => s.how === 'projected') ?? links.find((s) => s.origin !== 'created') ?? links[0];
  return link ? stagedKey(link.connection, link.kind, link.anchor) : `nothing left of ${id}`;
}

/** What rules see of an object: a reference shows the other object's attributes, one hop. */
export function scopeOf(state: State, id: number): ObjectScope {
  const flat = flatScope(state, id);
  const object = state.memory.objects.get(id)!;
  for (const [name, type] of state.config.kinds.get(object.kind)!.attributes) {
    if (type.type !== 'reference') continue;
    const others = scalars(object.attributes[name]).map((other) => flatScope(state, other as number));
    flat[name] = type.multi ? others : (others[0] ?? null);
  }
  return { object: flat };
}

function flatScope(state: State, id: number): { [name: string]: unknown } {
  const object = state.memory.objects.get(id)!;
  const flat: { [name: string]: unknown } = Object.create(null);
  for (const [name, value] of Object.entries(object.attributes)) flat[name] = value;
  return Object.assign(flat, { id, active: object.state === 'active', state: object.state });
}

export function norms(state: State, kind: Kind, attribute: string, value: Value | undefined): string[] {
  const matching = state.config.kinds.get(kind)!.attributes.get(attribute)!.matching;
  return scalars(value)
    .map((scalar) => normalForm(scalar, matching))
    .filter((norm) => norm !== '');
}

/** Names that are DNs compare as DNs. */
export function nameNorm(name: string): string {
  return (name.includes('=') ? normalDn(name) : null) ?? name;
}

export function withoutEmpty(values: Attributes): Attributes {
  return attributes(Object.entries(values).filter(([, value]) => scalars(value).length > 0));
}
