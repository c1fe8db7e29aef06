/** Agreed people and groups as resources, and who is served at all. */
import { parseImage } from '#core/canonical';
import { holds } from '#core/condition';
import { sha256Hex } from '#core/digest';
import { formatInstant } from '#core/time';
import { type Attributes, type Scalar, scalars } from '#core/values';
import { foldDocument } from '#protocols/scim/filter/document';
import { toResource } from '#protocols/scim/mapped';
import type { Resource } from '#protocols/scim/resource';
import type { ObjectId, ObjectRow } from '#store/contract';
import { type Served, type ServedBase, STATES, type Surroundings } from './base.ts';

/** A resource, and what it was made of. */
export interface Item {
  readonly resource: Resource;
  readonly row: ObjectRow;
}

/** Of rows of the type's kind those who are served. */
export async function itemsOf(
  rows: readonly ObjectRow[],
  served: Served,
  base: ServedBase,
  surroundings: Surroundings,
): Promise<readonly Item[]> {
  const read = rows.map((row) => ({ row, agreed: parseImage(row.attributes) })).filter((one) => isServed(one, served));
  const references = served.targets.filter(({ mapping }) => mapping.type === 'reference').map(({ mapping }) => mapping.from);
  const named = read.flatMap(({ agreed }) =>
    references.flatMap((from) => scalars(agreed[from]).filter((id) => typeof id === 'number')),
  );
  const known = await servedOf(named, base, surroundings);
  return read.map(({ row, agreed }) => {
    const values = (from: string): readonly Scalar[] =>
      references.includes(from) ? scalars(agreed[from]).filter((id) => known.has(Number(id))) : scalars(agreed[from]);
    return { row, resource: sealed(made(row, served, values), row, served) };
  });
}

/** Those of these objects who are served at this base URL, each with its type. */
export async function servedOf(
  ids: readonly ObjectId[],
  { types }: ServedBase,
  { store }: Pick<Surroundings, 'store'>,
): Promise<ReadonlyMap<ObjectId, Served>> {
  const out = new Map<ObjectId, Served>();
  if (ids.length === 0) return out;
  const asked: ObjectId[] = [];
  for (const { id, kind, state } of await store.agreed.standing([...new Set(ids)])) {
    const served = types.find((one) => one.kind === kind);
    if (served === undefined || !STATES.includes(state)) continue;
    if (served.condition === null) out.set(id, served);
    else asked.push(id);
  }
  for (const row of asked.length === 0 ? [] : await store.sync.objects(asked)) {
    const served = types.find((one) => one.kind === row.kind)!;
    if (isServed({ row, agreed: parseImage(row.attributes) }, served)) out.set(row.id, served);
  }
  return out;
}

function isServed({ row, agreed }: { readonly row: ObjectRow; readonly agreed: Attributes }, served: Served): boolean {
  if (row.kind !== served.kind || row.aliasOf !== null || !STATES.includes(row.state)) return false;
  if (served.condition === null) return true;
  return holds(
    served.condition,
    foldDocument(
      made(row, served, (from) => scalars(agreed[from])),
      served.type,
    ),
  );
}

function made(row: ObjectRow, served: Served, values: (from: string) => readonly Scalar[]): Resource {
  const resource = toResource(String(row.id), served, values);
  // What the file names for it goes before the state.
  return isByState(served) ? { ...resource, active: row.state === 'active' } : resource;
}

/** Whether `active` is said by the state that somebody is in. */
export function isByState({ type, targets }: Pick<Served, 'type' | 'targets'>): boolean {
  return type.name === 'User' && !targets.some(({ mapping }) => mapping.to === 'active');
}

type Notes = { readonly [attribute: string]: readonly [run: number, at: number] };

/** With `meta`. Of a group with members nothing says when it changed, and its version is told where they are known (members.ts). */
function sealed(resource: Resource, { notes, dates }: ObjectRow, served: Served): Resource {
  const noted = JSON.parse(notes) as Notes;
  const created = noted['*']?.[1];
  const told = created === undefined ? {} : { created: formatInstant(created) };
  if (served.members !== null) return { ...resource, meta: told };
  const shown = served.targets.map(({ mapping }) => mapping.from);
  const times = ['*', ...shown].flatMap((name) => noted[name]?.[1] ?? []);
  const lived = isByState(served) ? Object.values(JSON.parse(dates) as { readonly [name: string]: number }) : [];
  const last = Math.max(...times, ...lived);
  const changed = Number.isFinite(last) ? { lastModified: formatInstant(last) } : {};
  return { ...resource, meta: { ...told, ...changed, version: versionOf(resource) } };
}

/** Of all that is shown: the same version, the same resource. */
export function versionOf(shown: unknown): string {
  return `W/"${sha256Hex(JSON.stringify(shown)).slice(0, 20)}"`;
}
