/** What people, groups and accounts are called in lists. */
import { type Attributes, scalars, type Value } from './values.ts';

const LABELS = ['displayName', 'name', 'login', 'mail', 'employeeId'];

/** Of a person or group: the first of these attributes that has a value, else its id. */
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

/** Of an account: its name, such as a DN, where its system has names, since an anchor may be a number that tells nobody anything. */
export function accountName({ name, anchor }: { readonly name: string | null; readonly anchor: string | null }): string | null {
  return name ?? anchor;
}
