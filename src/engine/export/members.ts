/**
 * Memberships decided and not proven: set operations on the groups that exist in the target, as attempts of their own
 * (SEMANTICS 9). One that got no answer is sent again, since a set operation may be repeated; one that was taken and not shown
 * stays pending until a read proves it, or shows that it was not done.
 */
import type { ReadObject, WriteItem, WriteResult } from '#connectors/contract';
import { bare, type Scalar } from '#core/values';
import type { EdgePosition, EdgeRow, EdgeWrite, StagedRow } from '#store/contract';
import { stagingPlan } from '../import/plan.ts';
import type { StagingPlan } from '../import/staging.ts';
import { createFilling, type Filling } from '../safety/creation.ts';
import { heldPartsOf } from '../safety/gates.ts';
import { MOST_UNSHOWN } from '../safety/parked.ts';
import type { SentMember } from './finished.ts';
import { allowed } from './pace.ts';
import { lookedUp, PROVEN_BY } from './proof.ts';
import { finish, goesOn, MOST, refuse, SEND_DEADLINE_MS, type Session, write } from './sending.ts';
import { parkUnshown } from './unshown-members.ts';

const PENDING = { decided: null, sentAt: null, sends: 0, counted: false } as const;

type Chosen = (edge: EdgeRow) => boolean;

interface Group {
  readonly row: StagedRow;
  readonly edges: readonly EdgeRow[];
}

export async function sendMembers(session: Session, only: Chosen | undefined): Promise<void> {
  const free = await session.context.turns.alone(`members of ${session.connection.name}`);
  try {
    await sendPending(session, only);
  } finally {
    free();
  }
}

async function sendPending(session: Session, only: Chosen | undefined): Promise<void> {
  const { context, connection } = session;
  const plan = stagingPlan(context, connection);
  const unshown: EdgeRow[] = [];
  const filling = createFilling(context);
  for await (const edges of pending(session)) {
    if (!goesOn(session)) return;
    session.held = await heldPartsOf(context, connection);
    const groups = await sendable(session, only ? edges.filter(only) : edges, unshown, filling);
    if (groups.length === 0) continue;
    for (let rest: readonly Group[] = groups; rest.length > 0; ) {
      const allowance = await allowed(context, connection, rest.length);
      const some = rest.slice(0, allowance.items);
      rest = rest.slice(some.length);
      try {
        if (some.length > 0)
          await sendGroups(session, plan, some, `${context.epoch}-${connection.rank}-member-${context.counters.attempts++}`);
      } finally {
        await allowance.sent(some.length);
      }
      if (some.length === 0) session.stopped = true;
      if (!goesOn(session)) return;
    }
  }
  if (!only) await parkUnshown(context, connection, unshown);
}

async function sendGroups(session: Session, plan: StagingPlan, groups: readonly Group[], attempt: string): Promise<void> {
  const { context, connection } = session;
  await context.store.exports.attemptEdges({
    connection: connection.name,
    run: context.run,
    epoch: context.epoch,
    attempt,
    now: context.wall(),
    deadline: context.wall() + SEND_DEADLINE_MS,
    edges: groups.flatMap(({ edges }) => edges),
  });
  const items = groups.map((group) => itemOf(group, `${attempt}:${group.row.id}`));
  const results = await write(session, { items });
  const members: SentMember[] = [];
  for (const [i, group] of groups.entries()) {
    const result = results[i]!;
    if (result.ok) members.push(...(await took(session, plan, group, result)));
    else {
      if (result.unknown) members.push(...group.edges.map(unanswered));
      if (result.fault !== session.broken) refuse(session, group.row, items[i]!, result);
    }
  }
  await finish(session, { attempt, answers: [], members, changes: [], dirty: [] });
  context.progress('export', connection.name, session.sent, null);
}

/** To be sent, in pages; of a file-like target with what its accounts' new names make of it, which is not recorded yet. */
async function* pending({ context, connection, finished }: Session): AsyncGenerator<readonly EdgeRow[]> {
  const renamed = new Map<string, EdgeWrite>(finished.edges.map((edge) => [textOf(edge), edge]));
  for (let after: EdgePosition | null = null; ; ) {
    const page: readonly EdgeRow[] = await context.store.exports.pendingEdges(connection.name, { after, limit: MOST });
    yield renamed.size === 0 ? page : page.filter((edge) => !renamed.has(textOf(edge)));
    if (page.length < MOST) break;
    after = page[page.length - 1]!;
  }
  yield [...renamed.values()].flatMap((edge): EdgeRow[] =>
    edge.state === 'add' || edge.state === 'remove' ? [{ ...edge, state: edge.state, ...PENDING, ...edge.pending }] : [],
  );
}

function textOf({ stagedId, attribute, key }: EdgePosition): string {
  return `${stagedId}\u001f${attribute}\u001f${key}`;
}

/** Those that may be sent now, by group; into `unshown` goes what was sent often enough. */
async function sendable(session: Session, edges: readonly EdgeRow[], unshown: EdgeRow[], filling: Filling): Promise<Group[]> {
  const { context, finished, held } = session;
  const byGroup = new Map<number, EdgeRow[]>();
  for (const edge of edges) {
    if (edge.sends >= MOST_UNSHOWN) {
      unshown.push(edge);
      continue;
    }
    if (edge.decided === 'discarded' || edge.decided === 'held') continue;
    const list = byGroup.get(edge.stagedId);
    if (list) list.push(edge);
    else byGroup.set(edge.stagedId, [edge]);
  }
  if (byGroup.size === 0) return [];
  // A group whose create is on its way in this same commit counts as there.
  const made = finished.proven(byGroup);
  const rows = (await context.store.spaces.byIds([...byGroup.keys()])).filter(
    (row) => !row.protected && (row.presence === 'present' || made.has(row.id)),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  await filling.look(byId.keys(), async (ids) => ids.map((id) => byId.get(id)!));
  return rows.flatMap((row) => {
    const all = byGroup.get(row.id)!.map(filling.decided);
    const free = held.has('member') ? all.filter((edge) => edge.decided !== null) : all;
    return free.length === 0 ? [] : [{ row, edges: free }];
  });
}

function itemOf({ row, edges }: Group, attempt: string): WriteItem {
  const add: { [attribute: string]: string[] } = bare();
  const remove: { [attribute: string]: string[] } = bare();
  for (const edge of edges) {
    const into = edge.state === 'add' ? add : remove;
    into[edge.attribute] ??= [];
    into[edge.attribute]!.push(edge.text);
  }
  return { attempt, operation: 'update', kind: row.kind, anchor: row.anchor, set: {}, add, remove };
}

/** By the cheapest proof there is: the file's digest, what the answer shows or says, a look at the group; else a later read. */
async function took(
  session: Session,
  plan: StagingPlan,
  { row, edges }: Group,
  result: Extract<WriteResult, { ok: true }>,
): Promise<SentMember[]> {
  const { context, connection, writer } = session;
  session.sent++;
  context.counters.add(connection.name, 'written');
  const answered = result.edited === true || result.object !== undefined;
  const shown = writer.commit || result.edited ? null : (result.object ?? (await lookedUp(session, row.kind, result.anchor)));
  const there = shown && membersIn(plan, shown);
  const members = edges.map((edge) => {
    const proven = writer.commit !== undefined || result.edited === true || there?.proves(edge) === true;
    if (!proven) session.proven = false;
    const pending = { decided: edge.decided, sentAt: context.wall(), sends: edge.sends + 1, counted: true };
    return { edge, write: proven ? done(edge) : { ...edge, pending } };
  });
  const level = writer.commit ? 'digest' : answered ? 'answer' : 'lookup';
  if (members.every(({ write }) => write.pending === undefined)) context.counters.add(connection.name, PROVEN_BY[level]);
  return members;
}

/** It may be done: it counts as sent, and is sent again. */
function unanswered(edge: EdgeRow): SentMember {
  const { decided, sentAt, sends } = edge;
  return { edge, write: { ...edge, pending: { decided, sentAt, sends, counted: true } }, unknown: true };
}

function done(edge: EdgeRow): EdgeWrite {
  return { ...edge, state: edge.state === 'add' ? 'seen' : 'drop' };
}

function membersIn(plan: StagingPlan, shown: ReadObject): { proves(edge: EdgeRow): boolean } {
  const keys = new Map<string, ReadonlySet<string>>();
  const keysOf = (attribute: string): ReadonlySet<string> => {
    let known = keys.get(attribute);
    if (!known) {
      const raw = shown.attributes[attribute] ?? null;
      const list = (raw === null ? [] : Array.isArray(raw) ? raw : [raw]) as readonly Scalar[];
      known = new Set(list.map((scalar) => plan.edges.get(attribute)!.key(scalar)));
      keys.set(attribute, known);
    }
    return known;
  };
  return {
    // Of a list that may be cut short nothing proves that somebody is not in it.
    proves: ({ attribute, key, state }) =>
      state === 'add' ? keysOf(attribute).has(key) : !keysOf(attribute).has(key) && shown.partial?.includes(attribute) !== true,
  };
}
