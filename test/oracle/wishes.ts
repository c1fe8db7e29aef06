/** What an account should hold: the values of its flows by strength, in the target's terms (SEMANTICS 9, 10). */
import { canonicalSet, sameValue } from '#core/canonical';
import { parentDn } from '#core/dn';
import { equivalent, normalForm } from '#core/matching';
import { type Attributes, attributes, scalars, type Value } from '#core/values';
import type { Contribution, ExportFlow, ExportRule, ObjectScope } from '#rules/model';
import { attempt, FAILED, nameNorm, type State } from './state.ts';
import type { Behaviour, ObjectMemory, StagedMemory, SystemObject } from './world.ts';

const TRIED_AT_MOST = 3;

/** One object in one target. */
export interface Job {
  readonly state: State;
  readonly target: { readonly objects: Map<string, SystemObject>; readonly behaviour: Behaviour };
  readonly rule: ExportRule;
  readonly object: ObjectMemory;
  readonly scope: ObjectScope;
  readonly account: StagedMemory | undefined;
  readonly there: SystemObject | undefined;
}

export function contentOfNew(job: Job): Attributes {
  const wanted = attributes();
  for (const flow of job.rule.flows) {
    const value = flow.strength === 'observe' ? undefined : wish(job, flow);
    if (value !== undefined) wanted[flow.attribute] = value;
  }
  const { enabled } = job.rule;
  if (enabled) wanted[enabled.attribute] ??= enabled.on;
  return wanted;
}

/** What to set in an account that is there. A value that is there as wanted is taken for ours, unless it was theirs first. */
export function changesTo(job: Job, account: StagedMemory): Attributes {
  const { state, rule, object } = job;
  const set = attributes();
  for (const flow of rule.flows) {
    const seen = job.there!.attributes[flow.attribute] ?? null;
    if (flow.strength === 'observe' || flow.strength === 'onCreate') continue;
    if (flow.strength === 'ifEmpty' && scalars(seen).length > 0) continue;
    const value = wish(job, flow);
    if (value === undefined) continue;
    const undone = account.undone[flow.attribute];
    const givenUp = undone && undone.times >= TRIED_AT_MOST && equivalent(undone.ours, value, flow.type);
    const theirs = flow.reads.some((read) => state.winners.get(`${object.id} ${read}`) === rule.connection);
    if (hasConverged(account, flow, seen, value)) {
      if (scalars(seen).length > 0 && !theirs) account.confirmed[flow.attribute] = value;
    } else if (!givenUp) set[flow.attribute] = value;
    else state.park('notConverging', account.connection, account);
  }
  return set;
}

/** Exactly as wanted; or an equivalent answer to exactly this wish, which is not fought. */
function hasConverged(account: StagedMemory, flow: ExportFlow, seen: Value, wanted: Value): boolean {
  if (sameValue(seen, wanted) || (scalars(seen).length === 0 && scalars(wanted).length === 0)) return true;
  return sameValue(account.confirmed[flow.attribute], wanted) && equivalent(seen, wanted, flow.type);
}

/** The name is always right; its parent only with `move`. */
export function nameFor({ state, rule, scope, there }: Job): string | null {
  const name = textOf(rule.name?.(scope, state.clock));
  const old = there!.name;
  if (name === null || old === null || name === old) return null;
  if (!name.includes('=') || rule.move) return name;
  const [parent, wanted] = [parentDn(old), parentDn(name)];
  const kept = parent !== null && wanted !== null ? name.slice(0, name.length - wanted.length) + parent : name;
  return nameNorm(kept) === nameNorm(old) ? null : kept;
}

/** undefined = leave what is there alone. References come in the target's own terms. */
function wish(job: Job, flow: ExportFlow): Value | undefined {
  const { state, rule, object, account } = job;
  const said = attempt(() => flow.evaluate(job.scope, state.clock));
  if (said === FAILED) return state.park('invalidValue', rule.connection, object.id) || undefined;
  // Nobody says anything: what we put there goes, what others put there stays.
  const value = said === undefined && account && account.confirmed[flow.attribute] !== undefined ? null : said;
  const owes = flow.reads.some((read) => state.debts.has(`${object.id} ${read.split('.')[0]}`));
  if (flow.reference === null) return owes || value === undefined ? undefined : shared(job, flow, value);
  const terms = scalars(value).map((id) => termOf(job, flow, id as number));
  const found = terms.filter((term) => term !== null);
  // A membership is owed where it is said; a single reference by the account that lacks it.
  const debtor = flow.reference.multi ? state.winners.get(`${object.id} ${flow.reads[0]}`)! : rule.connection;
  if (found.length < terms.length) state.park('debt', debtor, object.id);
  if (flow.reference.multi) return shared(job, flow, found.length === 0 ? null : canonicalSet(found));
  return found[0] ?? (owes || terms.length > 0 ? undefined : (value ?? null));
}

/** Where only what Rollcall added is ever removed, what others added stays beside it. */
function shared({ account, there }: Job, flow: ExportFlow, wanted: Value): Value {
  const isShared = flow.values === 'ours' || (flow.values === 'byOrigin' && account?.origin === 'adopted');
  if (!isShared) return wanted;
  const norm = (v: Value): string => normalForm(v as string, flow.type.matching);
  const mine = account?.ours[flow.attribute] ?? [];
  const theirs = scalars(there?.attributes[flow.attribute]).filter((v) => !mine.includes(String(v)));
  const all = [...scalars(wanted), ...theirs.filter((v) => !scalars(wanted).map(norm).includes(norm(v)))];
  return all.length === 0 ? null : canonicalSet(all);
}

/** What the target calls an object; null while it has no account there. */
function termOf({ state, rule }: Job, flow: ExportFlow, id: number): string | null {
  const object = state.memory.objects.get(id)!;
  const { by } = flow.reference!;
  const account = state.linksOf(object).find((s) => s.connection === rule.connection && state.contentOf(s) !== undefined);
  return account ? state.contentOf(account)![by] : null;
}

export const textOf = (value: Contribution): string | null =>
  value === undefined || value === null || value === '' ? null : String(value);
