import type { Matching } from '#core/values';
import type { ReferenceBy } from '#rules/model';
import type { EngineConnection, EngineContext } from '../context.ts';
import type { StagingPlan } from './staging.ts';

/** How the keys of a reference are compared. */
export function referenceMatching(context: Pick<EngineContext, 'kinds'>, reference: ReferenceBy): Matching {
  if (reference.by === 'anchor') return 'exact';
  if (reference.by === 'name') return 'dn';
  return context.kinds.get(reference.kind)?.attributes.get(reference.by.attribute)?.matching ?? 'exact';
}

/** Everything that any rule asks of this connection's staged objects beyond their images. */
export function stagingPlan(context: Pick<EngineContext, 'kinds' | 'connections'>, connection: EngineConnection): StagingPlan {
  const edges = new Map<string, { matching: Matching; multi: boolean }>();
  const keys = new Map<string, { scope: string; matching: Matching }>();
  const timed = new Set<string>();
  for (const rule of connection.imports.values()) {
    for (const edge of rule.edges)
      edges.set(edge.attribute, { matching: referenceMatching(context, edge.reference), multi: edge.multi });
    const attributes = context.kinds.get(rule.kind)!.attributes;
    for (const flow of rule.flows)
      if (attributes.get(flow.attribute)?.strategy === 'latest') for (const read of flow.reads) timed.add(read);
  }
  for (const rule of connection.exports.values())
    for (const flow of rule.flows)
      if (flow.reference?.multi && !edges.has(flow.attribute))
        edges.set(flow.attribute, { matching: flow.reference.by === 'name' ? 'dn' : 'exact', multi: true });
  for (const kind of context.kinds.values())
    for (const attribute of kind.attributes.values())
      for (const place of attribute.unique?.uniqueIn ?? [])
        if (place.connection === connection.name)
          keys.set(place.attribute, { scope: stagedScope(place.connection, place.attribute), matching: attribute.matching });
  return { edges, keys, timed };
}

/** Scope of a staged attribute's values in the key table. */
export function stagedScope(connection: string, attribute: string): string {
  return `staged:${connection}.${attribute}`;
}
