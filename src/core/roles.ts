/** Who there is, as far as rights go. A person may have several roles; so may a token of an application. */
export const ROLES = ['administrator', 'operator', 'auditor', 'monitor', 'person'] as const;
export type Role = (typeof ROLES)[number];

/** Who sees or edits something of somebody: whoever has a role that is about people, and whom it is about. */
export type Viewer = Exclude<Role, 'monitor'> | 'self';
export const VIEWERS: readonly Viewer[] = [...ROLES.filter((role) => role !== 'monitor'), 'self'];
