/**
 * A resource as another server shows it → what is meant: the tolerant reading of what clients write, except that nothing is refused
 * as a whole. An attribute that cannot be read is left out, and named.
 */
import { extensionNamed } from './body.ts';
import { ScimError } from './errors.ts';
import { type Field, fieldOf, isMembers } from './fields.ts';
import { readMembers } from './members.ts';
import { Draft, type Resource } from './resource.ts';
import type { ScimResourceType } from './schema.ts';
import { isObject, type JsonObject, type Limits, Reading, readValue } from './values.ts';

export interface Shown {
  /** Without `id`, `meta`, members, and what only a server writes. */
  readonly resource: Resource;
  /** Ids, each once; undefined where it shows none. */
  readonly members: readonly string[] | undefined;
  /** Attributes, by their names in an image, and why they cannot be read. */
  readonly refused: readonly { readonly attribute: string; readonly why: string }[];
}

export function readShown(body: JsonObject, type: ScimResourceType, limits: Partial<Limits>): Shown {
  const reading = new Reading({ tolerant: true, limits });
  const draft = new Draft();
  const refused: { attribute: string; why: string }[] = [];
  let members: readonly string[] | undefined;

  const read = (field: Field | undefined, raw: unknown): void => {
    if (field === undefined || field.attribute.mutability === 'readOnly' || field.attribute.returned === 'never') return;
    if (field.image === 'schemas') return;
    try {
      if (isMembers(field)) members = readMembers(field, raw, reading);
      else {
        const value = readValue(field, raw, reading);
        if (value !== undefined) draft.set(field, value);
      }
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      refused.push({ attribute: field.image, why: error.message });
    }
  };

  for (const name of Object.keys(body)) {
    const extension = extensionNamed(type, name, reading);
    if (extension === undefined) read(fieldOf(type, null, name, false), body[name]);
    else if (isObject(body[name]))
      for (const inner of Object.keys(body[name])) read(fieldOf(type, extension.schema.id, inner), body[name][inner]);
  }
  return { resource: draft.resource(), members, refused };
}
