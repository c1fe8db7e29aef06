/** What each target should hold, and what it then holds (SEMANTICS 7, 9 to 11): create, change, disable, delete. */
import { canonicalSet, sameValue } from '#core/canonical';
import { parentDn } from '#core/dn';
import { equivalent, normalForm } from '#core/matching';
import { type Attributes, attributes, scalars, type Value } from '#core/values';
import type { Contribution, ExportFlow, ExportRule, ObjectScope } from '#rules/model';
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
import { type ObjectMemory, type StagedMemory, type System, type SystemObject, spot } from './world.ts';

/** A repair undone this often is not tried again. */
const UNDONE = 3;

/** One object in one target. */
interface Job {
  readonly state: State;
  readonly rule: ExportRule;
  readonly object: ObjectMemory;
  readonly scope: ObjectScope;
  readonly account: StagedMemory | undefined;
  readonly there: SystemObject | undefined;
}

/** Writes everything that is wanted once. True when something was written. */
export function writeTargets(state: State): boolean {
  let written = false;
  for (const connection of state.config.connections.filter((c) => state.on.has(c.name)))
    for (const rule of connection.exports.values())
      for (const object of objectsInOrder(state))
        if (object.kind === rule.kind) written = writeOne(state, rule, object) || written;
  return written;
}

function writeOne(state: State, rule: ExportRule, object: ObjectMemory): boolean {
  const accounts = linksOf(state, object.id).filter((s) => s.connection === rule.connection && s.kind === rule.to);
  const account = accounts.find((s) => contentOf(state, s) !== undefined);
  const job = { state, rule, object, scope: scopeOf(state, object.id), account, there: account && contentOf(state, account) };
  let belongs: boolean;
  try {
    belongs = rule.when(job.scope, clock(state)) && object.state !== 'leaving' && object.state !== 'gone';
  } catch {
    park(state, 'invalidValue', rule.connection, String(object.id));
    return false;
  }
  if (belongs && account) return update(job, account);
  if (belongs) return rule.provision ? create(job, accounts[0]) : false;
  return account ? deprovision(job, account) : false;
}

function create(job: Job, former: StagedMemory | undefined): boolean {
  const { state, rule, object, scope } = job;
  const wanted: Attributes = attributes();
  for (const flow of rule.flows) {
    const value = flow.strength === 'observe' ? undefined : wantedValue(job, flow);
    if (value !== undefined) wanted[flow.attribute] = value;
  }
  if (rule.enabled) wanted[rule.enabled.attribute] = rule.enabled.on;
  const name = text(rule.name?.(scope, clock(state)));
  const anchor = text(rule.anchor?.(scope, clock(state))) ?? '';
  if (rule.name && name === null) return false;
  const system = systemOf(job);
  if ([...system.objects.values()].some((o) => o.kind === rule.to && isSame(job, o, anchor, name, wanted)))
    return parked(job, 'accountExists');
  const answer = system.behaviour('create', { kind: rule.to, anchor, name, attributes: withoutEmpty(wanted) }, null);
  if ('refused' in answer) return parked(job, 'refused');
  const made = put(job, answer.holds!);
  if (former && former.anchor !== made.anchor) former.object = null;
  const link = {
    object: object.id,
    how: former?.how ?? ('provisioned' as const),
    origin: former?.origin ?? ('created' as const),
  };
  const account: StagedMemory = { ...fresh(rule.connection, made), ...link };
  state.memory.staged.set(stagedKey(rule.connection, made.kind, made.anchor), account);
  settle(job, account, wanted, attributes());
  return true;
}

/** The anchor, the name, or a value that must be unique there, is already another account's. */
function isSame(
  { state, rule, object }: Job,
  there: SystemObject,
  anchor: string,
  name: string | null,
  wanted: Attributes,
): boolean {
  if (anchor !== '' && there.anchor === anchor) return true;
  if (name !== null && there.name !== null && nameNorm(there.name) === nameNorm(name)) return true;
  return [...state.config.kinds.get(object.kind)!.attributes.values()].some((meta) =>
    (meta.unique?.uniqueIn ?? []).some((place) => {
      const theirs = scalars(there.attributes[place.attribute]).map((v) => normalForm(v, meta.matching));
      const values = place.connection === rule.connection ? scalars(wanted[place.attribute]) : [];
      return values.some((v) => theirs.includes(normalForm(v, meta.matching)));
    }),
  );
}

function update(job: Job, account: StagedMemory): boolean {
  const { state, rule, object } = job;
  const set: Attributes = attributes();
  for (const flow of rule.flows) {
    if (flow.strength === 'observe' || flow.strength === 'onCreate') continue;
    const seen = job.there!.attributes[flow.attribute] ?? null;
    if (flow.strength === 'ifEmpty' && scalars(seen).length > 0) continue;
    const value = wantedValue(job, flow);
    if (value === undefined) continue;
    if (!converged(account, flow, seen, value)) {
      if (!givenUp(job, account, flow.attribute)) set[flow.attribute] = value;
    } else if (
      scalars(seen).length > 0 &&
      flow.reads.every((read) => state.winners.get(`${object.id} ${read}`) !== rule.connection)
    )
      account.confirmed[flow.attribute] = value;
  }
  if (rule.enabled && account.disabledAt !== null) set[rule.enabled.attribute] = rule.enabled.on;
  account.disabledAt = null;
  return change(job, account, set, newName(job));
}

/** Exactly as wanted; or an equivalent answer to exactly this wish, which is not fought. */
function converged(account: StagedMemory, flow: ExportFlow, seen: Value, wanted: Value): boolean {
  if (sameValue(seen, wanted) || (scalars(seen).length === 0 && scalars(wanted).length === 0)) return true;
  return sameValue(account.confirmed[flow.attribute], wanted) && equivalent(seen, wanted, flow.type);
}

function undoneKey(account: StagedMemory, attribute: string): string {
  return `${stagedKey(account.connection, account.kind, account.anchor)} ${attribute}`;
}

function givenUp(job: Job, account: StagedMemory, attribute: string): boolean {
  const enough = (job.state.undone.get(undoneKey(account, attribute)) ?? 0) >= UNDONE;
  if (enough) park(job.state, 'notConverging', account.connection, spot(account.kind, account.anchor));
  return enough;
}

/** The name is always right; its parent only with `move`. */
function newName({ state, rule, scope, there }: Job): string | null {
  const name = text(rule.name?.(scope, clock(state)));
  const old = there!.name;
  if (name === null || old === null || name === old) return null;
  if (!name.includes('=') || rule.move) return name;
  const [parent, wanted] = [parentDn(old), parentDn(name)];
  const kept = parent !== null && wanted !== null ? name.slice(0, name.length - wanted.length) + parent : name;
  return nameNorm(kept) === nameNorm(old) ? null : kept;
}

/** undefined = leave what is there alone. References come in the target's own terms. */
function wantedValue(job: Job, flow: ExportFlow): Value | undefined {
  const { state, rule, object, account } = job;
  let value: Value | undefined;
  try {
    value = flow.evaluate(job.scope, clock(state));
  } catch {
    park(state, 'invalidValue', rule.connection, String(object.id));
    return undefined;
  }
  // Nobody says anything: what we put there goes, what others put there stays.
  if (value === undefined && account && account.confirmed[flow.attribute] !== undefined) value = null;
  const debt = flow.reads.some((read) => state.debts.has(`${object.id} ${read.split('.')[0]}`));
  if (flow.reference === null)
    return debt || value === undefined ? undefined : flow.values === 'ours' ? ours(job, flow, value) : value;
  const found: string[] = [];
  for (const id of scalars(value) as number[]) {
    const term = termOf(job, flow, id);
    if (term !== null) found.push(term);
    else park(state, 'debt', rule.connection, String(object.id));
  }
  if (!flow.reference.multi) return found[0] ?? (debt || scalars(value).length > 0 ? undefined : (value ?? null));
  const members = found.length === 0 ? null : canonicalSet(found);
  return flow.values === 'ours' ? ours(job, flow, members) : members;
}

/** Only what Rollcall added is ever removed. */
function ours({ account, there }: Job, flow: ExportFlow, wanted: Value): Value {
  const norm = (v: Value): string => normalForm(v as string, flow.type.matching);
  const mine = account?.ours[flow.attribute] ?? [];
  const theirs = scalars(there?.attributes[flow.attribute]).filter((v) => !mine.includes(String(v)));
  const all = [...scalars(wanted), ...theirs.filter((v) => !scalars(wanted).map(norm).includes(norm(v)))];
  return all.length === 0 ? null : canonicalSet(all);
}

function termOf({ state, rule }: Job, flow: ExportFlow, id: number): string | null {
  const by = flow.reference!.by;
  if (typeof by === 'object') return text(state.memory.objects.get(id)?.attributes[by.attribute]);
  const account = linksOf(state, id).find((s) => s.connection === rule.connection && contentOf(state, s) !== undefined);
  return account ? contentOf(state, account)![by] : null;
}

function deprovision(job: Job, account: StagedMemory): boolean {
  const { state, rule } = job;
  const { action, then, afterMs } = rule.deprovision;
  if (action === 'none' || (action === 'disable' && rule.enabled === null)) return false;
  if (action === 'disable') {
    const { attribute, off } = rule.enabled!;
    const isOff = (): boolean =>
      equivalent(contentOf(state, account)!.attributes[attribute], off, targetType(state, account, attribute));
    if (account.disabledAt === null) {
      const tried = isOff() ? false : change(job, account, attributes([[attribute, off]]), null);
      if (isOff()) account.disabledAt = state.now;
      return tried;
    }
    if (!isOff()) return parked(job, 'enabledByHand');
    if (then !== 'delete' || state.now < account.disabledAt + afterMs) return false;
  }
  if ('refused' in systemOf(job).behaviour('delete', job.there!, job.there!)) return parked(job, 'refused');
  systemOf(job).objects.delete(spot(account.kind, account.anchor));
  Object.assign(account, { confirmed: attributes(), ours: {}, disabledAt: null, present: false });
  return true;
}

function change(job: Job, account: StagedMemory, set: Attributes, name: string | null): boolean {
  const there = job.there!;
  if (Object.keys(set).length === 0 && name === null) return false;
  const values = withoutEmpty(attributes([...Object.entries(there.attributes), ...Object.entries(set)]));
  const answer = systemOf(job).behaviour('update', { ...there, name: name ?? there.name, attributes: values }, there);
  if ('refused' in answer) return parked(job, 'refused');
  put(job, answer.holds!);
  settle(job, account, set, there.attributes);
  return true;
}

function parked({ state, rule, account, object }: Job, kind: string): false {
  park(state, kind, rule.connection, account ? spot(account.kind, account.anchor) : String(object.id));
  return false;
}

/** What the target holds after a write is ours; what came out otherwise was undone. */
function settle({ state, rule }: Job, account: StagedMemory, set: Attributes, before: Attributes): void {
  const holds = contentOf(state, account)!;
  for (const [name, value] of Object.entries(set)) {
    const held = holds.attributes[name] ?? null;
    const arrived = equivalent(held, value, targetType(state, account, name));
    const key = undoneKey(account, name);
    state.undone.set(key, arrived ? 0 : (state.undone.get(key) ?? 0) + 1);
    account.confirmed[name] = arrived ? value : held;
    if (!rule.flows.find((f) => f.attribute === name)?.type.multi) continue;
    const had = scalars(before[name]).map(String);
    const mine = account.ours[name] ?? [];
    account.ours[name] = scalars(held)
      .map(String)
      .filter((v) => mine.includes(v) || !had.includes(v));
  }
}

function systemOf({ state, rule }: Job): { objects: Map<string, SystemObject>; readonly behaviour: System['behaviour'] } {
  return state.systems.get(rule.connection)!;
}

function put(job: Job, object: SystemObject): SystemObject {
  systemOf(job).objects.set(spot(object.kind, object.anchor), { ...object, attributes: withoutEmpty(object.attributes) });
  return object;
}

export function fresh(connection: string, { kind, anchor }: SystemObject): StagedMemory {
  const nothing = { object: null, how: null, origin: null, barred: [], disabledAt: null, present: true };
  return { connection, kind, anchor, ...nothing, confirmed: attributes(), times: {}, ours: {} };
}

function text(value: Contribution): string | null {
  return value === undefined || value === null || value === '' ? null : String(value);
}
