/**
 * Requests about one object that came together: each is answered from what the one before it left, and what all of them leave is one
 * change. What cannot be told in one is left to the next batch.
 */
import type { Change, RawAttributes, ReadObject, Received, ReceivedRequest, SetEdits } from '#connectors/contract';
import { notedValues } from '#core/noted-values';
import type { Attributes, Scalar } from '#core/values';
import type { AuditActor, StageAudit, StagedId, StagedRow } from '#store/contract';
import { patched } from './patch.ts';
import { seenOf } from './seen.ts';
import { canonicalise, type StagingPlan } from './staging.ts';
import { isHeld } from './unknown.ts';

/** A request, and who is noted for it in the audit log. */
export interface Arrived {
  readonly request: ReceivedRequest;
  readonly actor: AuditActor;
}

interface Taken {
  readonly arrived: Arrived;
  readonly received: Received;
}

export interface InARow {
  /** Null: nothing of it is staged. */
  readonly staged: StagedId | null;
  /** The object as those that were taken leave it, without what is kept as edges. */
  readonly attributes: Attributes | null;
  /** Whose turn it is; undefined when all were taken, or the next one cannot be. */
  readonly next: Arrived | undefined;
  readonly taken: readonly Taken[];
  /** Those that could not be taken. */
  readonly rest: readonly Arrived[];
  /** What is to be staged; null = nothing. */
  readonly change: ReadObject | Change | null;
  /** The answer to the next one; where it cannot be joined with what was taken, it and those after it are left. */
  take(received: Received): void;
  edgesAfter(attribute: string, staged: ReadonlySet<string>): ReadonlySet<string>;
  noted(connection: string, at: number): readonly Omit<StageAudit, 'item'>[];
}

export function inARow(row: StagedRow | undefined, arrived: readonly Arrived[], plan: StagingPlan): InARow {
  const held = isHeld(row) ? row : null;
  const taken: Taken[] = [];
  let attributes: Attributes | null = held === null ? null : seenOf(held);
  let change: ReadObject | Change | null = null;
  let closed = false;
  return {
    staged: held?.id ?? null,
    taken,
    get attributes() {
      return attributes;
    },
    get next() {
      return closed ? undefined : arrived[taken.length];
    },
    get rest() {
      return arrived.slice(taken.length);
    },
    get change() {
      return change;
    },
    take(received) {
      const next = received.staged?.change;
      if (next !== undefined) {
        const joined = change === null ? next : join(change, next);
        if (joined === null) {
          closed = true;
          return;
        }
        change = joined;
      }
      taken.push({ arrived: arrived[taken.length]!, received });
      if (next === undefined || taken.length === arrived.length) return;
      const after = attributesAfter(next, attributes, plan);
      if (after === undefined) closed = true;
      else attributes = after;
    },
    edgesAfter(attribute, staged) {
      if (change?.op !== 'patch') return staged;
      const out = new Set(staged);
      for (const value of change.remove?.[attribute] ?? []) out.delete(String(value));
      for (const value of change.add?.[attribute] ?? []) out.add(String(value));
      // In the order in which the store has them.
      return new Set([...out].sort());
    },
    noted(connection, at) {
      const joined = taken.length > 1;
      return taken.flatMap(({ arrived: { actor }, received: { staged } }): Omit<StageAudit, 'item'>[] => {
        if (staged?.noted === undefined) return [];
        const { action, before, after } = staged.noted;
        return [{ at, action, actor, subject: { connection }, outcome: 'done', joined, ...notedValues(before, after) }];
      });
    },
  };
}

/** Two changes as one; null where that says something else. */
function join(one: ReadObject | Change, next: ReadObject | Change): ReadObject | Change | null {
  if (one.op === 'delete' || next.op === 'delete') return null;
  // What another one has would be passed over.
  if (uniqueOf(one) !== uniqueOf(next)) return null;
  // A whole object is all that there is.
  if (next.op !== 'patch') return one.op === 'patch' ? null : next;
  if (one.op !== 'patch') return null;
  return { ...one, ...next, set: { ...one.set, ...next.set }, ...joinedEdits(one, next) };
}

function uniqueOf({ searchable }: Exclude<ReadObject | Change, { op: 'delete' }>): string {
  const unique = searchable?.keys.filter((key) => key.unique) ?? [];
  return JSON.stringify(unique.map(({ path, norm }) => [path, norm]).sort());
}

function joinedEdits(one: SetEdits, next: SetEdits): SetEdits {
  const [add, remove]: { [attribute: string]: readonly Scalar[] }[] = [Object.create(null), Object.create(null)];
  const names = new Set([one.add, one.remove, next.add, next.remove].flatMap((edits) => Object.keys(edits ?? {})));
  const without = (values: readonly Scalar[] = [], gone: readonly Scalar[] = []): Scalar[] => {
    const out = new Set(gone);
    return values.filter((value) => !out.has(value));
  };
  for (const name of names) {
    const [added, removed] = [next.add?.[name] ?? [], next.remove?.[name] ?? []];
    add![name] = [...without(without(one.add?.[name], removed), added), ...added];
    remove![name] = [...without(without(one.remove?.[name], added), removed), ...removed];
  }
  return { add: add!, remove: remove! };
}

/** Undefined: what it leaves is only known when it is staged, or it ends the object. */
function attributesAfter(change: ReadObject | Change, before: Attributes | null, plan: StagingPlan): Attributes | undefined {
  if (change.op === 'delete') return undefined;
  const object = change.op === 'patch' ? patched(change, before ?? undefined, plan) : change;
  if (change.op !== 'patch' && namesEdges(change.attributes, plan)) return undefined;
  try {
    const { attributes, refused } = canonicalise(object, plan);
    return refused.length > 0 ? undefined : attributes;
  } catch {
    // Staging says why.
    return undefined;
  }
}

function namesEdges(attributes: RawAttributes, { edges }: StagingPlan): boolean {
  for (const [name, { multi }] of edges) if (multi && attributes[name] !== undefined) return true;
  return false;
}
