import type { Matching, Scalar } from '#core/values';
import type { ReferenceBy } from '#rules/model';
import type { EngineConnection, EngineContext } from '../context.ts';
import { type PlannedEdge, referenceKey, type StagingPlan } from './staging.ts';

/** The key of a reference, as it is stored and looked up. */
export function keyBy(context: Pick<EngineContext, 'kinds'>, reference: ReferenceBy): (scalar: Scalar) => string {
  const { by } = reference;
  const matching =
    typeof by === 'string' ? 'exact' : (context.kinds.get(reference.kind)?.attributes.get(by.attribute)?.matching ?? 'exact');
  return (scalar) => referenceKey(scalar, by, matching);
}

/** A connection is one of one configuration. */
const known = new WeakMap<EngineConnection, StagingPlan>();

/** Everything that any rule asks of this connection's staged objects beyond their images. */
export function stagingPlan(context: Pick<EngineContext, 'kinds' | 'connections'>, connection: EngineConnection): StagingPlan {
  const plan = known.get(connection) ?? newPlan(context, connection);
  known.set(connection, plan);
  return plan;
}

function newPlan(context: Pick<EngineContext, 'kinds' | 'connections'>, connection: EngineConnection): StagingPlan {
  const edges = new Map<string, PlannedEdge & { kinds: Set<string> }>();
  const keys = new Map<string, { scope: string; matching: Matching }>();
  const timed = new Set<string>();
  const plan = (attribute: string, kind: string, key: PlannedEdge['key'], multi: boolean): void => {
    const known = edges.get(attribute);
    if (known) known.kinds.add(kind);
    else edges.set(attribute, { key, multi, kinds: new Set([kind]) });
  };
  const decides = new Map<string, Set<string>>();
  for (const rule of connection.imports.values()) {
    decides.set(rule.from, new Set([...(decides.get(rule.from) ?? []), ...rule.decides]));
    for (const edge of rule.edges) plan(edge.attribute, rule.from, keyBy(context, edge.reference), edge.multi);
    const attributes = context.kinds.get(rule.kind)!.attributes;
    for (const flow of rule.flows)
      if (attributes.get(flow.attribute)?.strategy === 'latest') for (const read of flow.reads) timed.add(read);
  }
  for (const [kind, attributes] of Object.entries(connection.definition.edges ?? {}))
    for (const attribute of attributes) plan(attribute, kind, (scalar) => referenceKey(scalar, 'anchor', 'exact'), true);
  for (const rule of connection.exports.values()) {
    for (const { attribute, reference } of rule.flows) {
      // A directory may change a name in any reference by itself, when who is named goes: those who refer are found by it.
      if (!reference?.multi && (reference?.by !== 'name' || connection.definition.refersTo !== 'present')) continue;
      const { by, multi } = reference;
      plan(attribute, rule.to, (scalar) => referenceKey(scalar, by, 'exact'), multi);
    }
  }
  for (const kind of context.kinds.values())
    for (const attribute of kind.attributes.values())
      for (const place of attribute.unique?.uniqueIn ?? [])
        if (place.connection === connection.name)
          keys.set(place.attribute, { scope: stagedScope(place.connection, place.attribute), matching: attribute.matching });
  return { edges, keys, timed, decides, named: new Set([...keys.keys(), ...edges.keys(), ...namedBy(connection)]) };
}

function* namedBy(connection: EngineConnection): Iterable<string> {
  for (const rule of connection.imports.values()) {
    for (const { reads } of rule.conditions) yield* reads;
    for (const flow of rule.flows) yield* flow.reads;
  }
  for (const rule of connection.exports.values()) {
    if (rule.enabled !== null) yield rule.enabled.attribute;
    for (const flow of rule.flows) yield flow.attribute;
  }
}

/** Scope of a staged attribute's values in the key table. */
export function stagedScope(connection: string, attribute: string): string {
  return `staged:${connection}.${attribute}`;
}
