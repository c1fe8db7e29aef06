/** What is agreed about one person or group: contributions, precedence, echo, references (SEMANTICS 2, 3, 10). */
import { canonicalSet } from '#core/canonical';
import { equivalent } from '#core/matching';
import { type AttributeType, attributes, type Scalar, scalars, type Value } from '#core/values';
import type { ImportFlow, ImportRule, MetaAttribute, ReferenceBy } from '#rules/model';
import { freeze, live } from './life.ts';
import { attempt, compareText, FAILED, nameNorm, rowOf, type State } from './state.ts';
import type { ObjectMemory, StagedMemory } from './world.ts';

interface Said {
  readonly value: Value | undefined;
  readonly flow: ImportFlow;
  readonly staged: StagedMemory;
  /** For `latest`: since when it is so. */
  readonly at: number;
  /** Members of a set that this connection's own people took out, though we had put them there. */
  readonly removed: readonly string[];
  /** Nobody knows what it would have said. */
  readonly failed?: boolean;
}

/** Works out everything about one object again. Values made or taken once stay. */
export function agreeOn(state: State, object: ObjectMemory): void {
  freeze(state, object);
  if (!object.frozen) {
    const was = object.attributes;
    object.attributes = attributes();
    for (const attribute of state.rules.kinds.get(object.kind)!.attributes.values()) {
      const kept = was[attribute.name];
      const once = (attribute.once || attribute.unique !== null) && scalars(kept).length > 0;
      const value = once ? kept : agreed(state, object, attribute, kept);
      if (value !== undefined) object.attributes[attribute.name] = value;
    }
  }
  live(state, object);
}

function agreed(state: State, object: ObjectMemory, attribute: MetaAttribute, kept: Value | undefined): Value | undefined {
  const said = attribute.rank.flatMap((connection) => sayings(state, object, connection, attribute));
  // What failed might have decided: what was agreed stays, unless one that goes before it speaks.
  const failed = scalars(kept).length > 0 ? said.findIndex((s) => s.failed) : -1;
  if (failed >= 0 && attribute.strategy !== 'ranked') return kept;
  if (attribute.strategy === 'merge') {
    const gone = new Set(said.flatMap((s) => s.removed));
    const all = said.flatMap((s) => scalars(resolved(state, object, s, attribute))).filter((v) => !gone.has(String(v)));
    return all.length === 0 ? undefined : canonicalSet(all);
  }
  // Where the newest wins, taking a value away is an edit like any other.
  const clears = (s: Said): boolean => s.flow.empty === 'clears' || (attribute.strategy === 'latest' && s.at > 0);
  const speaks = said.filter((s) => scalars(s.value).length > 0 || (s.value === null && clears(s)));
  if (attribute.strategy === 'latest') speaks.sort((a, b) => b.at - a.at);
  const [winner] = speaks;
  if (failed >= 0 && (!winner || failed <= said.indexOf(winner))) return kept;
  if (!winner) return undefined;
  state.winners.set(`${object.id} ${attribute.name}`, winner.staged.connection);
  return resolved(state, object, winner, attribute);
}

/** What the staged objects of one connection say, the primary first; an aggregate speaks for all of them at once. */
function sayings(state: State, object: ObjectMemory, connection: string, attribute: MetaAttribute): Said[] {
  const all = state.linksOf(object).filter((s) => s.connection === connection && state.ruleFor(s));
  const rule = all[0] && state.ruleFor(all[0]);
  if (!rule) return [];
  const row = (s: StagedMemory) => rowOf(state.contentOf(s)!);
  all.sort((a, b) => rule.primary?.(row(a), row(b), state.clock) || compareText(a.anchor, b.anchor));
  const said = rule.flows
    .filter((f) => f.attribute === attribute.name)
    .flatMap((flow) => all.map((staged) => say(state, rule, flow, staged, attribute)));
  const how = rule.aggregates.find((a) => a.attribute === attribute.name)?.how;
  const values = said.flatMap((s) => scalars(s.value));
  if (how === undefined || all.length < 2 || values.length === 0) return said;
  return [{ ...said[0]!, value: aggregate(how, values, attribute), failed: said.some((s) => s.failed) }];
}

function aggregate(how: ImportRule['aggregates'][number]['how'], values: readonly Scalar[], type: AttributeType): Value {
  if (how === 'union') return type.multi ? canonicalSet(values) : values[0]!;
  if (how === 'any') return values.includes(true);
  if (how === 'all') return !values.includes(false);
  const isNumber = type.type === 'integer' || type.type === 'decimal';
  const sorted = [...values].sort((a, b) => (isNumber ? Number(a) - Number(b) : compareText(String(a), String(b))));
  return how === 'min' ? sorted[0]! : sorted.at(-1)!;
}

function say(state: State, rule: ImportRule, flow: ImportFlow, staged: StagedMemory, attribute: MetaAttribute): Said {
  const at = Math.max(...flow.reads.map((read) => staged.times[read]?.at ?? 0), 0);
  const nothing: Said = { value: undefined, flow, staged, at, removed: [] };
  const value = attempt(() => flow.evaluate(rowOf(state.contentOf(staged)!), state.clock));
  if (value === FAILED) return { ...nothing, failed: !state.park('invalidValue', rule.connection, staged) };
  if (attribute.strategy === 'merge' && flow.reads.length === 1) {
    const ours = staged.ours[flow.reads[0]!] ?? [];
    const shown = scalars(value).map(String);
    const own = scalars(value).filter((v) => !ours.includes(String(v)));
    return { ...nothing, value: own.length > 0 ? own : undefined, removed: ours.filter((o) => !shown.includes(o)) };
  }
  if (isEcho(state, flow, staged)) return nothing;
  return { ...nothing, value: value === undefined && attribute.strategy === 'latest' && at > 0 ? null : value };
}

/** Everything the flow reads is what Rollcall put there. */
function isEcho(state: State, flow: ImportFlow, staged: StagedMemory): boolean {
  const seen = state.contentOf(staged)!.attributes;
  const isOurs = (name: string): boolean =>
    staged.confirmed[name] !== undefined && equivalent(seen[name], staged.confirmed[name], targetType(state, staged, name));
  return flow.reads.length > 0 && flow.reads.every(isOurs);
}

/** The type an attribute has in a target, as the flow that writes it says. */
export function targetType(state: State, staged: StagedMemory, name: string): AttributeType {
  const rules = [...state.connectionOf(staged.connection).exports.values()].filter((r) => r.to === staged.kind);
  const flow = rules.flatMap((r) => r.flows).find((f) => f.attribute === name);
  return flow?.type ?? { type: 'string', multi: true, matching: 'exact' };
}

/** Keys become objects; a key that means nobody (yet) is debt and counts as not said. */
function resolved(state: State, object: ObjectMemory, said: Said, attribute: MetaAttribute): Value | undefined {
  const by = said.flow.reference;
  if (by === null || said.value === undefined || said.value === null) return said.value;
  const meant = scalars(said.value).map((key) => resolve(state, by, String(key)));
  const found = meant.filter((other) => other !== undefined);
  if (found.length < meant.length) {
    state.debts.add(`${object.id} ${attribute.name}`);
    state.park('debt', said.staged.connection, object.id);
  }
  return attribute.multi && found.length > 0 ? canonicalSet(found) : found[0];
}

/** The object a reference key means: by anchor, by name, or by a metaverse attribute. The kind decides where it must. */
function resolve(state: State, { connection, by, kind }: ReferenceBy, key: string): number | undefined {
  const isMeant = (s: StagedMemory): boolean => {
    if (s.connection !== connection) return false;
    if (by === 'anchor') return s.anchor === key;
    const name = state.contentOf(s)?.name ?? null;
    return name !== null && nameNorm(name) === nameNorm(key);
  };
  const found =
    typeof by === 'object'
      ? state.holdersOf(kind, by.attribute, state.norms(kind, by.attribute, key))
      : [...state.memory.objects.values()].filter((object) => state.linksOf(object).some(isMeant));
  const ofTheKind = found.filter((object) => object.kind === kind);
  const [meant, ...others] = ofTheKind.length > 0 ? ofTheKind : found;
  return others.length > 0 ? undefined : meant?.id;
}
