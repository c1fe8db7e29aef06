/** Whatever is there and whatever is written: the operations, as a server carries them out, come to the resource that was meant. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resourceTypes } from '#protocols/scim/resource-types';
import { ENTERPRISE_URN } from '#protocols/scim/schemas';
import { type Json, patch } from '../../../test/servers/scim-target.ts';
import type { WriteItem } from '../contract.ts';
import { edited, editsOf } from './edited.ts';
import { operationsFor } from './operations.ts';

const [USER] = resourceTypes([]) as [ReturnType<typeof resourceTypes>[number]];

const text = fc.constantFrom('a', 'b', 'é "x"', 'true', ' ');
const type = fc.constantFrom('work', 'home', 'Work', 'other');
const elements = fc
  .array(fc.record({ value: text, type, display: text }, { requiredKeys: ['value'] }), { maxLength: 3 })
  .chain((all) =>
    fc.option(fc.nat(2), { nil: -1 }).map((at) => all.map((one, i) => (i === at ? { ...one, primary: true } : one))),
  );
const resource = fc.record(
  {
    userName: text,
    title: text,
    name: fc.record({ givenName: text, familyName: text }, { requiredKeys: ['givenName'] }),
    emails: elements,
    roles: elements,
    addresses: fc.array(fc.record({ type, locality: text, country: text }, { requiredKeys: ['type'] }), { maxLength: 2 }),
    [ENTERPRISE_URN]: fc.record(
      { department: text, manager: fc.record({ value: text, displayName: text }, { requiredKeys: ['value'] }) },
      { requiredKeys: ['department'] },
    ),
  },
  { requiredKeys: ['userName'] },
);
const value = fc.oneof(text, fc.constant(null));
const list = fc.oneof(fc.uniqueArray(text, { maxLength: 3 }), fc.constant(null));
const set = fc.record(
  {
    title: value,
    'name.givenName': value,
    'name.middleName': value,
    'emails.work': value,
    'emails.home': value,
    'emails.primary': value,
    'roles.value': list,
    'addresses.work.locality': value,
    'addresses.work.country': value,
    'addresses.other.country': value,
    'addresses.home.formatted': value,
    'enterprise.department': value,
    'enterprise.manager': value,
  },
  { requiredKeys: [] },
);

/** Without what is empty, and without what a reference says of whom it names. */
function plain(one: unknown): unknown {
  if (Array.isArray(one))
    return one.length === 0
      ? undefined
      : one
          .map(plain)
          .map((inner) => JSON.stringify(inner))
          .sort();
  if (typeof one !== 'object' || one === null) return one;
  const parts = Object.entries(one)
    .map(([name, inner]) => [name, plain(name === 'manager' ? { value: (inner as Json)['value'] } : inner)] as const)
    .filter(([, inner]) => inner !== undefined && JSON.stringify(inner) !== '{}');
  return Object.fromEntries(parts.sort());
}

it.each(['paths', 'plain', 'values'] as const)('by %s', (form) => {
  fc.assert(
    fc.property(resource, set, (before, values) => {
      const edits = editsOf({ set: values } as unknown as WriteItem, USER);
      const after = edited(before, edits);
      const there = structuredClone(before) as Json;
      const operations = operationsFor(before, after, edits, form);
      for (const operation of operations) expect(patch(there, operation), JSON.stringify(operations)).toBeUndefined();
      expect(plain(there), JSON.stringify(operations)).toEqual(plain(after));
    }),
    { numRuns: 100 },
  );
});
