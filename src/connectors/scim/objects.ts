/** Resources as objects, by the names that they have where they are pushed (protocols/scim/image), and what of them cannot be used. */
import type { RawValue, ReadObject } from '#connectors/contract';
import { type Fault, RollcallError } from '#core/errors';
import { checkText } from '#core/text';
import { parseInstant } from '#core/time';
import { fieldsOf } from '#protocols/scim/fields';
import { toImage, VALUE } from '#protocols/scim/image';
import { type Complex, fieldValue, type Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import { readShown } from '#protocols/scim/shown';
import { isObject, type JsonObject } from '#protocols/scim/values';
import type { Place, Service } from './service.ts';
import { KNOWN } from './targets.ts';

export const MEMBERS = 'members';

/** Longer ids are none: they stand in addresses. */
const LONGEST_ID = 2_000;

/** @throws RollcallError for what is no resource with an id, or too large a one */
export function objectOf(service: Service, { kind, type }: Place, body: JsonObject): ReadObject {
  const anchor = idOf(body);
  const { maxObjectBytes } = service.context.limits;
  if (JSON.stringify(body).length > maxObjectBytes)
    throw unusable(`${kind} ${anchor} is larger than the ${maxObjectBytes} bytes allowed`, 'raise limits.maxObjectSize', anchor);
  const limits = { values: 10_000, members: Number.POSITIVE_INFINITY, text: maxObjectBytes, total: maxObjectBytes };
  const { resource, members, refused } = readShown(body, type, limits);
  const attributes: { [attribute: string]: RawValue } = toImage(resource, type);
  const meta = isObject(body['meta']) ? body['meta'] : {};
  for (const name of ['created', 'lastModified']) {
    const at = Object.hasOwn(meta, name) ? meta[name] : undefined;
    if (typeof at === 'string' && parseInstant(at) !== null) attributes[`meta.${name}`] = at;
  }
  const isGroup = fieldsOf(type).coreByName.has(MEMBERS);
  // An empty list stands for no members only where members are shown.
  if (isGroup && service.membersShown && members !== undefined) attributes[MEMBERS] = members;
  const partial = [...(isGroup && !service.membersShown ? [MEMBERS] : []), ...cutIn(service, resource, type)];
  const changedAt = attributes['meta.lastModified'];
  return {
    kind,
    anchor,
    attributes,
    ...(partial.length === 0 ? {} : { partial }),
    ...(refused.length === 0 ? {} : { refused: refused.map((one) => faultOf(one, anchor)) }),
    ...(typeof changedAt === 'string' ? { changedAt } : {}),
  };
}

/** @throws RollcallError */
export function idOf(body: JsonObject): string {
  const id = Object.hasOwn(body, 'id') ? body['id'] : undefined;
  const text = typeof id === 'number' ? String(id) : id;
  if (typeof text !== 'string' || text === '' || text.length > LONGEST_ID)
    throw unusable('a resource has no id', 'look at it in the server');
  return checkText(text);
}

/** Lists of which the server shows so many and no more. */
function cutIn({ config }: Service, resource: Resource, type: ScimResourceType): readonly string[] {
  const { cut = {} } = KNOWN[config.target];
  return fieldsOf(type).core.flatMap((field) => {
    const most = Object.hasOwn(cut, field.image) ? cut[field.image]! : undefined;
    const elements = fieldValue(resource, field) as readonly Complex[] | undefined;
    return most !== undefined && (elements?.length ?? 0) >= most ? [field.image, `${field.image}.${VALUE}`] : [];
  });
}

function faultOf({ attribute, why }: { attribute: string; why: string }, anchor: string): Fault {
  return { kind: 'invalidValue', message: why, where: { object: anchor, attribute }, remedy: 'mend it in the server' };
}

function unusable(message: string, remedy: string, object?: string): RollcallError {
  return new RollcallError('invalidValue', message, { remedy, ...(object === undefined ? {} : { where: { object } }) });
}
