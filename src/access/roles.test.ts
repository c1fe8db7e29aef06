import { expect, test } from 'vitest';
import { isRole, type Permission, permits, ROLES } from './roles.ts';

const CHANGES: readonly Permission[] = ['configuration.write', 'runs.start', 'decisions.make', 'access.manage'];

test('only administrators manage access and the configuration; auditors change nothing', () => {
  expect(ROLES.filter((role) => permits([role], 'access.manage'))).toEqual(['administrator']);
  expect(ROLES.filter((role) => permits([role], 'configuration.write'))).toEqual(['administrator']);
  expect(ROLES.filter((role) => permits([role], 'runs.start'))).toEqual(['administrator', 'operator']);
  expect(CHANGES.filter((change) => permits(['auditor', 'person'], change))).toEqual([]);
});

test('a person sees the own profile alone', () => {
  expect(permits(['person'], 'profile.read')).toBe(true);
  expect(permits(['person'], 'people.read')).toBe(false);
});

test('several roles permit what each does; none, and unknown ones, nothing', () => {
  expect(permits(['person', 'auditor'], 'audit.read')).toBe(true);
  for (const roles of [[], ['owner'], ['constructor'], ['__proto__']]) expect(permits(roles, 'people.read')).toBe(false);
  expect(isRole('toString')).toBe(false);
});
