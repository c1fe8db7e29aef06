/** Every attribute of every schema, the way a conformance test of clients goes through them, in the strict reading. */
import { describe, expect, it } from 'vitest';
import { readNew } from './body.ts';
import { type Field, fieldsOf, isMembers } from './fields.ts';
import { fromImage, toImage } from './image.ts';
import { applyPatch } from './patch.ts';
import { PATCH_URN } from './patch-operations.ts';
import { selectionOf, showResource } from './project.ts';
import { type Complex, fieldValue, type Plain, type Resource } from './resource.ts';
import { resourceTypes } from './resource-types.ts';
import type { ScimAttribute, ScimResourceType } from './schema.ts';

const STRICT = { tolerant: false };
const SIMPLE: { readonly [type in ScimAttribute['type']]: Plain } = {
  string: 'text',
  boolean: true,
  decimal: 1.5,
  integer: 7,
  dateTime: '2026-03-01T08:00:00+01:00',
  binary: 'AAAA',
  reference: 'https://example.org/x',
  complex: {},
};

const cases = resourceTypes([]).flatMap((type) =>
  fieldsOf(type)
    .all.filter(({ attribute }) => attribute.mutability === 'readWrite' && attribute.name !== 'schemas')
    .filter((field) => !isMembers(field))
    .map((field) => ({ type, field, name: `${type.name} ${field.image}` })),
);

function sample({ attribute, subs }: Field): Plain {
  const one =
    subs.length === 0
      ? SIMPLE[attribute.type]
      : Object.fromEntries(subs.filter(isOurs).map((sub) => [sub.name, SIMPLE[sub.type]]));
  return attribute.multiValued ? [one] : one;
}

function isOurs({ mutability }: ScimAttribute): boolean {
  return mutability !== 'readOnly';
}

interface Case {
  readonly type: ScimResourceType;
  readonly field: Field;
}

function bareOf({ type }: Case): Resource {
  return { ...needed(type), id: '1' };
}

function needed(type: ScimResourceType): Resource {
  const required = fieldsOf(type).core.filter(({ attribute }) => attribute.required);
  return Object.fromEntries(required.map(({ attribute }) => [attribute.name, 'needed']));
}

function pathOf({ attribute, urn }: Field): string {
  return urn === null ? attribute.name : `${urn}:${attribute.name}`;
}

/** As it stands in a body. */
function inBody({ attribute, urn }: Field, value: Plain): { readonly [name: string]: Plain } {
  const own = { [attribute.name]: value };
  return urn === null ? own : { [urn]: own };
}

function patch({ type }: Case, of: Resource, op: string, path: string | undefined, value?: Plain): Resource {
  const operation = { op, ...(path === undefined ? {} : { path }), ...(value === undefined ? {} : { value }) };
  const patched = applyPatch({ schemas: [PATCH_URN], Operations: [operation] }, of, type, STRICT);
  if (!('resource' in patched)) throw new Error('it asks for members');
  return patched.resource === 'unchanged' ? of : patched.resource;
}

describe('every attribute', () => {
  it.each(cases)('$name is kept as it was sent, and shown so', ({ type, field }) => {
    const value = sample(field);
    const { resource } = readNew({ schemas: [type.schema.id], ...needed(type), ...inBody(field, value) }, type, STRICT);
    expect(fieldValue(resource, field)).toEqual(value);
    const back = fromImage(toImage({ ...resource, id: '1' }, type), '1', type);
    const selection = selectionOf({ attributes: [], excludedAttributes: [] }, type);
    const shown = fieldValue(showResource(back, type, { baseUrl: 'https://x', selection }), field);
    if (Array.isArray(value) || typeof value !== 'object') expect(shown).toEqual(value);
    else expect(shown).toMatchObject(value);
  });

  it.each(cases)('scim2-tester: $name is added, replaced and removed, by its path and without one', (one) => {
    const { field } = one;
    const [value, path] = [sample(field), pathOf(field)];
    for (const op of ['add', 'replace']) {
      expect(fieldValue(patch(one, bareOf(one), op, path, value), field)).toEqual(value);
      expect(fieldValue(patch(one, bareOf(one), op, undefined, inBody(field, value)), field)).toEqual(value);
      if (field.urn !== null)
        expect(fieldValue(patch(one, bareOf(one), op, field.urn, { [field.attribute.name]: value }), field)).toEqual(value);
    }
    const added = patch(one, bareOf(one), 'add', path, value);
    if (field.attribute.required) expect(() => patch(one, added, 'remove', path)).toThrow('required');
    else expect(patch(one, added, 'remove', path)).toEqual(bareOf(one));
  });

  it.each(cases.filter(({ field }) => field.subs.length > 0))(
    'scim2-tester: parts of $name are added, replaced and removed',
    (one) => {
      const { field } = one;
      const added = patch(one, bareOf(one), 'add', pathOf(field), sample(field));
      const held = (of: Resource, name: string): Plain | undefined => {
        const whole = fieldValue(of, field);
        return ((Array.isArray(whole) ? whole[0] : whole) as Complex | undefined)?.[name];
      };
      for (const { name, type } of field.subs.filter(isOurs)) {
        const path = `${pathOf(field)}.${name}`;
        for (const op of ['add', 'replace'])
          expect(held(patch(one, bareOf(one), op, path, SIMPLE[type]), name)).toEqual(SIMPLE[type]);
        expect(held(patch(one, added, 'remove', path), name)).toBeUndefined();
      }
    },
  );
});
