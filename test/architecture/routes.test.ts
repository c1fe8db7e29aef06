/** Every route of the service: what it answers to other methods and to names that it does not know. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { methodsOf } from '#server/http/methods';
import { type AppHere, appHere } from '../app.ts';

let here: AppHere;
beforeAll(async () => {
  here = await appHere();
});
afterAll(() => here.close());

test('another method is refused, and told which there are', async () => {
  const methods = methodsOf(here.app);
  expect(methods.size).toBeGreaterThan(50);
  for (const [route, known] of methods) {
    const url = route.replace(/:\w+/g, 'x');
    const answer = await here.app.inject({ method: 'PUT', url, headers: { 'content-type': 'text/xml' }, payload: '<' });
    expect([route, answer.statusCode, answer.json().status]).toEqual([route, 405, 405]);
    expect(new Set(String(answer.headers['allow']).split(', '))).toEqual(known);
  }
  expect((await here.app.inject({ method: 'PUT', url: '/api/nowhere' })).statusCode).toBe(404);
});

test('the address itself says what this is, and where to go on', async () => {
  const answer = await here.app.inject({ url: '/' });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const links = [...answer.body.matchAll(/href="([^"]+)"/g)].map(([, href]) => href!);
  expect(links).toContain('/api/openapi.json');
  for (const url of links) expect((await here.app.inject({ url })).statusCode).toBe(200);
});

test('names that a request may not say are refused, in a body, a query, and on signing in; nothing is asked', async () => {
  const headers = await here.headersOf('administrator');
  const post = (url: string, payload: object) => here.app.inject({ method: 'POST', url, headers, payload });
  const refused = await Promise.all([
    post('/api/runs', { profil: 'cycle' }),
    post('/api/runs', { by: 'eve' }),
    post('/api/runs', { who: null }),
    post('/api/runs?profile=cycle', {}),
    post('/api/people/1/edits', { person: '2' }),
    post('/sign-in', { name: 'ada', password: 'a', remember: true }),
    here.app.inject({ url: '/api/runs?limt=1', headers }),
    here.app.inject({ url: '/api/runs/1?run=2', headers }),
  ]);
  expect(refused.map((one) => [one.statusCode, one.json().detail])).toEqual(
    ['profil', 'by', 'who', 'profile', 'person', 'remember', 'limt', 'run'].map((name) => [
      400,
      `there is no '${name}' here; nothing was done`,
    ]),
  );
  expect(here.asked).toEqual([]);
  expect((await post('/api/runs', { profile: 'cycle' })).statusCode).toBe(200);
  expect(here.asked).toMatchObject([{ name: 'run', input: { profile: 'cycle', by: expect.stringContaining('administrator') } }]);
});
