/** Somebody whom a provider pushes is erased: neither its next POST brings her back, nor another user who takes her name, nor a read. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, servedTo, USER } from './scim-client.ts';
import type { Served } from './served.ts';

const PUSHED = `
    type: scim-push
    import: { person: { join: [login], project: true, attributes: { login: userName, title: title } } }`;
const YAML = `
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import: { person: { join: [login], project: true, attributes: { login: user, displayName: name } } }
  okta:${PUSHED}
  entra:${PUSHED}
`;
const HERS = ['zzplanted', 'ZZPLANTED', 'Zoe of HR', 'zz-ext', 'zz-title', 'ZZE9'];
const DECIDED = ['--as', 'Ada', '--reason', 'a letter'];

let here: Served;
let [okta, entra]: Client[] = [];
beforeAll(async () => {
  const files = { 'hr.csv': 'id,user,name\nZZE9,zzplanted,Zoe of HR\nE2,bob,Bob\n' };
  const { clients, ...rest } = await servedTo(['okta', 'entra'], YAML, files);
  ({ here } = rest);
  ({ okta, entra } = clients);
});
afterAll(() => here?.close());

const made = async (of: Client, user: object): Promise<string> => {
  const { status, body } = await of.post('/Users', { schemas: [USER], ...user });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body.id;
};
const refused = {
  status: 400,
  body: { scimType: 'invalidValue', detail: 'whoever is named so was erased, and is not taken in again' },
};
const erase = async (who: string): Promise<void> => {
  const { code, err } = await here.command('person', 'erase', who, '--now', ...DECIDED);
  expect({ code, err }).toMatchObject({ code: 0 });
};
const clean = async (): Promise<void> => {
  const left = await here.store.contents();
  expect(HERS.filter((value) => left.includes(value))).toEqual([]);
};
const read = async (...how: string[]): Promise<void> => {
  const { code, err } = await here.command('run', ...how);
  expect({ code, err }).toMatchObject({ code: 0 });
};

it('who was in a file and was pushed is not taken in again by either', async () => {
  await read();
  const hers = await made(okta!, { userName: 'ZZPLANTED', externalId: 'zz-ext', title: 'zz-title' });
  const bob = await made(okta!, { userName: 'bob', externalId: 'b-1' });
  const before = await here.store.contents();
  for (const value of HERS) expect(before, value).toContain(value);
  await erase('hr:ZZE9');
  await clean();

  const post = (user: object) => okta!.post('/Users', { schemas: [USER], ...user });
  expect(await post({ userName: 'zzPlanted', title: 'zz-title' })).toMatchObject(refused);
  expect(await post({ userName: 'somebody', externalId: 'zz-ext' })).toMatchObject(refused);
  expect(await okta!.put(`/Users/${bob}`, { schemas: [USER], userName: 'zzplanted' })).toMatchObject(refused);
  expect(await okta!.patch(`/Users/${bob}`, { op: 'replace', path: 'userName', value: 'Zzplanted' })).toMatchObject(refused);
  expect((await okta!.patch(`/Users/${hers}`, { op: 'replace', path: 'title', value: 'zz-title' })).status).toBe(404);
  expect(await okta!.found('userName pr')).toEqual(['bob']);
  expect((await okta!.patch(`/Users/${bob}`, { op: 'replace', path: 'title', value: 'Lead' })).status).toBe(200);
  await read('--profile', 'full-import');
  await clean();

  // At a base URL where she never was she is somebody new.
  await made(entra!, { userName: 'zzplanted' });
});

it('who was taken out at the provider first is not taken in again either, and may be let in by somebody', async () => {
  const carl = await made(okta!, { userName: 'carl' });
  const { out } = await here.command('people', 'carl', '--json');
  const [{ id }] = (JSON.parse(out) as { people: [{ id: number }] }).people;
  expect((await okta!.delete(`/Users/${carl}`)).status).toBe(204);
  await erase(`#${id}`);
  expect(await okta!.post('/Users', { schemas: [USER], userName: 'carl' })).toMatchObject(refused);
  expect((await here.command('person', 'readmit', 'okta:nobody', ...DECIDED)).code).not.toBe(0);
  const { code, err } = await here.command('person', 'readmit', 'okta:CARL', ...DECIDED);
  expect({ code, err }).toMatchObject({ code: 0 });
  await made(okta!, { userName: 'carl' });
  const events = await here.command('audit', '--action', 'person.readmit', '--json');
  expect(JSON.parse(events.out)).toMatchObject({ events: [{ by: 'Ada', after: { reason: 'a letter' } }] });
});

it('what several have says of nobody who it is', async () => {
  const [dan, eve] = [
    await made(okta!, { userName: 'dan', externalId: 'n/a' }),
    await made(okta!, { userName: 'eve', externalId: 'n/a' }),
  ];
  await erase(`okta:${dan}`);
  expect((await okta!.patch(`/Users/${eve}`, { op: 'replace', path: 'title', value: 'Lead' })).status).toBe(200);
  await made(okta!, { userName: 'fay', externalId: 'n/a' });
});
