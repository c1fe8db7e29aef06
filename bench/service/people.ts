/** The benchmark's people and groups as an identity provider pushes them, and what is asked of them. */
import { personOf } from '../data.ts';
import type { Asking } from './client.ts';

export const CONNECTION = 'idp';
const BASE = `/scim/v2/${CONNECTION}`;
const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** Ids of those that are there before the server is: as it makes them, in their order. */
export const userId = (index: number): string => `01900000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
export const groupId = (index: number): string => `01900000-0000-7000-9000-${index.toString(16).padStart(12, '0')}`;

/** `userName` of person `index`. */
export function userName(seed: number, index: number): string {
  return personOf(seed, index)['mail']!;
}

/** About what Entra ID sends of a person. */
export function userOf(seed: number, index: number): object {
  const person = personOf(seed, index);
  return {
    schemas: [`${CORE}:User`, ENTERPRISE],
    externalId: `x-${person['employee_id']}`,
    userName: person['mail'],
    name: { givenName: person['first_name'], familyName: person['last_name'] },
    displayName: `${person['first_name']} ${person['last_name']}`,
    title: person['title'],
    active: true,
    emails: [{ value: person['mail'], type: 'work', primary: true }],
    phoneNumbers: [{ value: person['mobile'], type: 'mobile' }],
    [ENTERPRISE]: { employeeNumber: person['employee_id'], department: person['department'] },
  };
}

export function groupOf(name: string, members: readonly string[]): object {
  return { schemas: [`${CORE}:Group`], displayName: name, members: members.map((value) => ({ value })) };
}

export function createUser(seed: number, index: number): Asking {
  return { method: 'POST', path: `${BASE}/Users`, body: JSON.stringify(userOf(seed, index)), status: 201 };
}

export function createGroup(name: string): Asking {
  return { method: 'POST', path: `${BASE}/Groups`, body: JSON.stringify(groupOf(name, [])), status: 201 };
}

export function findUser(seed: number, index: number): Asking {
  const filter = encodeURIComponent(`userName eq "${userName(seed, index)}"`);
  return { method: 'GET', path: `${BASE}/Users?filter=${filter}`, status: 200 };
}

/** `from`: `startIndex=1` or `cursor=…`. */
export function listUsers(from: string, count: number): Asking {
  return { method: 'GET', path: `${BASE}/Users?${from}&count=${count}`, status: 200 };
}

export function setDepartment(id: string, department: string): Asking {
  const body = { schemas: [PATCH], Operations: [{ op: 'replace', path: `${ENTERPRISE}:department`, value: department }] };
  return { method: 'PATCH', path: `${BASE}/Users/${id}`, body: JSON.stringify(body), status: 200 };
}

export function addMembers(group: string, members: readonly string[]): Asking {
  return changeGroup(group, { op: 'add', path: 'members', value: members.map((value) => ({ value })) });
}

export function removeMember(group: string, member: string): Asking {
  return changeGroup(group, { op: 'remove', path: `members[value eq "${member}"]` });
}

function changeGroup(id: string, operation: object): Asking {
  const body = JSON.stringify({ schemas: [PATCH], Operations: [operation] });
  return { method: 'PATCH', path: `${BASE}/Groups/${id}`, body, status: 204 };
}
