/** What one `settle` works on, and the questions that every part of the oracle asks of it. */
import { normalDn } from '#core/dn';
import { normalForm } from '#core/matching';
import { type Kind, scalars, type Value } from '#core/values';
import type { Clock, ImportRule, ObjectScope, RowScope } from '#rules/model';
import type { ConnectionRules, Memory, ObjectMemory, Parked, Rules, StagedMemory, System, SystemObject, World } from './world.ts';
import { spot } from './world.ts';

export class State {
  readonly rules: Rules;
  readonly now: number;
  readonly clock: Clock;
  readonly before: Memory;
  readonly memory: Memory;
  readonly systems: ReadonlyMap<string, System & { readonly objects: Map<string, SystemObject> }>;
  /** Made anew in each round: what is parked; `object attribute` of references that mean nobody; whose value was agreed on. */
  parked: Map<string, Parked> = new Map();
  debts: Set<string> = new Set();
  winners: Map<string, string> = new Map();
  /** At what was written, once others had time to touch it. */
  readonly looks: (() => void)[] = [];

  constructor({ rules, now, memory, systems }: World) {
    this.rules = rules;
    this.now = now;
    this.clock = { now, due: Number.POSITIVE_INFINITY };
    this.before = memory;
    this.memory = structuredClone(memory);
    this.systems = new Map([...systems].map(([name, system]) => [name, { ...system, objects: new Map(system.objects) }]));
  }

  /** Kept and listed; false, so that it can be said in passing. */
  park(kind: string, connection: string | null, subject: Parked['subject']): false {
    const key = `${kind} ${connection} ${typeof subject === 'number' ? subject : spot(subject)}`;
    this.parked.set(key, { kind, connection, subject });
    return false;
  }

  connectionOf(name: string): ConnectionRules {
    return this.rules.connections.find((c) => c.name === name)!;
  }

  /** The object as its system shows it now. */
  contentOf(staged: StagedMemory): SystemObject | undefined {
    return this.systems.get(staged.connection)?.objects.get(spot(staged));
  }

  importRuleOf({ connection, kind }: { readonly connection: string; readonly kind: Kind }): ImportRule | undefined {
    return [...this.connectionOf(connection).imports.values()].find((rule) => rule.from === kind);
  }

  /** The import rule that reads a staged object; undefined while it is not there or the rule's filter does not take it. */
  ruleFor(staged: StagedMemory): ImportRule | undefined {
    const content = this.contentOf(staged);
    const rule = this.importRuleOf(staged);
    if (content === undefined || rule === undefined) return undefined;
    const taken = attempt(() => rule.filter?.(rowOf(content), this.clock) ?? true);
    // Who is linked stays so while nobody can tell.
    return (taken === FAILED ? staged.object !== null : taken) ? rule : undefined;
  }

  /** Staged objects linked to an object, by connection rank, then kind and anchor. */
  linksOf({ id }: Pick<ObjectMemory, 'id'>): StagedMemory[] {
    const rank = (s: StagedMemory): number => this.connectionOf(s.connection).rank;
    const linked = [...this.memory.staged.values()].filter((s) => s.object === id);
    return linked.sort((a, b) => rank(a) - rank(b) || compareText(a.kind, b.kind) || compareText(a.anchor, b.anchor));
  }

  /** Objects by (connection rank, anchor) of their first link: the order in which competitors are decided. */
  objectsInOrder(): ObjectMemory[] {
    const placed = [...this.memory.objects.values()].map((object) => {
      const link = this.linksOf(object)[0];
      return { object, rank: link ? this.connectionOf(link.connection).rank : 1000, anchor: link?.anchor ?? '' };
    });
    return placed.sort((a, b) => a.rank - b.rank || compareText(a.anchor, b.anchor)).map((p) => p.object);
  }

  /** What rules see of an object: a reference shows the other object's attributes, one hop. */
  scopeOf(object: ObjectMemory): ObjectScope {
    const flat = flatScope(object);
    for (const [name, type] of this.rules.kinds.get(object.kind)!.attributes) {
      if (type.type !== 'reference') continue;
      const others = scalars(object.attributes[name]).map((other) => flatScope(this.memory.objects.get(other as number)!));
      flat[name] = type.multi ? others : (others[0] ?? null);
    }
    return { object: flat };
  }

  /** The normal forms of an attribute's values: what joins and uniqueness compare. */
  norms(kind: Kind, attribute: string, value: Value | undefined): string[] {
    const { matching } = this.rules.kinds.get(kind)!.attributes.get(attribute)!;
    const norms = scalars(value).map((scalar) => normalForm(scalar, matching));
    return norms.filter((norm) => norm !== '');
  }

  /** Objects of a kind that have one of these values in this attribute. */
  holdersOf(kind: Kind, attribute: string, wanted: readonly string[]): ObjectMemory[] {
    const isHeld = (o: ObjectMemory): boolean =>
      this.norms(kind, attribute, o.attributes[attribute]).some((n) => wanted.includes(n));
    return [...this.memory.objects.values()].filter((o) => o.kind === kind && isHeld(o));
  }
}

export const FAILED: unique symbol = Symbol('failed');

/** A rule that fails for one object leaves the rest alone. */
export function attempt<T>(rule: () => T): T | typeof FAILED {
  try {
    return rule();
  } catch {
    return FAILED;
  }
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const rowOf = ({ attributes, anchor, name }: SystemObject): RowScope => ({ row: attributes, anchor, name });

/** Names that are DNs compare as DNs. */
export const nameNorm = (name: string): string => (name.includes('=') ? normalDn(name) : null) ?? name;

const flatScope = ({ id, state, attributes }: ObjectMemory): { [name: string]: unknown } =>
  Object.assign(Object.create(null), attributes, { id, active: state === 'active', state });
