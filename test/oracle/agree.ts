/** What is agreed about one person or group: contributions, precedence, echo, references (SEMANTICS 2, 3, 10). */
import { canonicalSet } from '#core/canonical';
import { equivalent } from '#core/matching';
import { type Attributes, type AttributeType, attributes, type Scalar, scalars, type Value } from '#core/values';
import type { ImportFlow, ImportRule, MetaAttribute } from '#rules/model';
import { freeze, isOwned, live } from './life.ts';
import {
  clock,
  compareText,
  connectionOf,
  contentOf,
  importRuleFor,
  inScope,
  linksOf,
  nameNorm,
  norms,
  park,
  rowOf,
  type State,
} from './state.ts';
import { type StagedMemory, spot } from './world.ts';

interface Said {
  readonly value: Value | undefined;
  readonly flow: ImportFlow;
  readonly staged: StagedMemory;
  /** For `latest`: since when it is so. */
  readonly at: number;
  /** Members of a set that this connection's own people took out, though we had put them there. */
  readonly removed: readonly Scalar[];
  /** Nobody knows what it would have said. */
  readonly failed?: boolean;
}

/** Works out everything about one object again. Values made or taken once stay. */
export function agreeOn(state: State, id: number): void {
  const object = state.memory.objects.get(id)!;
  const was = object.attributes;
  if (isOwned(state, id) || object.frozen === null) {
    const now = attributes();
    for (const attribute of state.config.kinds.get(object.kind)!.attributes.values()) {
      const kept = was[attribute.name];
      const once = attribute.once || attribute.unique !== null;
      const value = once && scalars(kept).length > 0 ? kept : agreed(state, id, attribute, kept);
      if (value !== undefined && value !== null) now[attribute.name] = value;
    }
    object.attributes = now;
  }
  freeze(state, id, was);
  live(state, id);
}

function agreed(state: State, id: number, attribute: MetaAttribute, kept: Value | undefined): Value | undefined {
  const said = attribute.rank.flatMap((connection) => sayings(state, id, connection, attribute));
  const failed = said.findIndex((s) => s.failed);
  const held = (winner: number): boolean => failed >= 0 && scalars(kept).length > 0 && (winner < 0 || failed <= winner);
  if (attribute.strategy !== 'ranked' && held(-1)) return kept;
  if (attribute.strategy === 'merge') {
    const gone = new Set(said.flatMap((s) => s.removed.map(String)));
    const all = said.flatMap((s) => scalars(resolved(state, id, s, attribute))).filter((v) => !gone.has(String(v)));
    return all.length === 0 ? undefined : canonicalSet(all);
  }
  // Where the newest wins, taking a value away is an edit like any other.
  const clears = (s: Said): boolean => s.flow.empty === 'clears' || (attribute.strategy === 'latest' && s.at > 0);
  const speaks = said.filter((s) => scalars(s.value).length > 0 || (s.value === null && clears(s)));
  if (held(speaks[0] ? said.indexOf(speaks[0]) : -1)) return kept;
  if (attribute.strategy === 'latest') speaks.sort((a, b) => b.at - a.at);
  if (speaks[0]) state.winners.set(`${id} ${attribute.name}`, speaks[0].staged.connection);
  return speaks[0] ? resolved(state, id, speaks[0], attribute) : undefined;
}

/** What the staged objects of one connection say, the primary first; an aggregate speaks for all of them at once. */
function sayings(state: State, id: number, connection: string, attribute: MetaAttribute): Said[] {
  const config = connectionOf(state, connection);
  const all = linksOf(state, id).filter((s) => s.connection === connection && inScope(state, s));
  const rule = all[0] && importRuleFor(config, all[0].kind);
  if (!rule) return [];
  const time = clock(state);
  const row = (s: StagedMemory) => rowOf(contentOf(state, s)!);
  all.sort((a, b) => rule.primary?.(row(a), row(b), time) || compareText(a.anchor, b.anchor));
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
  const order = (a: Scalar, b: Scalar) =>
    type.type === 'integer' || type.type === 'decimal' ? Number(a) - Number(b) : compareText(String(a), String(b));
  const sorted = [...values].sort(order);
  return how === 'min' ? sorted[0]! : sorted.at(-1)!;
}

function say(state: State, rule: ImportRule, flow: ImportFlow, staged: StagedMemory, attribute: MetaAttribute): Said {
  const content = contentOf(state, staged)!;
  const at = Math.max(...flow.reads.map((read) => staged.times[read]?.at ?? 0), 0);
  const nothing: Said = { value: undefined, flow, staged, at, removed: [] };
  let value: Value | undefined;
  try {
    value = flow.evaluate(rowOf(content), clock(state));
  } catch {
    park(state, 'invalidValue', rule.connection, spot(staged.kind, staged.anchor));
    return { ...nothing, failed: true };
  }
  if (attribute.strategy === 'merge' && flow.reads.length === 1) {
    const ours = staged.ours[flow.reads[0]!] ?? [];
    const own = scalars(value).filter((v) => !ours.includes(String(v)));
    return {
      ...nothing,
      value: own.length > 0 ? own : undefined,
      removed: ours.filter((o) => !scalars(value).map(String).includes(o)),
    };
  }
  if (isEcho(state, flow, staged, content.attributes)) return nothing;
  if (attribute.strategy === 'latest' && value === undefined && at > 0) value = null;
  return { ...nothing, value };
}

/** Everything the flow reads is what Rollcall put there. */
function isEcho(state: State, flow: ImportFlow, staged: StagedMemory, seen: Attributes): boolean {
  const type = (name: string): AttributeType => targetType(state, staged, name);
  return (
    flow.reads.length > 0 &&
    flow.reads.every((name) => staged.confirmed[name] !== undefined && equivalent(seen[name], staged.confirmed[name], type(name)))
  );
}

/** The type an attribute has in a target, as the flow that writes it says. */
export function targetType(state: State, staged: StagedMemory, name: string): AttributeType {
  const rules = [...connectionOf(state, staged.connection).exports.values()].filter((r) => r.to === staged.kind);
  return (
    rules.flatMap((r) => r.flows).find((f) => f.attribute === name)?.type ?? { type: 'string', multi: true, matching: 'exact' }
  );
}

/** Keys become objects; a key that means nobody (yet) is debt and counts as not said. */
function resolved(state: State, id: number, said: Said, attribute: MetaAttribute): Value | undefined {
  const by = said.flow.reference;
  if (by === null || said.value === undefined || said.value === null) return said.value;
  const found: number[] = [];
  for (const key of scalars(said.value)) {
    const other = resolve(state, by, String(key));
    if (other !== undefined) found.push(other);
    else {
      state.debts.add(`${id} ${attribute.name}`);
      park(state, 'debt', said.staged.connection, String(id));
    }
  }
  if (found.length === 0) return undefined;
  return attribute.multi ? canonicalSet(found) : found[0]!;
}

/** The object a reference key means: by anchor, by name, or by a metaverse attribute. */
function resolve(
  state: State,
  by: { connection: string; by: 'anchor' | 'name' | { attribute: string }; kind: string },
  key: string,
): number | undefined {
  if (typeof by.by === 'object') {
    const attribute = by.by.attribute;
    const [wanted] = norms(state, by.kind, attribute, key);
    const found = [...state.memory.objects.values()].filter(
      (o) => o.kind === by.kind && norms(state, o.kind, attribute, o.attributes[attribute]).includes(wanted!),
    );
    return found.length === 1 ? found[0]!.id : undefined;
  }
  const staged = [...state.memory.staged.values()].find((s) => {
    if (s.connection !== by.connection || s.object === null) return false;
    if (state.memory.objects.get(s.object)!.kind !== by.kind) return false;
    const content = contentOf(state, s);
    return by.by === 'anchor'
      ? s.anchor === key
      : content !== undefined && content.name !== null && nameNorm(content.name) === nameNorm(key);
  });
  return staged?.object ?? undefined;
}
