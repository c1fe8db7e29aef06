/** Where each operation is found: method and path; everything else about it is said by its definition. */
import { type AnyOperation, OPERATIONS } from '#operations/all';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** As OpenAPI writes it: `{run}` is a field of the operation's input. */
  readonly path: string;
  readonly operation: AnyOperation;
  readonly summary: string;
}

const TABLE: readonly (readonly [method: Route['method'], path: string, operation: string, summary: string])[] = [
  ['GET', '/api/check', 'check', 'The configuration, its faults, and whether every system can be reached'],
  ['GET', '/api/runs', 'runs', 'Runs, the latest first'],
  ['GET', '/api/schedule', 'schedule', 'When runs start by themselves'],
  ['GET', '/api/runs/{run}', 'run show', 'One run: counts, changes, errors'],
  ['POST', '/api/runs', 'run', 'Run now: a cycle, a part of it, or one person'],
  ['POST', '/api/plans', 'plan', 'What a run would do; nothing is written'],
  ['POST', '/api/previews', 'preview', 'What becomes of one object of a connection'],
  ['GET', '/api/people', 'people', 'Search people and groups'],
  ['POST', '/api/people', 'person new', 'A new person, whom no source has'],
  ['GET', '/api/people/{person}', 'profile', 'One person: agreed values, where each comes from, what can be edited'],
  ['POST', '/api/people/{person}/edits', 'edit', 'Edit values of a person, as a source among the others'],
  ['GET', '/api/people/{person}/photo', 'photo', 'The photo of a person, in one of a few sizes'],
  ['POST', '/api/people/{person}/photo', 'photo set', 'Set the photo of a person, or take it away'],
  ['POST', '/api/people/{person}/export', 'person export', 'Everything that is held about a person'],
  ['POST', '/api/people/{person}/erasure', 'person erase', 'Erase a person, or show what would go and what stays'],
  ['POST', '/api/people/{person}/readmission', 'person readmit', 'Somebody who was erased may be taken in again'],
  ['GET', '/api/people/{person}/reports', 'reports', 'The people whose manager somebody is'],
  ['GET', '/api/people/{person}/groups', 'groups', 'The groups somebody is in'],
  ['GET', '/api/groups/{group}/members', 'members', 'Whom a group has'],
  ['GET', '/api/people/{person}/explanation', 'explain', 'Why every value is what it is'],
  ['GET', '/api/people/{person}/history', 'history', 'What changed, when and why'],
  ['POST', '/api/people/{person}/fixed', 'fix', 'Fix an attribute of a person by hand'],
  ['GET', '/api/connections/{target}/waiting', 'waiting', 'What waits for approval'],
  ['POST', '/api/connections/{target}/approval', 'approve', 'Approve what waits'],
  ['POST', '/api/connections/{target}/discard', 'discard', 'Discard what waits'],
  ['POST', '/api/connections/{connection}/hold', 'hold', 'Hold a connection: nothing is read from it or written to it'],
  ['POST', '/api/connections/{connection}/release', 'release', 'Release a connection that is held'],
  ['GET', '/api/parked', 'parked', 'What waits for a person or for a change'],
  ['POST', '/api/parked/{id}/decision', 'parked decide', 'Decide about one parked item'],
  ['POST', '/api/parked/decisions', 'parked decide-all', 'Decide about all parked items of a kind'],
  ['POST', '/api/links', 'link', 'Link an account to a person'],
  ['POST', '/api/links/end', 'unlink', 'End the link of an account'],
  ['GET', '/api/decisions', 'decisions', 'What people decided'],
  ['POST', '/api/decisions/{id}/revocation', 'decisions revoke', 'Take a decision back'],
  ['POST', '/api/retention', 'clean', 'Remove what is older than it is to be kept, now'],
  ['GET', '/api/audit', 'audit', 'Who did what, the latest first'],
  ['GET', '/api/audit/head', 'audit head', 'The newest hash of the audit log, to be kept elsewhere'],
  ['GET', '/api/audit/verification', 'audit verify', 'Whether the audit log is as it was written'],
  ['POST', '/api/people/{person}/audit-erasure', 'audit erase', 'Take the values of a person out of the audit log'],
  ['POST', '/api/notifications/trial', 'notify test', 'Send a trial message to those who are told when something is amiss'],
  ['GET', '/api/accounts', 'account list', 'Accounts: who may sign in, and what they may do'],
  ['POST', '/api/accounts', 'account invite', 'Make an account; the link to choose a password is in this answer alone'],
  ['POST', '/api/accounts/{name}/disabling', 'account disable', 'Nobody signs in to an account any more'],
  ['POST', '/api/accounts/{name}/enabling', 'account enable', 'An account that was disabled may be used again'],
  ['POST', '/api/accounts/{name}/reset', 'account reset', 'A link to choose a new password; it is in this answer alone'],
  ['GET', '/api/tokens', 'token list', 'Tokens, without their texts'],
  ['POST', '/api/tokens', 'token create', 'Make a token; its text is in this answer alone'],
  ['POST', '/api/tokens/{id}/rotation', 'token rotate', 'A new secret for a token; the old one goes on for a while'],
  ['POST', '/api/tokens/{id}/revocation', 'token revoke', 'End a token for good'],
];

export const ROUTES: readonly Route[] = TABLE.map(([method, path, name, summary]) => ({
  method,
  path,
  operation: OPERATIONS.get(name)!,
  summary,
}));

/** Fields of the input that stand in the path. */
export function pathFields(path: string): readonly string[] {
  return [...path.matchAll(/\{([a-zA-Z]+)\}/g)].map(([, name]) => name!);
}
