/** A person's state from its contributors: presence of owners, dates, the rule's own condition. */
import { toFault } from '#core/errors';
import type { Attributes } from '#core/values';
import type { Clock, KindRules } from '#rules/model';
import type { ObjectRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { type Life, type LifeDates, lifeOf } from '../lifecycle/state.ts';

/** Asked for every object; made once per configuration. */
const owners = new WeakMap<EngineContext['connections'], Map<string, Owners>>();

interface Owners {
  readonly names: ReadonlySet<string>;
  /** False: nobody is marked as owner of this kind. */
  readonly marked: boolean;
}

/** Connections whose presence keeps an object of this kind. */
export function ownersOf(context: Pick<EngineContext, 'connections'>, kind: string): ReadonlySet<string> {
  return speaking(context, kind).names;
}

function speaking(context: Pick<EngineContext, 'connections'>, kind: string): Owners {
  const byKind = owners.get(context.connections) ?? new Map<string, Owners>();
  owners.set(context.connections, byKind);
  const known = byKind.get(kind) ?? ownersIn(context, kind);
  byKind.set(kind, known);
  return known;
}

function ownersIn(context: Pick<EngineContext, 'connections'>, kind: string): Owners {
  const of = context.connections.filter((c) => c.imports.has(kind));
  const marked = of.filter((c) => c.owner);
  const names = marked.length > 0 ? marked : of.filter((c) => c.imports.get(kind)!.project);
  return { names: new Set(names.map((c) => c.name)), marked: marked.length > 0 };
}

/**
 * Whether an owner shows it. With no connection marked as owner nobody's absence ends a person (SEMANTICS 11): who is there stays so, and who left
 * comes back when a source that makes people shows them again. A group goes with the source that makes it.
 */
export function isOwned(
  context: Pick<EngineContext, 'connections'>,
  kind: string,
  before: Pick<ObjectRow, 'state'> | null,
  connections: readonly { readonly connection: { readonly name: string } }[],
): boolean {
  const { names, marked } = speaking(context, kind);
  if (connections.some((c) => names.has(c.connection.name))) return true;
  return !marked && kind !== 'group' && before !== null && before.state !== 'leaving' && before.state !== 'gone';
}

/** It begins as leaving, and nothing of it is frozen: what an owner once held is frozen from its going until an owner holds it again. */
export function neverOwned({ owned, frozen }: Pick<ObjectRow, 'owned' | 'frozen'>): boolean {
  return !owned && frozen === null;
}

export function stateOfObject(
  context: EngineContext,
  rules: KindRules,
  before: ObjectRow | null,
  owned: boolean,
  attributes: Attributes,
  clock: Clock,
): Life {
  const dates = before ? (JSON.parse(before.dates) as LifeDates) : {};
  const active = isActive(context, rules, before, attributes, clock);
  return lifeOf({
    now: context.now,
    zone: context.zone,
    before: before ? { state: before.state, dates } : null,
    owned,
    attributes,
    rule: rules.life,
    active,
  });
}

/** A condition that fails for one person is reported and changes nothing about her. */
function isActive(
  context: EngineContext,
  rules: KindRules,
  before: ObjectRow | null,
  attributes: Attributes,
  clock: Clock,
): boolean {
  if (!rules.life?.active) return true;
  try {
    return rules.life.active({ object: attributes }, clock);
  } catch (error) {
    context.fault(toFault(error, { object: before === null ? rules.kind : String(before.id) }));
    return before === null || (before.state !== 'leaving' && before.state !== 'gone');
  }
}
