/** Single resources, by id or by a value. A server that does not look at a filter shows everybody: what it shows is looked at here. */
import type { RawValue, ReadObject } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { foldCase } from '#core/fold';
import type { Kind } from '#core/values';
import { fieldsOf } from '#protocols/scim/fields';
import { imageTypes } from '#protocols/scim/image-types';
import type { ScimResourceType } from '#protocols/scim/schema';
import { refusal } from './faults.ts';
import { objectOf } from './objects.ts';
import { listIn, pagesOf } from './pages.ts';
import { answerFor, type Place, placeOfKind, type Service } from './service.ts';

export async function lookUp(
  service: Service,
  by: { readonly anchor: string } | { readonly attribute: string; readonly value: string },
  kind: Kind,
): Promise<readonly ReadObject[]> {
  const place = placeOfKind(service, kind);
  if (place === undefined) return [];
  if ('anchor' in by) {
    const object = await byId(service, place, by.anchor);
    return object === null ? [] : [object];
  }
  const { attribute, value } = by;
  const path = pathIn(place.type, attribute);
  const { filters } = await service.able();
  const isAsked = path !== null && (filters?.has(attribute) ?? true);
  const isExact = imageTypes(place.type)[attribute]?.matching === 'exact';
  const found: ReadObject[] = [];
  for await (const body of isAsked ? filtered(service, place, `${path} eq ${JSON.stringify(value)}`) : all(service, place)) {
    const object = objectOf(service, place, body);
    if (holds(object.attributes[attribute], value, isExact)) found.push(object);
  }
  return found;
}

async function byId(service: Service, place: Place, anchor: string): Promise<ReadObject | null> {
  const answer = await answerFor(service, place, anchor);
  return answer === null ? null : objectOf(service, place, answer.body!);
}

async function* filtered(service: Service, place: Place, filter: string): AsyncGenerator<Parameters<typeof objectOf>[2]> {
  const path = `${place.endpoint}?filter=${encodeURIComponent(filter)}`;
  const what = `the search in ${place.endpoint}`;
  const answer = await service.send({ method: 'GET', path });
  // Some answer so where there is nobody.
  if (answer.status === 404) return;
  // It does not find by that: everybody is looked at.
  if (answer.status === 400) return yield* all(service, place);
  if (answer.status !== 200 || answer.body === null) throw refusal(what, answer);
  const { resources, total } = listIn(answer, place.endpoint);
  // Whom a first page does not show may be the one.
  if (total !== undefined && total > resources.length) yield* all(service, place);
  else yield* resources;
}

async function* all(service: Service, place: Place): AsyncGenerator<Parameters<typeof objectOf>[2]> {
  for await (const { resources, end } of pagesOf(service, place)) {
    yield* resources;
    if (end?.reason !== undefined) throw new RollcallError('unavailable', end.reason.message, { remedy: end.reason.remedy! });
  }
}

/** How a filter names it; null for what no filter of every server can name. */
function pathIn(type: ScimResourceType, attribute: string): string | null {
  const field = fieldsOf(type)
    .all.filter(({ image }) => attribute === image || attribute.startsWith(`${image}.`))
    .sort((a, b) => b.image.length - a.image.length)[0];
  if (field === undefined || field.attribute.multiValued) return null;
  const name = field.urn === null ? field.attribute.name : `${field.urn}:${field.attribute.name}`;
  const rest = attribute.slice(field.image.length);
  return field.subs.length > 0 && rest === '' ? `${name}.value` : `${name}${rest}`;
}

function holds(raw: RawValue | undefined, value: string, isExact: boolean): boolean {
  const all = raw === undefined || raw === null ? [] : Array.isArray(raw) ? raw : [raw];
  const norm = isExact ? String : (one: unknown) => foldCase(String(one));
  return all.some((one) => norm(one) === norm(value));
}
