/** The client of web/ against the real service: a browser's session and a token, every way to ask, what goes wrong, and events. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiProblem, type Client, createClient } from '../../web/src/client.ts';
import { browser } from '../servers/oidc.ts';
import { type Served, served } from './served.ts';

const YAML = `
attributes: { person: { mobile: { edit: [administrator] } } }
connections:
  people: { type: people }
  hr:
    type: csv
    path: hr.csv
    anchor: id
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, mobile: tel } } }
`;
const PASSWORD = 'correct horse battery';

let here: Served;
let ada: Client;
beforeAll(async () => {
  here = await served(YAML, { 'hr.csv': 'id,name,tel\n1,Zoë Çelik,01\n2,Bob Stone,02\n' });
  ada = createClient({ url: here.url, fetch: browser().ask });
  const link = /\/setup#(\S+)/.exec(await here.printed())![1]!;
  expect(await ada.setUp({ link, name: 'ada', password: PASSWORD })).toMatchObject({ name: 'ada', roles: ['administrator'] });
});
afterAll(() => here?.close());

const problem = (work: Promise<unknown>): Promise<ApiProblem> =>
  work.then(
    () => expect.unreachable('it was done'),
    (error: unknown) => error as ApiProblem,
  );

it('a session asks and changes: in the path, in the query, in the body', async () => {
  expect(await ada.session()).toMatchObject({ name: 'ada', person: null });
  expect(await ada.run({})).toMatchObject({ status: 'done' });
  const { people } = await ada.people({ text: 'zoë', limit: 5 });
  expect(people.map(({ label }) => label)).toEqual(['Zoë Çelik']);
  const person = `#${people[0]!.id}`;
  expect(await ada.edit({ person, set: { mobile: '99' } })).toMatchObject({ version: 1, run: expect.any(Number) });
  const wrong = await problem(ada.edit({ person, set: { mobile: '98', shoe: '44' } }));
  expect([wrong.status, wrong.faults]).toMatchObject([400, [{ kind: 'notFound', where: { attribute: 'shoe' } }]]);
  const { attributes } = await ada.profile({ person });
  expect(attributes.find(({ attribute }) => attribute === 'mobile')).toMatchObject({ value: '99', connection: 'people' });
  for (const read of [ada.runs, ada.check, ada.parked, ada.decisions, ada.schedule, ada.accountList, ada.tokenList, ada.audit])
    expect(await read()).toHaveProperty('version', 1);
  expect(await ada.metrics()).toContain('rollcall_');
  expect([await ada.healthz(), await ada.readyz()]).toEqual(['ok\n', 'ok\n']);
});

it('what goes wrong is one error, whoever says it', async () => {
  const missing = await problem(ada.runShow({ run: 4711 }));
  expect(missing).toBeInstanceOf(ApiProblem);
  expect([missing.status, missing.kind, missing.message, missing.remedy]).toEqual([
    404,
    'notFound',
    'There is no run 4711.',
    expect.stringContaining('GET /api/runs'),
  ]);
  expect(await problem(createClient({ url: here.url }).runs())).toMatchObject({ status: 401, kind: 'authentication' });
  expect(await problem(createClient({ url: 'http://127.0.0.1:1' }).runs())).toMatchObject({ status: 0, kind: 'unavailable' });
  const proxy = async (): Promise<Response> =>
    new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'retry-after': '7' } });
  const behind = await problem(createClient({ url: here.url, fetch: proxy }).runs());
  expect(behind).toMatchObject({ status: 502, kind: 'internal', retryAfter: 7 });
});

it('with a key something is done once; a token needs no session', async () => {
  const { token } = await ada.tokenCreate({ name: 'page', roles: ['administrator'] });
  const api = createClient({ url: here.url, token });
  const key = crypto.randomUUID();
  const [first, again] = [
    await api.hold({ connection: 'hr', reason: 'moving' }, { key }),
    await api.hold({ connection: 'hr', reason: 'moving' }, { key }),
  ];
  expect(again).toEqual(first);
  expect(await problem(api.hold({ connection: 'hr', reason: 'other' }, { key }))).toMatchObject({ status: 422 });
  await api.release({ connection: 'hr', reason: 'moved' });
});

it('what happens is heard as it happens, until nobody listens any more', async () => {
  const ending = new AbortController();
  const heard: string[] = [];
  const events = ada.events({ signal: ending.signal });
  const next = events.next();
  await ada.run({});
  for (let event = await next; !event.done; event = await events.next()) {
    heard.push(event.value.what);
    if (event.value.what === 'run') break;
  }
  expect(heard.at(-1)).toBe('run');
  await events.return(undefined);
  ending.abort();
  expect((await ada.signOut()).next).toBeNull();
  expect(await problem(ada.runs())).toMatchObject({ status: 401 });
});
