/** A value that a person fixed: it outranks every rule and source until it is taken back (SEMANTICS 13). */
import { canonicalJson } from '#core/canonical';
import { convert } from '#core/convert';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import type { AttributeType, Value } from '#core/values';
import type { ObjectRow, Store } from '#store/contract';
import { checked, type Decider } from './decision.ts';
import { waitAgain } from './links.ts';

export interface FixSurroundings {
  readonly store: Store;
  readonly config: {
    readonly kinds: ReadonlyMap<string, { readonly attributes: ReadonlyMap<string, AttributeType> }>;
  };
}
export interface Fix {
  readonly object: Pick<ObjectRow, 'id' | 'kind'>;
  readonly attribute: string;
  /** As typed; none = it has no value. */
  readonly values: readonly string[];
  /** More to keep with the decision. */
  readonly detail?: object;
}
export interface Fixed {
  readonly decision: number;
  readonly value: Value;
}

/** Errors: notFound for an unknown attribute, invalidValue for a value that its type does not take. */
export async function fix(wanted: Fix, decider: Decider, { store, config }: FixSurroundings): Promise<Fixed> {
  const by = checked(decider);
  const { object, attribute } = wanted;
  const type = typeOf(wanted, config);
  const value = convert(wanted.values, type);
  const detail = canonicalJson({ ...wanted.detail, attribute, value });
  const before = await store.decisions.list(
    { objectIds: [object.id], kinds: ['fixed'], active: true },
    { after: 0, limit: 1_000 },
  );
  const decision = await store.decisions.record(
    { kind: 'fixed', stagedId: null, objectId: object.id, connection: null, detail, ...by },
    [waitAgain('object', object.id)],
  );
  for (const one of before)
    if ((JSON.parse(one.detail) as { attribute?: string }).attribute === attribute)
      await store.decisions.revoke(one.id, by.at, []);
  return { decision, value };
}

function typeOf({ object, attribute }: Fix, { kinds }: FixSurroundings['config']): AttributeType {
  const attributes = kinds.get(object.kind)?.attributes ?? new Map<string, AttributeType>();
  const type = attributes.get(attribute);
  if (type === undefined) {
    const near = nearest(attribute, attributes.keys());
    throw new RollcallError('notFound', `A ${object.kind} has no attribute '${attribute}'.`, {
      remedy: near === null ? `It has ${[...attributes.keys()].join(', ')}.` : `Did you mean '${near}'?`,
    });
  }
  if (type.type === 'reference' || type.type === 'binary')
    throw new RollcallError('invalidValue', `'${attribute}' holds ${type.type} values; those cannot be fixed.`, {
      remedy: 'Mend it in the source.',
    });
  return type;
}
