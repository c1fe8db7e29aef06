/** Who refers to somebody (reports, groups), and whom a group has: references are kept where they were read, one by one. */
import { parseImage } from '#core/canonical';
import { scalars } from '#core/values';
import type { ImportFlow, ReferenceBy } from '#rules/model';
import type { Services } from '#runs/model';
import { createKeyResolver, keyBy, newGeneration } from '#runs/reasons';
import type { ObjectId, ObjectRow, StagedId, StagedRow } from '#store/contract';

type Surroundings = Pick<Services, 'store' | 'config'>;

const PAGE = 5_000;

/** Objects of a kind whose attribute refers to this one, by id. `limit`: at most so many. */
export async function referring(
  object: ObjectRow,
  {
    kind,
    attribute,
    after,
    limit,
  }: { readonly kind: string; readonly attribute: string; readonly after: ObjectId; readonly limit: number },
  services: Surroundings,
): Promise<readonly ObjectRow[]> {
  const { store, config } = services;
  const linked = await store.sync.linked([object.id]);
  const staged = new Set<StagedId>();
  for (const { name, imports } of config.connections)
    for (const flow of imports.get(kind)?.flows ?? []) {
      if (flow.attribute !== attribute || flow.reference?.kind !== object.kind) continue;
      const keys = keysOf(object, linked, flow.reference, services);
      if (keys.length > 0) for (const id of await stagedTo(name, keys, flow, services)) staged.add(id);
    }
  const ids = new Set<ObjectId>();
  for (const row of await store.spaces.byIds([...staged]))
    if (row.objectId !== null && row.presence === 'present' && row.objectId > after) ids.add(row.objectId);
  const type = config.kinds.get(kind)?.attributes.get(attribute);
  const ordered = [...ids].sort((a, b) => a - b);
  const out: ObjectRow[] = [];
  for (let i = 0; i < ordered.length && out.length < limit; i += limit) {
    const some = ordered.slice(i, i + limit);
    // Another connection may say otherwise, and win. References of many are not kept with the agreed values.
    const said = new Map<ObjectId, StagedRow[]>();
    for (const row of type?.multi === true ? await store.sync.linked(some) : [])
      said.set(row.objectId!, [...(said.get(row.objectId!) ?? []), row]);
    const agreed = (row: ObjectRow): boolean =>
      type?.multi === true
        ? saying(said.get(row.id) ?? [], kind, attribute, services).some(({ row: by }) => staged.has(by.id))
        : scalars(parseImage(row.attributes)[attribute]).includes(object.id);
    for (const row of await store.sync.objects(some)) if (row.kind === kind && out.length < limit && agreed(row)) out.push(row);
  }
  return out;
}

interface Saying {
  readonly row: StagedRow;
  readonly flow: ImportFlow;
}

/** Of what is linked to an object, what says which references of many it has: the first in order, or all where they are put together. */
function saying(
  linked: readonly StagedRow[],
  kind: string,
  attribute: string,
  { config }: Pick<Surroundings, 'config'>,
): readonly Saying[] {
  const type = config.kinds.get(kind)?.attributes.get(attribute);
  const rank = type?.rank ?? [];
  const sources = linked
    .flatMap((row) => {
      const rule = config.connections.find((one) => one.name === row.connection)?.imports.get(kind);
      const flow = rule?.flows.find((one) => one.attribute === attribute && one.reference !== null);
      return flow === undefined || row.presence !== 'present' ? [] : [{ row, flow }];
    })
    .sort((a, b) => rank.indexOf(a.row.connection) - rank.indexOf(b.row.connection));
  return type?.strategy === 'merge' ? sources : sources.slice(0, 1);
}

/** By which somebody is referred to. */
function keysOf(object: ObjectRow, linked: readonly StagedRow[], reference: ReferenceBy, { config }: Surroundings): string[] {
  const keyOf = keyBy(config, reference);
  const { by, connection } = reference;
  if (by === 'id') return [String(object.id)];
  if (typeof by === 'object') return scalars(parseImage(object.attributes)[by.attribute]).map(keyOf);
  return linked
    .filter((row) => row.connection === connection && row.presence !== 'gone')
    .flatMap((row) => (by === 'anchor' ? row.anchor : row.name) ?? [])
    .map(keyOf);
}

async function stagedTo(
  connection: string,
  keys: readonly string[],
  { reads }: ImportFlow,
  { store }: Surroundings,
): Promise<StagedId[]> {
  const out: StagedId[] = [];
  for (let after = 0; ; ) {
    const page = await store.spaces.edgesTo(connection, keys, { after, limit: PAGE });
    for (const edge of page) if (edge.state !== 'remove' && reads.includes(edge.attribute)) out.push(edge.stagedId);
    if (page.length < PAGE) return out;
    after = page.at(-1)!.stagedId;
  }
}

export interface Member {
  readonly connection: string;
  /** As the connection names it. */
  readonly key: string;
  /** Null: nobody known is meant. */
  readonly object: ObjectId | null;
}

/** Members of a group, in the connections that say them, each by key. `after`: from the page before. */
export async function membersPage(
  group: ObjectRow,
  { attribute, after, limit }: { readonly attribute: string; readonly after: string | null; readonly limit: number },
  { store, config }: Surroundings,
): Promise<{ readonly members: readonly Member[]; readonly next: string | null }> {
  const said = saying(await store.sync.linked([group.id]), group.kind, attribute, { config });
  const space = after?.indexOf(' ') ?? -1;
  const [at, key] =
    after === null ? [0, ''] : [said.findIndex((one) => one.row.connection === after.slice(0, space)), after.slice(space + 1)];
  const members: Member[] = [];
  const keys = createKeyResolver({ store, kinds: config.kinds }, newGeneration(0, false));
  for (const [i, { row, flow }] of said.entries()) {
    if (i < at) continue;
    const room = limit - members.length;
    if (room === 0) return { members, next: `${row.connection} ` };
    const edges = await store.spaces.edgesOf([row.id], {
      attribute: flow.reads[0]!,
      after: i === at ? key : '',
      limit: room + 1,
    });
    const page = edges.slice(0, room);
    for (const edge of page) keys.want(flow.reference!, edge.key);
    await keys.resolve();
    for (const edge of page) {
      if (edge.state === 'remove') continue;
      const found = keys.get(flow.reference!, edge.key);
      members.push({ connection: row.connection, key: edge.text, object: found.length === 1 ? found[0]! : null });
    }
    if (edges.length > room) return { members, next: `${row.connection} ${page.at(-1)!.key}` };
  }
  return { members, next: null };
}
