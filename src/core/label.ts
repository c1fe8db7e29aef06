/** What a person or group is called in lists: the first of these attributes that has a value, else its id. */
import { type Attributes, scalars, type Value } from './values.ts';

const LABELS = ['displayName', 'name', 'login', 'mail', 'employeeId'];

export function labelOf(attributes: Attributes, id: number): string {
  const given = text(attributes['givenName']);
  const family = text(attributes['familyName']);
  const whole = [given, family].filter((part) => part !== null).join(' ');
  if (text(attributes['displayName']) === null && whole !== '') return whole;
  for (const name of LABELS) {
    const found = text(attributes[name]);
    if (found !== null) return found;
  }
  return `#${id}`;
}

function text(value: Value | undefined): string | null {
  const first = scalars(value)[0];
  return typeof first === 'string' && first !== '' ? first : typeof first === 'number' ? String(first) : null;
}
