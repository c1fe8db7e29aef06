/** What each target should hold, and what it then holds (SEMANTICS 7, 9 to 11): create, change, disable, delete. */
import { canonicalSet, sameValue } from '#core/canonical';
import { parentDn } from '#core/dn';
import { equivalent, normalForm } from '#core/matching';
import { type Attributes, attributes, scalars, type Value } from '#core/values';
import type { ExportFlow, ExportRule, ObjectScope } from '#rules/model';
import { targetType } from './agree.ts';
import {
  clock,
  contentOf,
  linksOf,
  nameNorm,
  objectsInOrder,
  park,
  type State,
  scopeOf,
  stagedKey,
  withoutEmpty,
} from './state.ts';
import { type ObjectMemory, type StagedMemory, type SystemObject, spot } from './world.ts';

/** A repair undone this often is not tried again. */
const UNDONE = 3;

/** Writes everything that is wanted once. True when something changed in a target, or was tried. */
export function writeTargets(state: State): boolean {
  const written = state.config.connections.flatMap((connection) =>
    [...connection.exports.values()].flatMap((rule) =>
      objectsInOrder(state)
        .filter((o) => o.kind === rule.kind)
        .map((object) => state.on.has(connection.name) && writeOne(state, rule, object)),
    ),
  );
  return written.includes(true);
}

function writeOne(state: State, rule: ExportRule, object: ObjectMemory): boolean {
  const scope = scopeOf(state, object.id);
  let belongs: boolean;
  try {
    belongs = rule.when(scope, clock(state)) && object.state !== 'leaving' && object.state !== 'gone';
  } catch {
    park(state, 'invalidValue', rule.connection, `${object.id} when`);
    return false;
  }
  const linked = linksOf(state, object.id).filter((s) => s.connection === rule.connection && s.kind === rule.to);
  const account = linked.find((s) => contentOf(state, s) !== undefined);
  if (!belongs) return account ? deprovision(state, rule, account) : false;
  if (account) return update(state, rule, object, scope, account);
  return rule.provision ? create(state, rule, object, scope, linked[0]) : false;
}

function create(
  state: State,
  rule: ExportRule,
  object: ObjectMemory,
  scope: ObjectScope,
  former: StagedMemory | undefined,
): boolean {
  const wanted: Attributes = attributes();
  for (const flow of rule.flows) {
    if (flow.strength === 'observe') continue;
    const value = wantedValue(state, rule, object, scope, flow, null);
    if (value !== undefined) wanted[flow.attribute] = value;
  }
  if (rule.enabled) wanted[rule.enabled.attribute] = rule.enabled.on;
  const name = text(rule.name?.(scope, clock(state)));
  const anchor = text(rule.anchor?.(scope, clock(state))) ?? '';
  if (rule.name && name === null) return false;
  const clash = [...state.systems.get(rule.connection)!.objects.values()].some(
    (there) =>
      there.kind === rule.to &&
      ((anchor !== '' && there.anchor === anchor) ||
        (name !== null && there.name !== null && nameNorm(there.name) === nameNorm(name)) ||
        hasUnique(state, rule, object, there, wanted)),
  );
  if (clash) {
    park(state, 'accountExists', rule.connection, String(object.id));
    return false;
  }
  const before = { kind: rule.to, anchor, name, attributes: withoutEmpty(wanted) };
  const answer = state.systems.get(rule.connection)!.behaviour('create', before, null);
  if ('refused' in answer) {
    park(state, 'refused', rule.connection, String(object.id));
    return false;
  }
  const made = answer.holds!;
  put(state, rule.connection, made);
  const key = stagedKey(rule.connection, made.kind, made.anchor);
  if (former && former.anchor !== made.anchor) former.object = null;
  const staged: StagedMemory = {
    ...fresh(rule.connection, made),
    object: object.id,
    how: former?.how ?? 'provisioned',
    origin: former?.origin ?? 'created',
  };
  state.memory.staged.set(key, staged);
  settle(state, staged, rule, wanted, attributes());
  return true;
}

/** A unique attribute's value, in the place where it must be unique, is already somebody else's. */
function hasUnique(state: State, rule: ExportRule, object: ObjectMemory, there: SystemObject, wanted: Attributes): boolean {
  for (const meta of state.config.kinds.get(object.kind)!.attributes.values())
    for (const place of meta.unique?.uniqueIn ?? []) {
      if (place.connection !== rule.connection) continue;
      const theirs = scalars(there.attributes[place.attribute]).map((v) => normalForm(v, meta.matching));
      if (scalars(wanted[place.attribute]).some((v) => theirs.includes(normalForm(v, meta.matching)))) return true;
    }
  return false;
}

function update(state: State, rule: ExportRule, object: ObjectMemory, scope: ObjectScope, account: StagedMemory): boolean {
  const there = contentOf(state, account)!;
  const set: Attributes = attributes();
  for (const flow of rule.flows) {
    if (flow.strength === 'observe' || flow.strength === 'onCreate') continue;
    const seen = there.attributes[flow.attribute] ?? null;
    if (flow.strength === 'ifEmpty' && scalars(seen).length > 0) continue;
    const value = wantedValue(state, rule, object, scope, flow, account);
    if (value === undefined) continue;
    if (!converged(account, flow, seen, value)) {
      if (!givenUp(state, account, flow.attribute)) set[flow.attribute] = value;
    } else if (
      scalars(seen).length > 0 &&
      flow.reads.every((read) => state.winners.get(`${object.id} ${read}`) !== rule.connection)
    )
      account.confirmed[flow.attribute] = value;
  }
  if (rule.enabled && account.disabledAt !== null) set[rule.enabled.attribute] = rule.enabled.on;
  account.disabledAt = null;
  return change(state, rule, account, set, newName(state, rule, scope, there));
}

/** Exactly as wanted; or an equivalent answer to exactly this wish, which is not fought. */
function converged(account: StagedMemory, flow: ExportFlow, seen: Value, wanted: Value): boolean {
  if (sameValue(seen, wanted) || (scalars(seen).length === 0 && scalars(wanted).length === 0)) return true;
  return sameValue(account.confirmed[flow.attribute], wanted) && equivalent(seen, wanted, flow.type);
}

function givenUp(state: State, account: StagedMemory, attribute: string): boolean {
  const key = `${stagedKey(account.connection, account.kind, account.anchor)} ${attribute}`;
  if ((state.undone.get(key) ?? 0) < UNDONE) return false;
  park(state, 'notConverging', account.connection, `${spot(account.kind, account.anchor)} ${attribute}`);
  return true;
}

/** The name is always right; its parent only with `move`. */
function newName(state: State, rule: ExportRule, scope: ObjectScope, there: SystemObject): string | null {
  const name = text(rule.name?.(scope, clock(state)));
  if (name === null || there.name === null || name === there.name) return null;
  if (!name.includes('=') || rule.move) return name;
  const parent = parentDn(there.name);
  const wanted = parentDn(name);
  if (parent === null || wanted === null || nameNorm(parent) === nameNorm(wanted)) return name;
  const moved = name.slice(0, name.length - wanted.length) + parent;
  return moved === there.name ? null : moved;
}

/** undefined = leave what is there alone. References come in the target's own terms. */
function wantedValue(
  state: State,
  rule: ExportRule,
  object: ObjectMemory,
  scope: ObjectScope,
  flow: ExportFlow,
  account: StagedMemory | null,
): Value | undefined {
  let value: Value | undefined;
  try {
    value = flow.evaluate(scope, clock(state));
  } catch {
    park(state, 'invalidValue', rule.connection, `${object.id} ${flow.attribute}`);
    return undefined;
  }
  // Nobody says anything: what we put there goes, what others put there stays.
  if (value === undefined && account && account.confirmed[flow.attribute] !== undefined) value = null;
  const debt = flow.reads.some((read) => state.debts.has(`${object.id} ${read.split('.')[0]}`));
  if (flow.reference === null)
    return debt ? undefined : flow.values === 'ours' && value !== undefined ? ours(state, flow, account, value) : value;
  const found: string[] = [];
  for (const id of scalars(value) as number[]) {
    const term = termOf(state, rule, flow, id);
    if (term !== null) found.push(term);
    else park(state, 'debt', rule.connection, `${object.id} ${flow.attribute} ${id}`);
  }
  if (!flow.reference.multi) return found[0] ?? (debt || scalars(value).length > 0 ? undefined : (value ?? null));
  const members = found.length === 0 ? null : canonicalSet(found);
  return flow.values === 'ours' ? ours(state, flow, account, members) : members;
}

/** Only what Rollcall added is ever removed. */
function ours(state: State, flow: ExportFlow, account: StagedMemory | null, wanted: Value): Value {
  const seen = scalars(account && contentOf(state, account)?.attributes[flow.attribute]);
  const keep = seen.filter((v) => !(account?.ours[flow.attribute] ?? []).includes(String(v)));
  const all = [
    ...scalars(wanted),
    ...keep.filter((k) => !scalars(wanted).some((w) => normalForm(w, flow.type.matching) === normalForm(k, flow.type.matching))),
  ];
  return all.length === 0 ? null : canonicalSet(all);
}

function termOf(state: State, rule: ExportRule, flow: ExportFlow, id: number): string | null {
  const by = flow.reference!.by;
  if (typeof by === 'object') return text(state.memory.objects.get(id)?.attributes[by.attribute]);
  for (const staged of linksOf(state, id)) {
    const content = staged.connection === rule.connection ? contentOf(state, staged) : undefined;
    if (content) return by === 'anchor' ? content.anchor : content.name;
  }
  return null;
}

function deprovision(state: State, rule: ExportRule, account: StagedMemory): boolean {
  const { action, then, afterMs } = rule.deprovision;
  const there = contentOf(state, account)!;
  if (action === 'none' || (action === 'disable' && rule.enabled === null)) return false;
  if (action === 'disable') {
    const { attribute, off } = rule.enabled!;
    const isOff = (): boolean =>
      equivalent(contentOf(state, account)!.attributes[attribute], off, targetType(state, account, attribute));
    if (account.disabledAt === null) {
      const tried = isOff() ? false : change(state, rule, account, attributes([[attribute, off]]), null);
      if (isOff()) account.disabledAt = state.now;
      return tried;
    }
    if (!isOff()) return parked(state, 'enabledByHand', account);
    if (then !== 'delete' || state.now < account.disabledAt + afterMs) return false;
  }
  const system = state.systems.get(rule.connection)!;
  if ('refused' in system.behaviour('delete', there, there)) return parked(state, 'refused', account);
  system.objects.delete(spot(account.kind, account.anchor));
  Object.assign(account, { confirmed: attributes(), ours: {}, disabledAt: null, present: false });
  return true;
}

function parked(state: State, kind: string, account: StagedMemory): false {
  park(state, kind, account.connection, spot(account.kind, account.anchor));
  return false;
}

function change(state: State, rule: ExportRule, account: StagedMemory, set: Attributes, name: string | null): boolean {
  const there = contentOf(state, account)!;
  if (Object.keys(set).length === 0 && name === null) return false;
  const wanted: SystemObject = {
    ...there,
    name: name ?? there.name,
    attributes: withoutEmpty(attributes([...Object.entries(there.attributes), ...Object.entries(set)])),
  };
  const answer = state.systems.get(rule.connection)!.behaviour('update', wanted, there);
  if ('refused' in answer) return parked(state, 'refused', account);
  put(state, rule.connection, answer.holds!);
  settle(state, account, rule, set, there.attributes);
  return true;
}

/** What the target holds after a write is ours; what came out otherwise was undone. */
function settle(state: State, account: StagedMemory, rule: ExportRule, set: Attributes, before: Attributes): void {
  const holds = contentOf(state, account)!;
  for (const [name, value] of Object.entries(set)) {
    const held = holds.attributes[name] ?? null;
    const type = targetType(state, account, name);
    const arrived = equivalent(held, value, type);
    const key = `${stagedKey(account.connection, account.kind, account.anchor)} ${name}`;
    state.undone.set(key, arrived ? 0 : (state.undone.get(key) ?? 0) + 1);
    account.confirmed[name] = arrived ? value : held;
    const flow = rule.flows.find((f) => f.attribute === name);
    if (!flow?.type.multi) continue;
    const had = new Set(scalars(before[name]).map(String));
    const mine = (account.ours[name] ?? []).filter((m) => scalars(held).map(String).includes(m));
    account.ours[name] = [
      ...new Set([
        ...mine,
        ...scalars(held)
          .map(String)
          .filter((v) => !had.has(v)),
      ]),
    ];
  }
}

function put(state: State, connection: string, object: SystemObject): void {
  state.systems
    .get(connection)!
    .objects.set(spot(object.kind, object.anchor), { ...object, attributes: withoutEmpty(object.attributes) });
}

export function fresh(connection: string, object: SystemObject): StagedMemory {
  return {
    connection,
    kind: object.kind,
    anchor: object.anchor,
    object: null,
    how: null,
    origin: null,
    barred: [],
    confirmed: attributes(),
    times: {},
    ours: {},
    disabledAt: null,
    present: true,
  };
}

function text(value: Value | undefined): string | null {
  return value === undefined || value === null || value === '' ? null : String(value);
}
