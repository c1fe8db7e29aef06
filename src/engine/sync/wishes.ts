/**
 * Wishes: what each target should hold for an object, against what it holds (SEMANTICS 7, 9, 11). One function per
 * situation of an account; all are pure over what the batch loaded.
 */
import { imageText, parseImage, sameValue } from '#core/canonical';
import { toFault } from '#core/errors';
import { generatedBy } from '#core/generated';
import { equivalent } from '#core/matching';
import { type Attributes, bare, hasAny, scalars } from '#core/values';
import type { ExportFlow, ExportRule, ObjectScope } from '#rules/model';
import type { ExportState, StagedId, StagedRow, StagedWrite } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { waitsForSync } from '../export/last-seen.ts';
import { asSent, hasPhotos, originals } from '../export/photos.ts';
import { partialIn } from '../import/kept.ts';
import { typeIn } from '../import/settle.ts';
import { stepsOfLost, stepsUndone } from '../import/unanswered.ts';
import { deprovision } from '../lifecycle/deprovision.ts';
import { parseSteps, stepsText } from '../lifecycle/steps.ts';
import { isOfCreation, partsWithout } from '../safety/creation.ts';
import { standing, undiscarded } from '../safety/discards.ts';
import { modeOf } from '../safety/mode.ts';
import { changeDigest, isApprovalOf, partsOf } from '../safety/parts.ts';
import type { Account } from './accounts.ts';
import { keepAnchor } from './anchors.ts';
import { effectiveImage } from './contributions.ts';
import type { Evaluated } from './evaluate.ts';
import { evaluate, FAILED, park, text, unnamed } from './export-rules.ts';
import { giveUp } from './give-up.ts';
import { forgetOurs, goal, plain, references, renamed, sameGoal } from './goals.ts';
import { isShared, sharedIn } from './ours.ts';
import { isOut } from './outages.ts';
import { owedSecrets } from './owed-secrets.ts';
import { isProtected, protect, type Unshown } from './protected.ts';
import { countedSteps } from './taken.ts';
import { equal } from './terms.ts';
import { isRepeated } from './unanswered-creates.ts';

/** What one object wants in one target. */
export interface Wish {
  readonly connection: EngineConnection;
  readonly rule: ExportRule;
  /** Changes to the account's staged row; `insert` for a new one, whose id is reserved by the caller. */
  readonly write: Omit<StagedWrite, 'staged'> | null;
  readonly row: StagedRow | null;
  readonly due: number;
  /** Objects without an account here that this one refers to. */
  readonly awaits: readonly number[];
  /** To be looked at once more: what stood in the way is gone. */
  readonly again?: boolean;
}

export interface TargetView extends Unshown {
  readonly connection: EngineConnection;
  readonly rule: ExportRule;
  readonly accounts: ReadonlyMap<number, Account>;
  readonly excluded: ReadonlySet<number>;
  /** Objects that are to get an account by a link which waits for an approval; undefined where none does. */
  readonly promised: ReadonlySet<number> | undefined;
  /** Rows that are linked in this generation. */
  readonly links: Pick<ReadonlyMap<StagedId, unknown>, 'has'>;
  /** Whether one complete read of the target is staged. */
  readonly known: boolean;
  /** Owners were read completely and lately: a due delete may be believed. */
  readonly ownersFresh: boolean;
}

export function wishFor(context: EngineContext, one: Evaluated, target: TargetView, scope: ObjectScope): Wish {
  const { connection, rule } = target;
  const rows = one.rows.filter((row) => row.connection === connection.name && row.kind === rule.to);
  const present = rows.filter((row) => row.presence === 'present' || row.presence === 'held');
  const pending = rows.filter((r) => r.presence === 'pending');
  // One that may be written goes before one that may not: it can be kept in step, and ended.
  const free = present.length < 2 ? undefined : present.find((r) => !isProtected(connection, target, r, one.clock));
  const row = free ?? present[0] ?? pending.find((r) => isOnItsWay(r)) ?? pending[0] ?? rows[0] ?? null;
  const nothing: Wish = { connection, rule, write: null, row, due: Number.POSITIVE_INFINITY, awaits: [] };
  if (row && isProtected(connection, target, row, one.clock)) return { ...nothing, write: protect(row) };
  if (row?.protected) return { ...nothing, write: { expectRevision: row.revision, protected: false }, again: true };
  if (row && target.excluded.has(row.id)) {
    // branch: holds: an account that a person took out
    return { ...nothing, write: row.export ? { expectRevision: row.revision, export: null } : null };
  }
  let inScope = false;
  try {
    // Who leaves does so everywhere, whatever else a rule says.
    inScope = one.life.state !== 'leaving' && one.life.state !== 'gone' && rule.when(scope, one.clock);
  } catch (error) {
    park(context, one, connection, toFault(error), 'when');
    return nothing;
  }
  if (!inScope) {
    if (!row) return nothing;
    // What was still to be done to it, or is not answered, is settled: it is not there any more.
    if (row.presence === 'gone') return { ...nothing, write: row.export ? { expectRevision: row.revision, export: null } : null };
    if (row.presence === 'pending') return { ...nothing, write: cancel(row) };
    const step = deprovision(context, one, connection, rule, row, target);
    const write = merge(row, step.write, wishWrite(context, connection, rule, row, step.change));
    return remembering(context, { ...nothing, due: step.due, write });
  }
  if (row && row.presence !== 'gone' && !(row.presence === 'pending'))
    return taking(context, update(context, one, target, scope, row));
  if (!target.known) {
    // branch: waits: first contact, the target was never read completely
    return row?.presence === 'pending' ? { ...nothing, write: cancel(row) } : nothing;
  }
  if (target.promised?.has(one.id)) {
    // branch: waits: an account that is to be linked to them, once that is approved
    return row?.presence === 'pending' ? { ...nothing, write: cancel(row) } : nothing;
  }
  if (!rule.provision) return row?.presence === 'pending' ? { ...nothing, write: cancel(row) } : nothing;
  if (row && isOnItsWay(row)) {
    // branch: waits: a create is on its way, and its outcome not known
    return nothing;
  }
  if (row && isRepeated(context, connection, row)) {
    // branch: retries: a create that was not answered, before what is wanted since
    return nothing;
  }
  return taking(context, create(context, one, target, scope, row));
}

/**
 * What still waits on other rows of the person in this target is taken back, whoever held it: one account is kept, so what was
 * to be made or written beside it is not wanted any more, whatever became of earlier attempts. What is on its way stays known
 * until it is settled.
 */
export function takeBack(one: Evaluated, { connection, rule, row }: Pick<Wish, 'connection' | 'rule' | 'row'>): StagedWrite[] {
  const out: StagedWrite[] = [];
  for (const other of one.rows) {
    if (other.id === row?.id || other.connection !== connection.name || other.kind !== rule.to) continue;
    if (other.presence !== 'pending' && (other.export === null || isOnItsWay(other))) continue;
    const write = other.presence === 'pending' ? forgotten(other) : { expectRevision: other.revision, export: null };
    if (write) out.push({ ...write, staged: other.id });
  }
  return out;
}

/** Without what its attempts may have left: that is known of the account that is there (unanswered-creates.ts). */
function forgotten(row: StagedRow): Omit<StagedWrite, 'staged'> | null {
  const write = cancel(row);
  const steps = stepsUndone(row.steps);
  return write && steps !== row.steps ? { ...write, steps } : write;
}

/** A wish that takes the place of one that the target refused says how many there were. */
function taking(context: EngineContext, wish: Wish): Wish {
  if (!wish.row || !wish.write?.export) return wish;
  const steps = countedSteps(wish.row, wish.write.steps ?? wish.row.steps);
  return remembering(context, steps === wish.row.steps ? wish : { ...wish, write: { ...wish.write, steps } });
}

/** One that takes the place of a wish that nobody answered remembers what that may have written. */
function remembering(context: EngineContext, wish: Wish): Wish {
  const { row, write } = wish;
  if (row?.export?.state !== 'unknown' || !write?.export) return wish;
  const before = { ...row, steps: write.steps === undefined ? row.steps : write.steps };
  return { ...wish, write: { ...write, steps: stepsOfLost(before, sharedIn(context, [wish.rule])) } };
}

const NONE_CREATED: ReadonlySet<string> = new Set();

interface Change {
  readonly operation: 'create' | 'update' | 'delete';
  readonly wanted: Attributes | null;
  readonly anchor: string | null;
  readonly name: string | null;
}

function create(context: EngineContext, one: Evaluated, target: TargetView, scope: ObjectScope, row: StagedRow | null): Wish {
  const { connection, rule } = target;
  const wanted: Attributes = bare();
  const awaits: number[] = [];
  for (const flow of rule.flows) {
    if (flow.strength === 'observe' || flow.reference?.multi || owes(one, flow)) continue;
    const value = evaluate(context, one, connection, flow, scope);
    if (value === FAILED || scalars(value ?? null).length === 0) continue;
    wanted[flow.attribute] = flow.reference ? references(value!, flow, target, awaits) : value!;
  }
  if (rule.enabled && wanted[rule.enabled.attribute] === undefined) wanted[rule.enabled.attribute] = rule.enabled.on;
  for (const secret of rule.secrets) wanted[secret.attribute] = generatedBy(secret.text);
  const anchor = text(context, one, connection, rule.anchor, scope, 'anchor');
  const name = text(context, one, connection, rule.name, scope, 'name');
  if ((rule.anchor && anchor === null) || (rule.name && name === null)) {
    const missing = rule.anchor && anchor === null ? 'anchor' : 'name';
    park(context, one, connection, unnamed(rule, scope, missing), missing);
    return {
      connection,
      rule,
      row,
      write: row?.presence === 'pending' ? cancel(row) : null,
      due: Number.POSITIVE_INFINITY,
      awaits,
    };
  }
  const change: Change = { operation: 'create', wanted, anchor, name };
  const write = wishWrite(context, connection, rule, row, change);
  const presence = row && row.presence !== 'pending' ? ({ presence: 'pending' } as const) : {};
  return { connection, rule, row, write: write ? { ...write, ...presence } : null, due: Number.POSITIVE_INFINITY, awaits };
}

function update(context: EngineContext, one: Evaluated, target: TargetView, scope: ObjectScope, row: StagedRow): Wish {
  const { connection, rule } = target;
  const current = currentImage(row, target);
  const partial = partialIn(row.kept);
  const out = (attribute: string): boolean => isOut(target.out, row.kind, attribute);
  const confirmed: Attributes = row.confirmed === null ? bare() : parseImage(row.confirmed);
  const steps = parseSteps(row.steps);
  const wanted: Attributes = bare();
  const agreed: Attributes = Object.assign(bare(), confirmed);
  const created = new Set<string>();
  const awaits: number[] = [];
  for (const flow of rule.flows) {
    if (flow.strength === 'observe' || flow.strength === 'onCreate' || flow.reference?.multi || owes(one, flow)) continue;
    if (out(flow.attribute)) {
      // branch: holds: an attribute that the target does not show now
      continue;
    }
    const told = evaluate(context, one, connection, flow, scope);
    if (told === FAILED || (told === undefined && !(flow.attribute in confirmed))) continue;
    const value = !hasPhotos(told) ? told : mine(one, flow, connection) ? asSent(told, flow.attribute, steps) : originals(told);
    if (flow.strength === 'ifEmpty' && (scalars(current[flow.attribute] ?? null).length > 0 || partial.includes(flow.attribute)))
      continue;
    const shared = isShared(context, rule, flow);
    const want = goal(flow, value ?? null, current, confirmed, target, awaits);
    if (want === undefined) continue;
    const now = current[flow.attribute] ?? null;
    const same = sameGoal(want, now, flow, target);
    const converged = equal(want, now, flow, target) && (shared || sameValue(confirmed[flow.attribute] ?? null, want));
    if (shared) forgetOurs(one, flow, agreed, want, now);
    if (!same && !converged) {
      wanted[flow.attribute] = want;
      if (isOfCreation(steps, flow.reference !== null, now, context)) created.add(flow.attribute);
    } else if (!shared && mine(one, flow, connection) && scalars(now).length > 0) agreed[flow.attribute] = plain(want, now);
  }
  const { disabledAt, confirmedAt, ...others } = steps;
  // What was taken is given back; the memory of it stays until that is proven. A grace that ran ends here.
  const off =
    rule.enabled !== null &&
    disabledAt !== undefined &&
    equivalent(current[rule.enabled.attribute], rule.enabled.off, typeIn(connection, rule.enabled.attribute));
  const unknown = rule.enabled !== null && out(rule.enabled.attribute);
  if (off && !unknown) wanted[rule.enabled!.attribute] = rule.enabled!.on;
  keepAnchor(context, one, connection, row, wanted);
  for (const secret of owedSecrets(one.rows, rule, row, target.links)) wanted[secret.attribute] = generatedBy(secret.text);
  if (steps.undone) giveUp(one, target, row, steps.undone, wanted, current);
  const name = renamed(text(context, one, connection, rule.name, scope, 'name'), row, rule);
  const change: Change | null = name !== null || hasAny(wanted) ? { operation: 'update', wanted, anchor: null, name } : null;
  const write = merge(
    row,
    {
      ...(sameText(imageText(agreed), row.confirmed) ? {} : { confirmed: imageText(agreed) }),
      ...(unknown || (confirmedAt === undefined && (off || disabledAt === undefined))
        ? {}
        : { steps: stepsText(off ? { ...others, disabledAt } : others) }),
    },
    wishWrite(context, connection, rule, row, change, created),
  );
  const again = saidItself(one, connection, row, agreed, confirmed);
  return { connection, rule, row, write, due: Number.POSITIVE_INFINITY, awaits, ...(again ? { again } : {}) };
}

/** A value that the target said itself counts as ours from now on: what came of it is worked out without it, as it would be later. */
function saidItself(one: Evaluated, connection: EngineConnection, row: StagedRow, ours: Attributes, before: Attributes): boolean {
  const rule = connection.imports.get(one.kind);
  if (rule === undefined || rule.from !== row.kind) return false;
  return rule.flows.some(
    (flow) =>
      one.winners.get(flow.attribute) === connection.name &&
      flow.reads.some((read) => read in ours && !sameValue(before[read] ?? null, ours[read]!)),
  );
}

/** What the target holds as far as it is known, with what was sent and is not proven yet. */
function currentImage(row: StagedRow, { outages }: Unshown): Attributes {
  const image = effectiveImage(row, outages);
  if (row.sent !== null && row.export?.state === 'sent') Object.assign(image, parseImage(row.sent));
  return image;
}

/** The wish as columns of the staged row; null when nothing about it changes. `created`: attributes that belong to its create. */
export function wishWrite(
  context: EngineContext,
  connection: EngineConnection,
  rule: ExportRule,
  row: StagedRow | null,
  change: Change | null,
  created: ReadonlySet<string> = NONE_CREATED,
): Omit<StagedWrite, 'staged'> | null {
  const before = row?.export ?? null;
  const expectRevision = row?.revision ?? 0;
  if (change === null) {
    if (before === null || before.state === 'sent' || before.state === 'unknown') return null;
    return { expectRevision, export: null };
  }
  const wanted = change.wanted === null ? null : imageText(change.wanted);
  if (
    before &&
    before.operation === change.operation &&
    before.wanted === wanted &&
    before.wantedAnchor === change.anchor &&
    before.wantedName === change.name &&
    !waitsForSync(before)
  )
    return null;
  const changed = { operation: change.operation, wanted, wantedAnchor: change.anchor, wantedName: change.name };
  // Only what somebody decided on before is told apart by its digest.
  const approved =
    row && before?.approved != null && isApprovalOf(before.approved, changeDigest(row.id, changed)) ? before.approved : null;
  const discarded = row && before?.discarded != null ? standing(row.id, changed, before.discarded) : null;
  const barred = discarded !== null && undiscarded({ id: row!.id, export: { ...before!, ...changed, discarded } }) === null;
  const state: ExportState = modeOf(context, connection) === 'observe' ? 'observed' : barred ? 'held' : 'waiting';
  return {
    expectRevision,
    export: {
      ...changed,
      state,
      parts: JSON.stringify(
        change.operation === 'update'
          ? partsWithout(change.wanted, created, change.name !== null, rule.enabled)
          : partsOf(change.operation, change.wanted, false, rule.enabled),
      ),
      attempts: 0,
      notBefore: 0,
      // What was left out of a first plan stays so, however it changes; the gates look at every other hold anew.
      holdId: before?.holdId ?? null,
      approved,
      discarded,
      fault: null,
    },
  };
}

function merge(
  row: StagedRow,
  a: Partial<StagedWrite> | null,
  b: Partial<StagedWrite> | null,
): Omit<StagedWrite, 'staged'> | null {
  const both = { ...a, ...b };
  return Object.keys(both).some((key) => key !== 'expectRevision') ? { ...both, expectRevision: row.revision } : null;
}

/** A wish for an account that is not there, and is not on its way, is taken back; its row stays for a later one. */
function cancel(row: StagedRow): Omit<StagedWrite, 'staged'> | null {
  return isOnItsWay(row) ? null : { expectRevision: row.revision, export: null, presence: 'gone' };
}

function isOnItsWay({ export: wish }: StagedRow): boolean {
  return wish?.state === 'sent' || wish?.state === 'unknown';
}

/** A flow that reads an attribute in debt leaves the target's value alone. */
function owes(one: Evaluated, flow: ExportFlow): boolean {
  return one.debts.size > 0 && flow.reads.some((read) => one.debts.has(read.split('.')[0]!));
}

/** Whether the agreed value came from elsewhere: then the target's equal value counts as ours. */
function mine(one: Evaluated, flow: ExportFlow, connection: EngineConnection): boolean {
  return flow.reads.every((read) => one.winners.get(read.split('.')[0]!) !== connection.name);
}

function sameText(a: string, b: string | null): boolean {
  return a === (b ?? '{}');
}
