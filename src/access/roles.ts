/** What a role permits. A person may have several roles; so may a token of an application. */

import { ROLES, type Role } from '#core/roles';

export { ROLES, type Role } from '#core/roles';

/** What somebody must be allowed to do. The command line may do everything; the server asks. */
export type Permission =
  | 'configuration.read'
  | 'configuration.write'
  | 'people.read'
  | 'runs.read'
  | 'runs.start'
  | 'decisions.read'
  | 'decisions.make'
  | 'metrics.read'
  | 'audit.read'
  | 'audit.erase'
  | 'access.read'
  | 'access.manage'
  | 'profile.read'
  | 'profile.write';

/** The first one, and whoever manages the others. */
export const ADMINISTRATOR: Role = 'administrator';

const READS: readonly Permission[] = [
  'configuration.read',
  'people.read',
  'profile.read',
  'runs.read',
  'decisions.read',
  'metrics.read',
];

const PERMITS: { readonly [role in Role]: readonly Permission[] } = {
  administrator: [
    ...READS,
    'configuration.write',
    'runs.start',
    'decisions.make',
    'audit.read',
    'audit.erase',
    'access.read',
    'access.manage',
    'profile.write',
  ],
  operator: [...READS, 'profile.write', 'runs.start', 'decisions.make'],
  auditor: [...READS, 'audit.read', 'access.read'],
  monitor: ['metrics.read'],
  person: ['profile.read', 'profile.write'],
};

export function isRole(name: string): name is Role {
  return (ROLES as readonly string[]).includes(name);
}

/** Roles that this program does not know, of a store that a newer one wrote, permit nothing. */
export function permits(roles: readonly string[], permission: Permission): boolean {
  return roles.some((role) => isRole(role) && PERMITS[role].includes(permission));
}
