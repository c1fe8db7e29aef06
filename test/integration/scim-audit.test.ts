/** What an identity provider pushes is in the audit log, with its token, before and after; what it only asked is not. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Served, served } from './served.ts';

const YAML = `
connections:
  idp:
    type: scim-push
    import:
      person:
        join: [login]
        project: true
        attributes: { login: userName, title: title }
`;

interface Noted {
  readonly action: string;
  readonly by: string;
  readonly as: string;
  readonly source: string | null;
  readonly outcome: string;
  readonly before: { readonly title?: string } | null;
  readonly after: { readonly title?: string; readonly userName?: string } | null;
}

let here: Served;
let headers: { [name: string]: string };
beforeAll(async () => {
  here = await served(YAML);
  const { out } = await here.command('token', 'create', 'provider', '--connection', 'idp', '--json');
  headers = { authorization: `Bearer ${(JSON.parse(out) as { token: string }).token}`, 'content-type': 'application/scim+json' };
});
afterAll(() => here?.close());

it('of each create, update and delete who did it, from where, and what was there', async () => {
  const at = `${here.url}/scim/v2/idp/Users`;
  const ask = (where: string, method: string, body?: object): Promise<Response> =>
    fetch(where, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const made = (await (await ask(at, 'POST', { userName: 'ada', title: 'Clerk' })).json()) as { id: string };
  expect((await ask(at, 'POST', { userName: 'ADA' })).status).toBe(409);
  const other = (await (await ask(at, 'POST', { userName: 'bob' })).json()) as { id: string };
  const taken = { Operations: [{ op: 'replace', path: 'userName', value: 'ADA' }] };
  expect((await ask(`${at}/${other.id}`, 'PATCH', taken)).status).toBe(409);
  expect((await ask(`${at}/${other.id}`, 'PUT', { userName: 'ADA' })).status).toBe(409);
  await ask(`${at}/${made.id}`, 'GET');
  const patch = { Operations: [{ op: 'replace', path: 'title', value: 'Lead' }] };
  expect((await ask(`${at}/${made.id}`, 'PATCH', patch)).status).toBe(200);
  // The same again changes nothing.
  expect((await ask(`${at}/${made.id}`, 'PATCH', patch)).status).toBe(200);
  expect((await ask(`${at}/${made.id}`, 'DELETE')).status).toBe(204);
  const { out } = await here.command('audit', '--action', 'scim', '--json');
  const { events } = JSON.parse(out) as { events: readonly Noted[] };
  const actor = { as: 'token', by: 'provider', source: '127.0.0.1' };
  expect(
    events.toSorted((a, b) => (a.action < b.action ? -1 : a.action > b.action ? 1 : a.outcome < b.outcome ? -1 : 1)),
  ).toMatchObject([
    { action: 'scim.create', ...actor, outcome: 'done', before: null, after: { userName: 'bob' } },
    { action: 'scim.create', ...actor, outcome: 'done', before: null, after: { userName: 'ada', title: 'Clerk' } },
    // Who is erased would not be found by what others were refused because of them.
    { action: 'scim.create', ...actor, outcome: 'refused', before: null, after: null },
    { action: 'scim.delete', ...actor, outcome: 'done', before: { title: 'Lead' }, after: null },
    { action: 'scim.update', ...actor, outcome: 'done', before: { title: 'Clerk' }, after: { title: 'Lead' } },
    { action: 'scim.update', ...actor, outcome: 'refused', before: null, after: null },
    { action: 'scim.update', ...actor, outcome: 'refused', before: null, after: null },
  ]);
  expect(out).not.toContain('ADA');
  expect((await here.command('audit', 'verify')).code).toBe(0);
});
