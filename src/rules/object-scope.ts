/** What rules about a person or group may read: the kind's attributes, `id`, `active`, `state`, and one hop. */
import type { Kind } from '#core/values';
import type { FlowContext, OwnFunction } from './flow.ts';
import type { MetaAttribute, ObjectScope } from './model.ts';

export interface ObjectContext {
  readonly kind: Kind;
  readonly attributes: ReadonlyMap<string, MetaAttribute>;
  readonly refersTo: (attribute: string) => Kind;
  readonly attributesOf: (kind: Kind) => ReadonlyMap<string, MetaAttribute> | null;
  readonly zone: string;
  readonly functionOf?: (reference: string) => OwnFunction | null;
}

/** Known of every object besides its attributes. */
export const OWN_NAMES: readonly string[] = ['id', 'active', 'state'];

export function ofObject(scope: ObjectScope, name: string): unknown {
  return scope.object[name];
}

export function objectScope(context: ObjectContext, counter = false): FlowContext<ObjectScope> {
  const references = new Map<string, ReadonlySet<string> | null>();
  for (const attribute of context.attributes.values()) {
    if (attribute.type !== 'reference' || attribute.multi) continue;
    const behind = context.attributesOf(context.refersTo(attribute.name));
    references.set(attribute.name, behind === null ? null : new Set([...behind.keys(), ...OWN_NAMES]));
  }
  return {
    variable: context.kind,
    attributes: new Set([...context.attributes.keys(), ...OWN_NAMES]),
    references,
    zone: context.zone,
    counter,
    get: ofObject,
    functionOf: context.functionOf ?? null,
  };
}
