/**
 * A resource as it is worked with: attributes by the names of their schemas, those of an extension under its URN, without prototypes.
 * What is unassigned is not there. Several values stand in canonical order and each once, the sub-attributes of a complex one
 * in the order of canonical JSON, so that equal resources have equal texts. The members of a group are not in it.
 */
import { bare, hasAny } from '#core/values';
import { type Field, fieldsOf } from './fields.ts';
import type { ScimResourceType } from './schema.ts';

export type Plain = string | number | boolean | readonly Plain[] | Complex;
export type Complex = { readonly [name: string]: Plain };

/** With `id` and `meta: { created, lastModified, version }` once it is kept; `version` is a number that counts up. */
export type Resource = { readonly [name: string]: Plain };

export function fieldValue(resource: Resource, field: Field): Plain | undefined {
  const { name } = field.attribute;
  if (field.urn === null) return own(resource, name);
  const extended = own(resource, field.urn) as Complex | undefined;
  return extended === undefined ? undefined : own(extended, name);
}

/** A schema may have an attribute called `constructor`. */
function own(record: Resource, name: string): Plain | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A resource that is being made; what it holds is replaced, never changed. */
export class Draft {
  readonly #values: { [name: string]: Plain };
  /** Extensions that are this draft's own by now. */
  readonly #own = new Map<string, { [name: string]: Plain }>();

  constructor(of: Resource = {}) {
    this.#values = Object.assign(bare<Plain>(), of);
  }

  get(field: Field): Plain | undefined {
    return fieldValue(this.#values, field);
  }

  set(field: Field, value: Plain | undefined): void {
    const { name } = field.attribute;
    if (field.urn === null) put(this.#values, name, value);
    else {
      const extended = this.#own.get(field.urn) ?? Object.assign(bare<Plain>(), this.#values[field.urn]);
      this.#own.set(field.urn, extended);
      put(extended, name, value);
      put(this.#values, field.urn, hasAny(extended) ? extended : undefined);
    }
  }

  /** To be left alone from then on. */
  resource(): Resource {
    return this.#values;
  }
}

function put(record: { [name: string]: Plain }, name: string, value: Plain | undefined): void {
  if (value === undefined) delete record[name];
  else record[name] = value;
}

export function sameValue(a: Plain | undefined, b: Plain | undefined): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}

/** Whether everything is equal that a client can change: `id` and `meta` do not count. */
export function sameResource(a: Resource, b: Resource, type: ScimResourceType): boolean {
  return fieldsOf(type).all.every(
    (field) => field.attribute.mutability === 'readOnly' || sameValue(fieldValue(a, field), fieldValue(b, field)),
  );
}
