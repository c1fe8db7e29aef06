/** Members of a group as clients name them: by their ids alone. What else they say of a member is this service's to say. */
import type { Field } from './fields.ts';
import { invalid, isObject, type Reading } from './values.ts';

/** Ids, each once, in the order they were named. `null` and an empty list are none. @throws ScimError `invalidValue` */
export function readMembers(field: Field, raw: unknown, reading: Reading): readonly string[] {
  const where = field.image;
  if (raw === null || raw === undefined) return [];
  if (!Array.isArray(raw) && !reading.tolerant) throw invalid(where, 'it has several values: write a list');
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  if (list.length > reading.limits.members)
    throw invalid(where, `more than the ${reading.limits.members} members allowed are named`);
  const ids = new Set<string>();
  for (const one of list) ids.add(memberId(where, one, reading));
  return [...ids];
}

function memberId(where: string, raw: unknown, reading: Reading): string {
  let value = raw;
  if (isObject(raw)) {
    value = Object.hasOwn(raw, 'value') ? raw['value'] : undefined;
    if (value === undefined && reading.tolerant)
      value = Object.entries(raw).find(([name]) => name.toLowerCase() === 'value')?.[1];
  } else if (!reading.tolerant) throw invalid(where, 'a member is an object');
  if (typeof value === 'number' && reading.tolerant) value = String(value);
  if (typeof value !== 'string' || value === '') throw invalid(where, 'a member has no value: write the id of a user or group');
  return reading.id(where, value);
}
