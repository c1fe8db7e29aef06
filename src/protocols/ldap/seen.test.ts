import { expect, it } from 'vitest';
import { Seen } from './seen.ts';

const USUAL = ['top', 'person', 'inetOrgPerson'];

function seen(...people: readonly { readonly dn: string; readonly [attribute: string]: unknown }[]): Seen {
  const all = new Seen();
  for (const { dn, ...attributes } of people)
    all.add({ dn, kind: 'person', classes: (attributes['objectClass'] as string[] | undefined) ?? USUAL, attributes });
  return all;
}

it('says what entries have, how many of them, whether there are several, and what are names of others', () => {
  const { person } = seen(
    { dn: 'uid=a,ou=p', uid: 'a', mail: ['a@x', 'b@x'], manager: 'uid=b,ou=p' },
    { dn: 'uid=b,ou=p', uid: 'b', note: 'a=b' },
  ).columns();
  expect(person).toEqual([
    { name: 'uid', share: 1 },
    { name: 'mail', share: 0.5, several: true },
    { name: 'manager', share: 0.5, refersBy: 'name' },
    { name: 'note', share: 0.5 },
  ]);
});

it('names people as most of them are named, however odd the others are', () => {
  const all = seen({ dn: 'CN=a,OU=p,DC=x' }, { dn: 'CN=b,OU=p,DC=x' }, { dn: 'CN=c+uid=c,OU=p,DC=x' }, { dn: 'no name' });
  expect(all.naming()).toEqual({ rdn: 'CN', parent: 'OU=p,DC=x' });
  expect(seen().naming()).toBeNull();
});

it('names classes only where new entries would get others', () => {
  expect(seen({ dn: 'uid=a', objectClass: ['inetOrgPerson'] }).unusualClasses(USUAL)).toBeNull();
  expect(seen({ dn: 'uid=a', objectClass: [...USUAL, 'mine'] }).unusualClasses(USUAL)).toEqual([...USUAL, 'mine']);
  expect(seen({ dn: 'cn=a', objectClass: ['person'] }).unusualClasses(USUAL)).toEqual(['person']);
});

it('takes attributes of any name', () => {
  const all = new Seen();
  all.add({ dn: 'uid=a', kind: '__proto__', classes: [], attributes: Object.assign(Object.create(null), { __proto__x: '1' }) });
  expect(all.entries('__proto__')).toBe(1);
});
