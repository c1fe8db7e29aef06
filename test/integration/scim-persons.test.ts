/** What follows from what is pushed: who is joined, made, exported, who leaves and comes back; and two who push the same name. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, ENTERPRISE, GROUP, servedTo, USER } from './scim-client.ts';
import type { Served } from './served.ts';

const STAFF = 'urn:example:scim:staff:1.0:User';
const WIDE = '{ count: 100, percent: 100 }';
const YAML = `
gates: { create: ${WIDE}, update: ${WIDE}, disable: ${WIDE}, delete: ${WIDE}, unlink: ${WIDE}, attribute: ${WIDE} }
attributes: { person: { badge: string } }
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import: { person: { join: [login], project: true, attributes: { login: user, displayName: name } } }
  okta:
    type: scim-push
    owner: true
    extensions: [{ schema: '${STAFF}', prefix: staff, attributes: { badge: string } }]
    import:
      person:
        filter: row.active != false
        join: [login]
        project: true
        attributes:
          login: userName
          displayName: displayName
          mail: emails.primary
          department: enterprise.department
          badge: staff.badge
          manager: { reference: enterprise.manager }
      group:
        join: [name]
        project: true
        attributes: { name: displayName, member: { reference: members } }
  entra:
    type: scim-push
    owner: true
    import: { person: { join: [login], project: true, attributes: { login: userName, department: enterprise.department } } }
  out:
    type: jsonl
    path: out.jsonl
    kindField: kind
    anchor: id
    mode: on
    export:
      person:
        when: person.active
        provision: true
        anchor: login
        enabled: { attribute: state, on: active, off: inactive }
        attributes: { name: displayName, mail: mail, department: department, badge: badge, manager: manager }
      group: { provision: true, anchor: name, attributes: { member: member } }
    deprovision: { action: disable, then: delete, after: 30d }
`;

let here: Served;
let [okta, entra]: Client[] = [];
beforeAll(async () => {
  const { clients, ...rest } = await servedTo(['okta', 'entra'], YAML, { 'hr.csv': 'id,user,name\n1,zoe,Zoë of HR\n' });
  ({ here } = rest);
  ({ okta, entra } = clients);
  const run = await here.command('run', '--json');
  expect({ err: run.err, out: run.out, code: run.code }).toMatchObject({ code: 3 });
  const { code, err } = await here.command('approve', 'out', '--as', 'Ada', '--reason', 'looked at it');
  expect({ code, err }).toMatchObject({ code: 0 });
});
afterAll(() => here?.close());

type Row = { readonly [name: string]: unknown };
async function exported(): Promise<readonly Row[]> {
  const text = await readFile(path.join(here.folder, 'out.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
const becomes = (id: string, row: Row): Promise<void> =>
  expect.poll(async () => (await exported()).find((one) => one['id'] === id), { timeout: 6_000 }).toMatchObject(row);

it('who is new is made and exported at once', async () => {
  const { status } = await okta!.post('/Users', {
    schemas: [USER],
    userName: 'ada',
    active: true,
    displayName: 'Ada',
    emails: [{ value: 'ada@example.org', primary: true }],
    [STAFF]: { badge: 'B-1' },
  });
  expect(status).toBe(201);
  await becomes('ada', { name: 'Ada', mail: 'ada@example.org', badge: 'B-1' });
});

it('who is in HR already is joined by the rule, and HR goes before', async () => {
  const { body } = await okta!.post('/Users', {
    schemas: [USER],
    userName: 'ZOE',
    displayName: 'of Okta',
    [ENTERPRISE]: { department: 'Bakery' },
  });
  await becomes('zoe', { name: 'Zoë of HR', department: 'Bakery' });
  expect((await okta!.get(`/Users/${body.id}`)).body).toMatchObject({ userName: 'ZOE', displayName: 'of Okta' });
});

it('a manager and a group are references between the exported', async () => {
  const boss = (await okta!.post('/Users', { schemas: [USER], userName: 'boss', displayName: 'B' })).body.id;
  const { id } = (await okta!.get('/Users?filter=userName eq "ada"')).body.Resources[0];
  expect((await okta!.patch(`/Users/${id}`, { op: 'Add', path: `${ENTERPRISE}:manager`, value: boss })).status).toBe(200);
  await becomes('ada', { manager: 'boss' });
  const group = (await okta!.post('/Groups', { schemas: [GROUP], displayName: 'bakers', members: [{ value: id }] })).body.id;
  await becomes('bakers', { member: ['ada'] });
  await okta!.patch(
    `/Groups/${group}`,
    { op: 'add', path: 'members', value: [{ value: boss }] },
    { op: 'remove', path: `members[value eq "${id}"]` },
  );
  await becomes('bakers', { member: ['boss'] });
});

it('who is not active leaves, and comes back as the same one', async () => {
  const { id } = (await okta!.get('/Users?filter=userName eq "ada"')).body.Resources[0];
  await okta!.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });
  await becomes('ada', { state: 'inactive' });
  expect((await okta!.get(`/Users/${id}`)).body.active).toBe(false);
  await okta!.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'True' });
  await becomes('ada', { name: 'Ada', badge: 'B-1', state: 'active' });
});

it('two who push the same name have one person, and neither learns of the other', async () => {
  const made = await entra!.post('/Users', { schemas: [USER], userName: 'ada', [ENTERPRISE]: { department: 'Entra says' } });
  expect(made.status).toBe(201);
  await becomes('ada', { department: 'Entra says' });
  expect((await exported()).filter(({ id }) => id === 'ada')).toHaveLength(1);
  expect((await entra!.get('/Users')).body).toMatchObject({
    totalResults: 1,
    Resources: [{ userName: 'ada', id: made.body.id }],
  });
  const { id } = (await okta!.get('/Users?filter=userName eq "ada"')).body.Resources[0];
  expect(id).not.toBe(made.body.id);
  expect((await entra!.get(`/Users/${id}`)).status).toBe(404);
  expect((await entra!.get(`/Users?filter=id eq "${id}"`)).body.totalResults).toBe(0);
  expect((await okta!.get(`/Users/${id}`)).body).not.toHaveProperty([ENTERPRISE, 'department']);
});

it('who is deleted is gone, and what they had goes', async () => {
  const { id } = (await okta!.get('/Users?filter=userName eq "boss"')).body.Resources[0];
  expect((await okta!.delete(`/Users/${id}`)).status).toBe(204);
  await becomes('boss', { state: 'inactive' });
});
