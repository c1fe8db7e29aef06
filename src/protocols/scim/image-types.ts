/** What the attributes of an image are (image.ts), as a schema says it. */
import type { AttributeType } from '#core/values';
import { fieldsOf, isMembers } from './fields.ts';
import { VALUE } from './image.ts';
import type { ScimAttribute, ScimResourceType } from './schema.ts';

/** What there is beside these is made for rules: `emails.work`. */
export function imageTypes(type: ScimResourceType): { [attribute: string]: AttributeType } {
  const out: { [attribute: string]: AttributeType } = {};
  for (const field of fieldsOf(type).all) {
    const { attribute, subs, subsByName, image } = field;
    if (image === 'id' || attribute.returned === 'never') continue;
    if (isMembers(field)) out[image] = { type: 'reference', multi: true, matching: 'exact' };
    else if (attribute.multiValued) {
      out[image] = { ...typeOf(attribute), type: 'string', multi: true };
      const value = subsByName.get(VALUE);
      if (value !== undefined && value.type !== 'binary') out[`${image}.${VALUE}`] = { ...typeOf(value), multi: true };
    } else if (subs.length === 0) out[image] = typeOf(attribute);
    else for (const sub of subs) out[sub.name === 'value' ? image : `${image}.${sub.name}`] = typeOf(sub);
  }
  return out;
}

function typeOf({ type, multiValued, caseExact }: ScimAttribute): AttributeType {
  const matching = caseExact ? 'exact' : 'caseIgnore';
  if (type === 'boolean') return { type: 'boolean', multi: multiValued, matching: 'boolean' };
  if (type === 'integer') return { type: 'integer', multi: multiValued, matching: 'integer' };
  if (type === 'decimal') return { type: 'decimal', multi: multiValued, matching: 'exact' };
  if (type === 'dateTime') return { type: 'instant', multi: multiValued, matching: 'instant' };
  return { type: 'string', multi: multiValued, matching };
}
