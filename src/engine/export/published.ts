/** Whom a target's answers concern beyond the accounts written: they are looked at again in the same cycle. */
import type { WriteResult } from '#connectors/contract';
import { parseImage, sameValue } from '#core/canonical';
import { bare, scalars } from '#core/values';
import type { DirtyRange, ExportAnswer, StagedId } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { nameKeys } from '../import/staging.ts';
import { isApproval } from '../safety/creation.ts';
import { newGeneration } from '../sync/generation.ts';
import { membershipsOf } from '../sync/members/memberships.ts';
import { publishedKeys } from '../sync/published-keys.ts';
import { referrersOf } from '../sync/references.ts';
import { replaceable, takenBy } from '../sync/taken.ts';
import { isUnanswered } from '../sync/unanswered-creates.ts';
import { type Follow, followRenames, type Renamed } from './renames.ts';
import type { Sending } from './translate.ts';

export async function afterAnswers(
  context: EngineContext,
  connection: EngineConnection,
  sendings: readonly Sending[],
  answers: readonly ExportAnswer[],
  results: readonly WriteResult[],
  shared: ReadonlyMap<string, unknown>,
): Promise<Follow> {
  const objects = new Set<number>();
  const deleted = new Set<StagedId>();
  const named: number[] = [];
  const renamed: Renamed[] = [];
  sendings.forEach((sending, i) => {
    const answer = answers[i]!;
    const { row, item, rest, sent } = sending;
    if (isTaken(context, sending, results[i]!)) objects.add(row.objectId!);
    // It was sent as it had been before: what is wanted by now is another change.
    if (answer.outcome === 'failed' && row.objectId !== null && isUnanswered(row)) objects.add(row.objectId);
    if (row.objectId === null || (answer.outcome !== 'proven' && answer.outcome !== 'sent')) return;
    // A date begins with a proven disable; a deleted account says nothing any more; what a missing account kept back is debt by now.
    // Of a shared set, what is gone everywhere by now is nobody's any more.
    const sharing = Object.keys(sent).some((name) => shared.has(name));
    const stepped = answer.steps !== undefined && !isApproval(answer.steps);
    if (stepped || item.operation === 'delete' || rest !== null || sharing || isUnsaid(connection, sending))
      objects.add(row.objectId);
    if (item.operation === 'delete') deleted.add(row.id);
    // Who refers to a deleted account looks again as well: a member that is gone is a member no more.
    if (item.operation !== 'delete' && answer.anchor === row.anchor && answer.name === row.name) return;
    named.push(row.objectId);
    if (item.operation === 'update' && row.name !== null && answer.name !== null && answer.nameKey !== nameKeys(row.name).nameKey)
      renamed.push({ staged: row.id, before: row.name, after: answer.name });
  });
  const dirty = [...objects].map((id): DirtyRange => ({ subject: 'object', from: id, to: id, cause: 'answer' }));
  // Another account of theirs may have been parked over it.
  for (const id of deleted) dirty.push({ subject: 'staged', from: id, to: id, cause: 'answer' });
  if (named.length > 0 && hasReferences(connection)) dirty.push(...(await referring(context, named)));
  const follow = await followRenames(context, connection, renamed);
  return { edges: follow.edges, dirty: [...dirty, ...follow.dirty] };
}

/** What the target said itself, and rules read, is ours by now: what came of it is worked out without it. */
function isUnsaid({ imports }: EngineConnection, { row, rule, sent }: Sending): boolean {
  const reads = imports.get(rule.kind)?.flows.flatMap((flow) => flow.reads) ?? [];
  if (row.seen === null || !reads.some((read) => read in sent)) return false;
  const [seen, ours] = [parseImage(row.seen), row.confirmed === null ? bare() : parseImage(row.confirmed)];
  return reads.some(
    (read) => read in sent && scalars(seen[read] ?? null).length > 0 && !sameValue(seen[read]!, ours[read] ?? null),
  );
}

/** The target has a generated value already: the object gets another one in the same run (SEMANTICS 12). */
export function isTaken(context: EngineContext, { row, rule }: Sending, result: WriteResult): boolean {
  if (result.ok || result.unknown || result.stale || result.fault.kind !== 'conflict' || !replaceable(row)) return false;
  return takenBy(rule, context.kinds.get(rule.kind)!, row.export!, result.fault).length > 0;
}

function hasReferences(connection: EngineConnection): boolean {
  return [...connection.exports.values()].some((rule) => rule.flows.some((flow) => flow.reference !== null));
}

/** The target named accounts itself: those who refer to them can be written now. */
async function referring(context: EngineContext, objects: readonly number[]): Promise<DirtyRange[]> {
  const rows = await context.store.sync.linked(objects);
  const nobody = newGeneration(0, false);
  const keys = (await context.store.sync.objects(objects)).flatMap((row) => {
    const rules = context.kinds.get(row.kind);
    return rules ? publishedKeys(rules, parseImage(row.attributes)) : [];
  });
  const out: DirtyRange[] = [];
  for (const id of await referrersOf(context, nobody, rows, keys))
    out.push({ subject: 'object', from: id, to: id, cause: 'account' });
  const groups = await context.store.spaces.byIds([
    ...new Set((await membershipsOf(context, nobody, rows, keys)).map((member) => member.staged)),
  ]);
  for (const { objectId } of groups)
    if (objectId !== null) out.push({ subject: 'object', from: objectId, to: objectId, cause: 'account' });
  return out;
}
