/** Which account in which target, and its last steps (SEMANTICS 7, 9, 11): create, change, disable, delete. */
import { sameValue } from '#core/canonical';
import { equivalent, normalForm } from '#core/matching';
import { type Attributes, attributes, scalars, type Value } from '#core/values';
import type { ExportRule } from '#rules/model';
import { targetType } from './agree.ts';
import { attempt, FAILED, nameNorm, rowOf, type State } from './state.ts';
import { changesTo, contentOfNew, type Job, nameFor, textOf } from './wishes.ts';
import { type Behaviour, type ObjectMemory, placeOf, type StagedMemory, type SystemObject, spot } from './world.ts';

/** Writes everything that is wanted once, and takes away only then. True when something was written. */
export function writeTargets(state: State): boolean {
  let written = false;
  for (const connection of state.rules.connections) {
    const { behaviour, objects } = state.systems.get(connection.name)!;
    if (behaviour === null) continue;
    for (const rule of connection.exports.values())
      for (const staying of [true, false])
        for (const object of state.objectsInOrder())
          if (object.kind === rule.kind) written = writeOne(state, { behaviour, objects }, rule, object, staying) || written;
  }
  return written;
}

function writeOne(state: State, target: Job['target'], rule: ExportRule, object: ObjectMemory, staying: boolean): boolean {
  const accounts = state.linksOf(object).filter((s) => s.connection === rule.connection && s.kind === rule.to);
  const account = accounts.find((s) => state.contentOf(s) !== undefined);
  if (account && isProtected(state, account)) return false;
  const there = account && state.contentOf(account);
  const job: Job = { state, target, rule, object, scope: state.scopeOf(object), account, there };
  const wanted = attempt(() => rule.when(job.scope, state.clock));
  if (wanted === FAILED) return state.park('invalidValue', rule.connection, object.id);
  const belongs = wanted && object.state !== 'leaving' && object.state !== 'gone';
  if (belongs !== staying) return false;
  if (belongs && account) return update(job, account);
  if (belongs) return rule.provision ? create(job, accounts[0]) : false;
  return account ? deprovision(job, account) : false;
}

/** Read, and never written by any path. What cannot be told is left alone. */
export function isProtected(state: State, account: StagedMemory): boolean {
  const rule = state.importRuleOf(account)?.protect;
  return attempt(() => rule?.(rowOf(state.contentOf(account)!), state.clock) ?? false) !== false;
}

function create(job: Job, former: StagedMemory | undefined): boolean {
  const { state, target, rule, object } = job;
  const wanted = contentOfNew(job);
  const name = textOf(rule.name?.(job.scope, state.clock));
  const anchor = textOf(rule.anchor?.(job.scope, state.clock));
  if ((rule.name && name === null) || (rule.anchor && anchor === null))
    return state.park('invalidValue', rule.connection, object.id);
  if ([...target.objects.values()].some((there) => isTaken(job, there, anchor, name, wanted)))
    return parked(job, 'accountExists');
  const made = send(job, 'create', { kind: rule.to, anchor: anchor ?? '', name, attributes: wanted });
  if (!made) return false;
  // An account made again is the one that was there, whatever its anchor is now.
  const account: StagedMemory = { ...fresh(rule.connection, made), object: object.id, how: 'provisioned', origin: 'created' };
  if (former) Object.assign(account, { how: former.how, origin: former.origin ?? 'created' });
  if (former && former.anchor !== account.anchor) former.object = null;
  state.memory.staged.set(placeOf(account), account);
  state.looks.push(() => settle(job, account, wanted, attributes()));
  return true;
}

/** The anchor, the name, or a value that must be unique there, is already another account's. */
function isTaken(job: Job, there: SystemObject, anchor: string | null, name: string | null, wanted: Attributes): boolean {
  const { state, rule, object } = job;
  if (there.kind !== rule.to) return false;
  if (anchor !== null && there.anchor === anchor) return true;
  if (name !== null && there.name !== null && nameNorm(there.name) === nameNorm(name)) return true;
  return [...state.rules.kinds.get(object.kind)!.attributes.values()].some(({ unique, matching }) =>
    (unique?.uniqueIn ?? [])
      .filter((place) => place.connection === rule.connection)
      .some(({ attribute }) => {
        const theirs = scalars(there.attributes[attribute]).map((v) => normalForm(v, matching));
        return scalars(wanted[attribute]).some((v) => theirs.includes(normalForm(v, matching)));
      }),
  );
}

function update(job: Job, account: StagedMemory): boolean {
  const set = changesTo(job, account);
  const { enabled } = job.rule;
  if (enabled && account.disabledHere) set[enabled.attribute] = enabled.on;
  Object.assign(account, { disabledAt: null, disabledHere: false });
  return change(job, account, set, nameFor(job));
}

function deprovision(job: Job, account: StagedMemory): boolean {
  const { state, rule } = job;
  const { action, then, afterMs } = rule.deprovision;
  if (action === 'none' || (action === 'disable' && rule.enabled === null)) return false;
  if (action === 'disable') {
    const { attribute, off } = rule.enabled!;
    const isOff = (): boolean =>
      equivalent(state.contentOf(account)!.attributes[attribute], off, targetType(state, account, attribute));
    if (account.disabledAt === null) {
      account.disabledHere ||= !isOff();
      const tried = isOff() ? false : change(job, account, attributes([[attribute, off]]), null);
      if (isOff()) account.disabledAt = state.now;
      return tried;
    }
    if (!isOff()) return parked(job, 'enabledByHand');
    if (then !== 'delete' || state.now < account.disabledAt + afterMs) return false;
  }
  if (!send(job, 'delete', job.there!)) return false;
  Object.assign(account, { confirmed: attributes(), ours: {}, disabledAt: null, disabledHere: false });
  return true;
}

function change(job: Job, account: StagedMemory, set: Attributes, name: string | null): boolean {
  const there = job.there!;
  if (Object.keys(set).length === 0 && name === null) return false;
  const values = attributes([...Object.entries(there.attributes), ...Object.entries(set)]);
  if (!send(job, 'update', { ...there, name: name ?? there.name, attributes: values })) return false;
  job.state.looks.push(() => settle(job, account, set, there.attributes));
  return true;
}

/** What the target then holds, or held; null when it says no. */
function send(job: Job, operation: Parameters<Behaviour>[0], wanted: SystemObject): SystemObject | null {
  const { objects, behaviour } = job.target;
  const values = Object.entries(wanted.attributes).filter(([, value]) => scalars(value).length > 0);
  const answer = behaviour(operation, { ...wanted, attributes: attributes(values) });
  if ('refused' in answer) return parked(job, 'refused') || null;
  if (operation === 'delete') objects.delete(spot(wanted));
  else objects.set(spot(answer.holds), answer.holds);
  return answer.holds;
}

const parked = ({ state, rule, account, object }: Job, kind: string): false =>
  state.park(kind, rule.connection, account ?? object.id);

/** What is found after a write is taken for what the target made of it, and ours; what came out otherwise was undone. */
function settle({ state, rule }: Job, account: StagedMemory, set: Attributes, before: Attributes): void {
  const holds = state.contentOf(account)?.attributes ?? attributes();
  for (const [name, value] of Object.entries(set)) {
    const held = holds[name] ?? null;
    const arrived = equivalent(held, value, targetType(state, account, name));
    if (!arrived) undo(account, name, value);
    account.confirmed[name] = arrived ? value : held;
    if (!rule.flows.find((f) => f.attribute === name)?.type.multi) continue;
    const had = scalars(before[name]).map(String);
    const all = scalars(held).map(String);
    account.ours[name] = all.filter((v) => account.ours[name]?.includes(v) || !had.includes(v));
  }
}

export function undo({ undone }: StagedMemory, name: string, ours: Value): void {
  undone[name] = { ours, times: sameValue(undone[name]?.ours, ours) ? undone[name]!.times + 1 : 1 };
}

export function fresh(connection: string, { kind, anchor }: SystemObject): StagedMemory {
  const nothing = { object: null, how: null, linked: 0, origin: null, disabledAt: null, disabledHere: false };
  return { connection, kind, anchor, ...nothing, confirmed: attributes(), times: {}, ours: {}, undone: {} };
}
