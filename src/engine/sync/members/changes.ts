/** Single memberships that changed, on whichever side: each costs the same in any group, and a batch a fixed number of calls. */
import { parseImage } from '#core/canonical';
import { normalForm } from '#core/matching';
import { scalars } from '#core/values';
import type { EdgePosition, EdgeRow, EdgeWrite, ObjectId, StagedRow } from '#store/contract';
import type { EngineContext } from '../../context.ts';
import { type Account, accountsIn, referenceText } from '../accounts.ts';
import type { Generation } from '../generation.ts';
import { createKeyResolver, type KeyResolver, theOne } from '../references.ts';
import { compareGroup } from './compare.ts';
import { add, commitEdges, drop, keep, Owed } from './edges.ts';
import { type Group, type Kept, keptGroups, keyIn, loadGroups, referenceOf, type Source, sourcesOf } from './groups.ts';
import { keysOf } from './memberships.ts';

/** More single changes than this in one group are settled by comparing it. */
const SINGLE = 1_000;
/** Groups at a time. */
const BATCH = 100;

type Change = Generation['members'][number];

export async function memberChanges(context: EngineContext, generation: Generation): Promise<void> {
  if (generation.members.length === 0) return;
  const rows = new Map(
    (await context.store.spaces.byIds([...new Set(generation.members.map((m) => m.staged))])).map((row) => [row.id, row]),
  );
  const byGroup = new Map<ObjectId, Change[]>();
  for (const member of generation.members) {
    const object = rows.get(member.staged)?.objectId;
    if (object === null || object === undefined || generation.groups.has(object)) continue;
    const known = byGroup.get(object);
    if (known) known.push(member);
    else byGroup.set(object, [member]);
  }
  const ids = [...byGroup.keys()];
  for (let i = 0; i < ids.length; i += BATCH) {
    const asked: Asked[] = [];
    for (const group of await loadGroups(context, ids.slice(i, i + BATCH))) {
      const changes = byGroup.get(group.object.id)!;
      if (changes.length > SINGLE) await compareGroup(context, generation, group);
      else asked.push(...askedOf(context, group, changes, rows));
    }
    await settleMembers(context, generation, asked);
  }
}

/** One target group with the memberships to look at. */
interface Asked {
  readonly kept: Kept;
  readonly sources: readonly Source[];
  readonly changes: readonly (Change & { readonly reference: Source['reference'] })[];
}

function askedOf(
  context: EngineContext,
  group: Group,
  changes: readonly Change[],
  rows: ReadonlyMap<number, StagedRow>,
): Asked[] {
  return keptGroups(context, group).map((kept) => ({
    kept,
    sources: sourcesOf(context, group, kept.flow),
    changes: changes.flatMap((change) => {
      const reference = referenceOf(context, rows.get(change.staged)!, change.attribute, kept);
      return reference ? [{ ...change, reference }] : [];
    }),
  }));
}

/** What a batch needs to know, loaded at once. */
interface Known {
  readonly keys: KeyResolver;
  readonly linked: ReadonlyMap<ObjectId | null, readonly StagedRow[]>;
  /** The agreed attributes, where a source names members by one of them. */
  readonly norms: (id: ObjectId, source: Source) => readonly string[];
  readonly accounts: ReadonlyMap<string, ReadonlyMap<ObjectId, Account>>;
}

async function settleMembers(context: EngineContext, generation: Generation, batch: readonly Asked[]): Promise<void> {
  if (batch.length === 0) return;
  const known = await load(context, generation, batch);
  const saidOf = batch.map((asked) => saidPositions(asked, known));
  const said = await edgesAt(
    context,
    saidOf.flatMap((positions) => positions.map((one) => one.at)),
  );
  const textsOf = batch.map((asked, i) => textsIn(asked, saidOf[i]!, said, known));
  const current = await edgesAt(
    context,
    textsOf.flatMap((texts, i) => [...texts.keys()].map((key) => positionIn(batch[i]!.kept, key))),
  );
  const owed = new Owed();
  const edges: EdgeWrite[] = [];
  batch.forEach((asked, i) => {
    noteOwed(asked, saidOf[i]!, said, known, owed);
    for (const [key, one] of textsOf[i]!) {
      const edge = current.get(textOf(positionIn(asked.kept, key)));
      const write = edge
        ? one.wanted
          ? keep(asked.kept, edge, one.text)
          : drop(asked.kept, edge)
        : one.wanted
          ? add(asked.kept, key, one.text)
          : null;
      if (write) edges.push(write);
    }
  });
  await commitEdges(context, [...edges, ...owed.changes(context.now)]);
}

async function load(context: EngineContext, generation: Generation, batch: readonly Asked[]): Promise<Known> {
  const keys = createKeyResolver(context, generation);
  for (const { changes } of batch) for (const { reference, key } of changes) keys.want(reference, key);
  await keys.resolve();
  const members = new Set<ObjectId>();
  const byTarget = new Map<string, Set<ObjectId>>();
  for (const asked of batch) {
    const { name } = asked.kept.connection;
    const of = byTarget.get(name) ?? new Set<ObjectId>();
    byTarget.set(name, of);
    for (const id of membersOf(asked, keys)) {
      members.add(id);
      of.add(id);
    }
  }
  const ids = [...members];
  const linked = Map.groupBy(ids.length === 0 ? [] : await context.store.sync.linked(ids), (row) => row.objectId);
  const byValue = batch.some(({ sources }) => sources.some(({ reference }) => typeof reference.by !== 'string'));
  const objects = new Map((byValue && ids.length > 0 ? await context.store.sync.objects(ids) : []).map((row) => [row.id, row]));
  const accounts = new Map<string, ReadonlyMap<ObjectId, Account>>();
  for (const [target, of] of byTarget) accounts.set(target, await accountsIn(context, target, of));
  return {
    keys,
    linked,
    accounts,
    norms: (id, { reference }) => {
      const object = objects.get(id);
      const type =
        typeof reference.by === 'string' || !object
          ? undefined
          : context.kinds.get(object.kind)?.attributes.get(reference.by.attribute);
      return type ? scalars(parseImage(object!.attributes)[type.name] ?? null).map((one) => normalForm(one, type.matching)) : [];
    },
  };
}

function membersOf({ changes }: Asked, keys: KeyResolver): Set<ObjectId> {
  return new Set(changes.flatMap(({ reference, key }) => theOne(keys.get(reference, key)) ?? []));
}

interface Said {
  readonly at: EdgePosition;
  /** Whom it names; null where nobody, or nobody alone. */
  readonly id: ObjectId | null;
  readonly source: Source | null;
}

/** Where the sources would name the members asked about, and what they name and nobody knows. */
function saidPositions(asked: Asked, { keys, linked, norms }: Known): Said[] {
  const out: Said[] = [];
  for (const source of asked.sources)
    for (const id of membersOf(asked, keys)) {
      const rows = (linked.get(id) ?? []).filter((row) => row.connection === source.reference.connection);
      const named = typeof source.reference.by === 'string' ? rows.flatMap(keysOf) : norms(id, source);
      for (const key of named) out.push({ at: { stagedId: source.row.id, attribute: source.attribute, key }, id, source });
    }
  for (const { staged, attribute, key, reference } of asked.changes)
    if (staged !== asked.kept.row.id && theOne(keys.get(reference, key)) === undefined)
      out.push({ at: { stagedId: staged, attribute, key }, id: null, source: null });
  return out;
}

/** A target's own edge says nothing of its own where Rollcall put it there. */
function counts({ kept }: Asked, source: Source, edge: EdgeRow | undefined): edge is EdgeRow {
  return edge?.state === 'seen' && !(edge.ours && source.connection === kept.connection);
}

/** The members asked about, as the target writes them, and whether anybody wants them there. */
function textsIn(
  asked: Asked,
  positions: readonly Said[],
  said: ReadonlyMap<string, EdgeRow>,
  { keys, accounts }: Known,
): Map<string, { readonly text: string; readonly wanted: boolean }> {
  const { kept } = asked;
  const wanted = new Set<ObjectId>();
  for (const { at, id, source } of positions) if (source && counts(asked, source, said.get(textOf(at)))) wanted.add(id!);
  const texts = new Map<string, { text: string; wanted: boolean }>();
  for (const id of membersOf(asked, keys)) {
    const text = referenceText(accounts.get(kept.connection.name)!.get(id), kept.flow.reference!.by);
    if (text !== null) texts.set(keyIn(kept, text), { text, wanted: wanted.has(id) });
  }
  // A member of the target's own that nobody here knows.
  for (const { staged, key, reference } of asked.changes)
    if (staged === kept.row.id && theOne(keys.get(reference, key)) === undefined) texts.set(key, { text: key, wanted: false });
  return texts;
}

function noteOwed(
  asked: Asked,
  positions: readonly Said[],
  said: ReadonlyMap<string, EdgeRow>,
  { accounts }: Known,
  owed: Owed,
): void {
  const { connection, flow } = asked.kept;
  for (const { at, id, source } of positions) {
    const edge = said.get(textOf(at));
    if (source === null) {
      if (edge?.state === 'seen') owed.note(edge, true);
    } else if (counts(asked, source, edge))
      owed.note(edge, referenceText(accounts.get(connection.name)!.get(id!), flow.reference!.by) === null);
  }
}

async function edgesAt(context: EngineContext, positions: readonly EdgePosition[]): Promise<Map<string, EdgeRow>> {
  if (positions.length === 0) return new Map();
  return new Map((await context.store.spaces.edgesAt(positions)).map((edge) => [textOf(edge), edge]));
}

function positionIn({ row, flow }: Kept, key: string): EdgePosition {
  return { stagedId: row.id, attribute: flow.attribute, key };
}

function textOf({ stagedId, attribute, key }: EdgePosition): string {
  return `${stagedId}\u001f${attribute}\u001f${key}`;
}
