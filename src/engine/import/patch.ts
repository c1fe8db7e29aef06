/** A change of some attributes → the whole object as it leaves it, and what it does to the edges kept beside the image. */
import type { Change, RawValue, ReadObject } from '#connectors/contract';
import { sameValue } from '#core/canonical';
import { type Fault, toFault } from '#core/errors';
import { checkText } from '#core/text';
import { type Attributes, type Scalar, scalars, type Value } from '#core/values';
import type { EdgeList, StageEdges } from '#store/contract';
import { type Canonical, edgeList, type StagingPlan } from './staging.ts';

type Patch = Extract<Change, { op: 'patch' }>;

/** The whole object after the patch; attributes kept as edges are left to `edgeDeltas`. */
export function patched(entry: Patch, current: Attributes | undefined, plan: StagingPlan): ReadObject {
  const attributes: { [attribute: string]: RawValue } = Object.assign(Object.create(null), current);
  for (const attribute in entry.set) attributes[attribute] = entry.set[attribute]!;
  for (const attribute in entry.add)
    if (!plan.edges.get(attribute)?.multi) attributes[attribute] = [...scalars(current?.[attribute]), ...entry.add[attribute]!];
  for (const attribute in entry.remove) {
    if (plan.edges.get(attribute)?.multi) continue;
    const gone = entry.remove[attribute]!;
    attributes[attribute] = scalars(attributes[attribute] as Value).filter((v) => !gone.some((g) => sameValue(g, v)));
  }
  return {
    kind: entry.kind,
    anchor: entry.anchor,
    attributes,
    ...(entry.name === undefined ? {} : { name: entry.name }),
    ...(entry.refused === undefined ? {} : { refused: entry.refused }),
    ...(entry.changedAt === undefined ? {} : { changedAt: entry.changedAt }),
    ...(entry.searchable === undefined ? {} : { searchable: entry.searchable }),
  };
}

/** Changes of memberships kept as edges; a list with a member that cannot be used changes nothing. */
export function edgeDeltas(
  entry: Patch,
  { refused: known }: Canonical,
  plan: StagingPlan,
): { readonly deltas: StageEdges[]; readonly refused: Fault[] } {
  const deltas: StageEdges[] = [];
  const refused: Fault[] = [];
  for (const [attribute, { key, multi }] of plan.edges) {
    if (!multi || known.some((fault) => fault.where.attribute === attribute)) continue;
    const list = (values: readonly Scalar[] = []): EdgeList => {
      for (const value of values) checkText(String(value));
      return edgeList(values, key);
    };
    const set = entry.set?.[attribute];
    try {
      if (set !== undefined) deltas.push({ attribute, all: list(scalars(set as Value)) });
      else if (entry.add?.[attribute] || entry.remove?.[attribute])
        deltas.push({ attribute, add: list(entry.add?.[attribute]), remove: list(entry.remove?.[attribute]).keys });
    } catch (error) {
      refused.push(toFault(error, { attribute }));
    }
  }
  return { deltas, refused };
}
