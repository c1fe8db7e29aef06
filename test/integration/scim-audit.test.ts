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
    { action: 'scim.create', ...actor, outcome: 'done', before: null, after: { userName: 'ada', title: 'Clerk' } },
    // Nothing has an id for it by which its values would be found again.
    { action: 'scim.create', ...actor, outcome: 'refused', before: null, after: null },
    { action: 'scim.delete', ...actor, outcome: 'done', before: { title: 'Lead' }, after: null },
    { action: 'scim.update', ...actor, outcome: 'done', before: { title: 'Clerk' }, after: { title: 'Lead' } },
  ]);
  expect(out).not.toContain('ADA');
  expect((await here.command('audit', 'verify')).code).toBe(0);
});
