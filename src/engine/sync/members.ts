/**
 * Membership: edges between groups and their members, from source groups to target groups (SEMANTICS 10). A changed
 * membership costs the same in any group; a group that is new, or new in a target, is compared as a stream, in pages.
 */
import type { ExportFlow, KindRules, ReferenceBy } from '#rules/model';
import type { EdgeRow, EdgeWrite, ObjectId, ObjectRow, StagedRow } from '#store/contract';
import { clockOf, connectionNamed, type EngineConnection, type EngineContext } from '../context.ts';
import { nameKeys, referenceKey } from '../import/staging.ts';
import { accountsIn, referenceText } from './accounts.ts';
import { type Contributor, contributorOf, orderContributors } from './contributions.ts';
import type { Generation } from './generation.ts';
import { outagesOf } from './outages.ts';
import { resolveKeys } from './references.ts';
import { targetsOf } from './targets.ts';

const PAGE = 5_000;
/** More single changes than this in one group are settled by comparing it. */
const SINGLE = 1_000;

export function hasMemberships(rules: KindRules): boolean {
  for (const type of rules.attributes.values()) if (type.type === 'reference' && type.multi) return true;
  return false;
}

/** One target group to be kept. */
interface Kept {
  readonly connection: EngineConnection;
  readonly flow: ExportFlow;
  readonly row: StagedRow;
}

/** Where a membership attribute of one group comes from, in order of precedence. */
interface Source {
  readonly row: StagedRow;
  readonly connection: EngineConnection;
  readonly attribute: string;
  readonly reference: ReferenceBy;
}

/** Groups whose memberships are compared in full: those evaluated in this generation. */
export async function syncGroups(context: EngineContext, generation: Generation): Promise<void> {
  const ids = [...generation.groups];
  for (let i = 0; i < ids.length; i += 100) {
    for (const group of await loadGroups(context, ids.slice(i, i + 100))) await compareGroup(context, generation, group);
  }
}

interface Group {
  readonly object: ObjectRow;
  readonly rows: readonly StagedRow[];
  readonly rules: KindRules;
}

async function loadGroups(context: EngineContext, ids: readonly ObjectId[]): Promise<Group[]> {
  const objects = await context.store.sync.objects(ids);
  const rows = await context.store.sync.linked(ids);
  return objects
    .filter((object) => context.kinds.has(object.kind))
    .map((object) => ({
      object,
      rules: context.kinds.get(object.kind)!,
      rows: rows.filter((row) => row.objectId === object.id),
    }));
}

async function compareGroup(context: EngineContext, generation: Generation, group: Group): Promise<void> {
  const owed = new Owed();
  for (const kept of keptGroups(context, group)) {
    const wanted = new Map<string, string>();
    for (const source of sourcesOf(context, group, kept.flow)) {
      for await (const page of edgePages(context, source.row.id, source.attribute)) {
        const edges = page.filter((edge) => edge.state === 'seen' && !(edge.ours && source.connection === kept.connection));
        const found = await resolveKeys(
          context,
          generation,
          source.reference,
          edges.map((edge) => edge.key),
        );
        const accounts = await accountsIn(context, kept.connection.name, found.values());
        for (const edge of edges) {
          const id = found.get(edge.key);
          const text = id === undefined ? null : referenceText(accounts.get(id), kept.flow.reference!.by);
          owed.note(edge, text === null);
          if (text !== null) wanted.set(keyIn(kept, text), text);
        }
      }
    }
    const edges: EdgeWrite[] = [];
    for await (const page of edgePages(context, kept.row.id, kept.flow.attribute)) {
      for (const edge of page) {
        const text = wanted.get(edge.key);
        wanted.delete(edge.key);
        const write = text !== undefined ? keep(edge) : drop(kept, edge);
        if (write) edges.push(write);
      }
    }
    for (const [key, text] of wanted)
      edges.push({ stagedId: kept.row.id, attribute: kept.flow.attribute, key, text, state: 'add', ours: true, debtSince: null });
    await commitEdges(context, edges);
  }
  await commitEdges(context, owed.changes(context.now));
}

/** Which memberships of a source cannot be carried: nobody known has the key, or she has no account in a target yet (debt). */
class Owed {
  readonly #edges = new Map<string, { edge: EdgeRow; owed: boolean }>();

  /** Owed in one target is owed. */
  note(edge: EdgeRow, owed: boolean): void {
    const key = `${edge.stagedId} ${edge.attribute} ${edge.key}`;
    const known = this.#edges.get(key);
    if (known) known.owed ||= owed;
    else if (owed || edge.debtSince !== null) this.#edges.set(key, { edge, owed });
  }

  changes(now: number): EdgeWrite[] {
    return [...this.#edges.values()]
      .filter(({ edge, owed }) => owed !== (edge.debtSince !== null))
      .map(({ edge, owed }) => ({ ...edge, debtSince: owed ? now : null }));
  }
}

/** Single memberships that changed, on whichever side. */
export async function memberChanges(context: EngineContext, generation: Generation): Promise<void> {
  if (generation.members.length === 0) return;
  const rows = new Map(
    (await context.store.spaces.byIds([...new Set(generation.members.map((m) => m.staged))])).map((row) => [row.id, row]),
  );
  const byGroup = new Map<ObjectId, typeof generation.members>();
  for (const member of generation.members) {
    const object = rows.get(member.staged)?.objectId;
    if (object === null || object === undefined || generation.groups.has(object)) continue;
    byGroup.set(object, [...(byGroup.get(object) ?? []), member]);
  }
  for (const group of await loadGroups(context, [...byGroup.keys()])) {
    const changes = byGroup.get(group.object.id)!;
    if (changes.length > SINGLE) await compareGroup(context, generation, group);
    else await settleMembers(context, generation, group, changes, rows);
  }
}

async function settleMembers(
  context: EngineContext,
  generation: Generation,
  group: Group,
  changes: readonly { readonly staged: number; readonly attribute: string; readonly key: string }[],
  rows: ReadonlyMap<number, StagedRow>,
): Promise<void> {
  const owed = new Owed();
  for (const kept of keptGroups(context, group)) {
    const sources = sourcesOf(context, group, kept.flow);
    const members = new Set<ObjectId>();
    const strangers: string[] = [];
    const unknown: { staged: number; attribute: string; key: string }[] = [];
    for (const change of changes) {
      const row = rows.get(change.staged)!;
      const reference = referenceOf(context, row, change.attribute, kept);
      if (!reference) continue;
      const found = await resolveKeys(context, generation, reference, [change.key]);
      const id = found.get(change.key);
      if (id !== undefined) members.add(id);
      else if (row.id === kept.row.id) strangers.push(change.key);
      else unknown.push(change);
    }
    const wanted = new Set<ObjectId>();
    const sourceEdges: { edge: EdgeRow; id: ObjectId }[] = [];
    const linked = members.size === 0 ? [] : await context.store.sync.linked([...members]);
    for (const source of sources)
      for (const id of members) {
        const keys = linked
          .filter((row) => row.objectId === id && row.connection === source.reference.connection)
          .flatMap(keysOf);
        if (keys.length === 0) continue;
        const edges = await context.store.spaces.edge(source.row.id, source.attribute, keys);
        const said = edges.filter((edge) => edge.state === 'seen' && !(edge.ours && source.connection === kept.connection));
        if (said.length > 0) wanted.add(id);
        for (const edge of said) sourceEdges.push({ edge, id });
      }
    const accounts = await accountsIn(context, kept.connection.name, members);
    const edges: EdgeWrite[] = [];
    const texts = new Map<string, { text: string; wanted: boolean }>();
    for (const id of members) {
      const text = referenceText(accounts.get(id), kept.flow.reference!.by);
      if (text !== null) texts.set(keyIn(kept, text), { text, wanted: wanted.has(id) });
    }
    for (const { edge, id } of sourceEdges) owed.note(edge, referenceText(accounts.get(id), kept.flow.reference!.by) === null);
    for (const { staged, attribute, key } of unknown)
      for (const edge of await context.store.spaces.edge(staged, attribute, [key]))
        if (edge.state === 'seen') owed.note(edge, true);
    for (const key of strangers) texts.set(key, { text: key, wanted: false });
    const current = new Map(
      (await context.store.spaces.edge(kept.row.id, kept.flow.attribute, [...texts.keys()])).map((edge) => [edge.key, edge]),
    );
    for (const [key, one] of texts) {
      const edge = current.get(key);
      if (!edge) {
        if (one.wanted)
          edges.push({
            stagedId: kept.row.id,
            attribute: kept.flow.attribute,
            key,
            text: one.text,
            state: 'add',
            ours: true,
            debtSince: null,
          });
        continue;
      }
      const write = one.wanted ? keep(edge) : drop(kept, edge);
      if (write) edges.push(write);
    }
    await commitEdges(context, edges);
  }
  await commitEdges(context, owed.changes(context.now));
}

/** The target groups of a group that some membership flow keeps. */
function keptGroups(context: EngineContext, group: Group): Kept[] {
  const out: Kept[] = [];
  for (const { connection, rule } of targetsOf(context, group.object.kind)) {
    const row = group.rows.find(
      (r) => r.connection === connection.name && r.kind === rule.to && r.presence !== 'gone' && !r.protected,
    );
    if (!row) continue;
    for (const flow of rule.flows) if (flow.reference?.multi) out.push({ connection, flow, row });
  }
  return out;
}

/** Ranked: the first connection that contributes the attribute; merge: all of them. */
function sourcesOf(context: EngineContext, group: Group, flow: ExportFlow): Source[] {
  const name = flow.reads[0]!;
  const clock = clockOf(context);
  const contributors: Contributor[] = [];
  for (const row of group.rows) {
    const connection = connectionNamed(context, row.connection);
    const contributor = connection && contributorOf(connection, row, outagesOf(context, row.connection), clock);
    if (contributor) contributors.push(contributor);
  }
  const type = group.rules.attributes.get(name);
  const rank = (c: Contributor): number => {
    const at = type?.rank.indexOf(c.connection.name) ?? -1;
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  const sources = orderContributors(contributors, clock)
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((contributor) =>
      contributor.rule.flows
        .filter((f) => f.attribute === name && f.reference !== null)
        .map((f) => ({
          row: contributor.row,
          connection: contributor.connection,
          attribute: f.reads[0]!,
          reference: f.reference!,
        })),
    );
  if (type?.strategy === 'merge' || sources.length < 2) return sources;
  return sources.filter((source) => source.connection === sources[0]!.connection);
}

/** In whose terms a changed membership's key is: the source's flow, or the target group's own attribute. */
function referenceOf(context: EngineContext, row: StagedRow, attribute: string, kept: Kept): ReferenceBy | null {
  if (row.id === kept.row.id) {
    const by = kept.flow.reference!.by;
    return { connection: kept.connection.name, by: typeof by === 'string' ? by : 'anchor', kind: 'person' };
  }
  for (const rule of connectionNamed(context, row.connection)?.imports.values() ?? [])
    for (const edge of rule.edges) if (edge.attribute === attribute) return edge.reference;
  return null;
}

function keyIn(kept: Kept, text: string): string {
  return referenceKey(text, kept.flow.reference!.by === 'name' ? 'name' : 'anchor', 'exact');
}

function keysOf(row: StagedRow): string[] {
  const { nameKey } = nameKeys(row.name);
  return [...(row.anchor === null ? [] : [row.anchor]), ...(nameKey === null ? [] : [nameKey])];
}

/** A membership that is wanted and there: a removal that was decided is taken back. */
function keep(edge: EdgeRow): EdgeWrite | null {
  return edge.state === 'remove' ? { ...edge, state: 'seen' } : null;
}

/** A membership that nobody wants: taken back when never sent, removed when the flow decides about it. */
function drop(kept: Kept, edge: EdgeRow): EdgeWrite | null {
  if (edge.state === 'add') return { ...edge, state: 'drop' };
  const decides = kept.flow.values === 'all' || (kept.flow.values === 'byOrigin' && kept.row.origin !== 'adopted');
  if (edge.state === 'remove' || !(decides || edge.ours)) return null;
  return { ...edge, state: 'remove' };
}

async function* edgePages(context: EngineContext, stagedId: number, attribute: string): AsyncIterable<readonly EdgeRow[]> {
  for (let after: string | undefined; ; ) {
    const page = await context.store.spaces.edgesOf([stagedId], {
      attribute,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page[page.length - 1]!.key;
  }
}

async function commitEdges(context: EngineContext, edges: readonly EdgeWrite[]): Promise<void> {
  for (let i = 0; i < edges.length; i += PAGE)
    await context.store.sync.commit({
      run: context.run,
      epoch: context.epoch,
      objects: [],
      staged: [],
      keys: { add: [], remove: [] },
      waiting: [],
      edges: edges.slice(i, i + PAGE),
      parked: [],
      changes: [],
      dirty: [],
      doneUpTo: null,
      gates: [],
    });
}

/** Memberships of an object whose account appeared or was renamed: each is looked at again. */
export async function membershipsOf(
  context: EngineContext,
  generation: Generation,
  rows: readonly StagedRow[],
): Promise<{ staged: number; attribute: string; key: string }[]> {
  const out: { staged: number; attribute: string; key: string }[] = [];
  for (const connection of context.connections) {
    const attributes = new Set(
      [...connection.imports.values()].flatMap((rule) => rule.edges.filter((e) => e.multi).map((e) => e.attribute)),
    );
    if (attributes.size === 0) continue;
    const keys = rows.filter((row) => row.connection === connection.name).flatMap(keysOf);
    if (keys.length === 0) continue;
    // Pages end between staged objects; a short one is the last.
    for (let after = 0; ; ) {
      const page = await context.store.spaces.edgesTo(connection.name, keys, { after, limit: PAGE });
      for (const edge of page)
        if (attributes.has(edge.attribute)) out.push({ staged: edge.stagedId, attribute: edge.attribute, key: edge.key });
      if (page.length < PAGE) break;
      after = page[page.length - 1]!.stagedId;
    }
  }
  if (out.length === 0) return out;
  const groups = new Map(
    (await context.store.spaces.byIds([...new Set(out.map((m) => m.staged))])).map((row) => [row.id, row.objectId]),
  );
  // A group compared in this generation sees the new account anyway.
  return out.filter((member) => {
    const object = groups.get(member.staged) ?? generation.assignments.get(member.staged)?.object;
    return object !== undefined && object !== null && !generation.ordered.has(object);
  });
}
