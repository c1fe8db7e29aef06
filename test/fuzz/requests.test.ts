/**
 * What comes to the service by HTTP: every parameter of every address of the API with values that nobody would send, and bodies that were
 * good once, spoilt by chance. Each is answered, none by an error of the service.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTokens } from '#access/tokens';
import { BULK, GROUP, SEARCH, USER } from '../integration/scim-client.ts';
import { type Served, served } from '../integration/served.ts';
import { announce, parameters, seed } from '../simulation/driver.ts';
import { type Corpus, inputOf, JSON_SIGNS } from './inputs.ts';

const RUNS = parameters(400).numRuns;
const IN_FLIGHT = 16;
const YAML = `
attributes: { person: { displayName: { edit: [administrator] }, title: { edit: [administrator] } } }
connections:
  people: { type: people, import: { person: { project: true, attributes: { displayName: displayName, title: title } } } }
  hr: { type: csv, path: hr.csv, anchor: id, owner: true, hook: {}, import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } } } }
  app: { type: webhook-push, records: /people, anchor: /id, hook: {}, import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name.full } } } }
  okta: { type: scim-push, import: { person: { join: employeeId, project: true, attributes: { employeeId: userName, displayName: displayName } } } }
`;

let here: Served;
/** By the beginning of an address: who may do anything there. */
const tokens: { [beginning: string]: string } = {};
beforeAll(async () => {
  here = await served(YAML, { 'hr.csv': 'id,name\n1,Ada\n2,Bo\n' }, async ({ access }) => {
    const common = { rate: 1_000_000, expiresAt: null, by: 'test', name: 'fuzz' } as const;
    const all = openTokens({ access, wall: Date.now });
    tokens['/api/'] = (await all.create({ ...common, kind: 'api', connection: null, roles: ['administrator'] })).text;
    for (const [beginning, connection] of [
      ['/hooks/hr', 'hr'],
      ['/hooks/app', 'app'],
      ['/scim/v2/okta/', 'okta'],
    ] as const)
      tokens[beginning] = (await all.create({ ...common, kind: 'scim', connection, roles: [] })).text;
  });
});
afterAll(() => here?.close());

interface Asked {
  readonly method: string;
  readonly at: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

async function asked({ method, at, body }: Asked): Promise<{ readonly status: number; readonly text: string }> {
  const token = Object.entries(tokens).find(([beginning]) => at.startsWith(beginning))![1];
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(here.url + at, {
    method,
    headers: { authorization: `Bearer ${token}`, ...json },
    body: body ?? null,
  });
  return { status: answer.status, text: await answer.text() };
}

/** Those that are answered as nothing may be. */
async function failing(all: Iterable<Asked>): Promise<readonly object[]> {
  const failed: object[] = [];
  const left = all[Symbol.iterator]();
  const one = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) {
      const { method, at, body } = next.value;
      const { status, text } = await asked(next.value).catch((error: Error) => ({ status: 0, text: String(error.cause) }));
      if (status === 0 || status >= 500)
        failed.push({ method, at, status, text, body: body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : body });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return failed;
}

/** Where a good body goes, and what it is. What takes long for everybody, such as a run, is none of them. */
const BODIES: readonly (readonly [at: string, method: string, body: object])[] = [
  ['/api/people', 'POST', { kind: 'person', set: { displayName: 'Cy' }, reason: 'new' }],
  ['/api/people/1/edits', 'POST', { set: { displayName: 'Ada L', title: null }, takeBack: [], until: 'worked' }],
  ['/api/people/1/fixed', 'POST', { attribute: 'displayName', values: ['Ada'], reason: 'x' }],
  ['/api/previews', 'POST', { connection: 'hr', anchor: '1' }],
  ['/api/links', 'POST', { connection: 'hr', anchor: '1', person: '1', reason: 'x' }],
  ['/api/tokens', 'POST', { name: 'x', connection: 'okta', expires: '1d', rate: 5 }],
  ['/hooks/hr', 'POST', { kind: 'person', anchor: ['1', 2, 'nobody'], by: { attribute: 'id', value: '1' } }],
  [
    '/hooks/app',
    'POST',
    {
      people: [
        { id: 1, name: { full: 'Zoë' } },
        { id: '2', tags: ['a', null], __proto__x: {} },
      ],
    },
  ],
  ['/scim/v2/okta/Users', 'POST', { schemas: [USER], userName: 'ada', active: 'True', emails: [{ value: 'a@b', type: 'work' }] }],
  ['/scim/v2/okta/Groups', 'POST', { schemas: [GROUP], displayName: 'g', members: [{ value: '1' }, { value: '2', $ref: null }] }],
  [
    '/scim/v2/okta/Bulk',
    'POST',
    {
      schemas: [BULK],
      failOnErrors: 1,
      Operations: [
        { method: 'POST', path: '/Users', bulkId: 'q', data: { userName: 'bulk' } },
        { method: 'PATCH', path: '/Users/bulkId:q', data: { Operations: [{ op: 'add', path: 'title', value: 'x' }] } },
      ],
    },
  ],
  ['/scim/v2/okta/.search', 'POST', { schemas: [SEARCH], filter: 'userName sw "a"', count: 10, attributes: ['userName'] }],
];

it('bodies in whose fields lists and objects stand in each other without end', async () => {
  const deep = `${'[{"a":'.repeat(20_000)}1${'}]'.repeat(20_000)}`;
  const all = BODIES.flatMap(([at, method, body]) => {
    const text = JSON.stringify(body);
    // In the place of each value by itself, lists among them.
    const places = [...text.matchAll(/(?<=[:[,])(?:"[^"]*"(?!:)|\d+|null|\[[^[\]{}]*\])/g)];
    const spoilt = places.map(({ 0: { length }, index }) => text.slice(0, index) + deep + text.slice(index + length));
    return [deep, ...spoilt].map((one) => ({ at, method, body: one }));
  });
  expect(all.length).toBeGreaterThan(3 * BODIES.length);
  expect(await failing(all)).toEqual([]);
});

it(`${RUNS} bodies that were good once`, async () => {
  announce('bodies');
  const corpora = BODIES.map(([at, method, body]): Corpus & Asked => {
    return { name: at, at, method, good: [JSON.stringify(body)], special: JSON_SIGNS };
  });
  function* spoilt(): Iterable<Asked> {
    for (let number = 0; number < RUNS; number++) {
      const corpus = corpora[number % corpora.length]!;
      yield { ...corpus, body: new Uint8Array(inputOf(corpus, seed, number)) };
    }
  }
  expect((await asked({ at: '/api/runs', method: 'POST', body: '{}' })).status).toBe(200);
  const good = BODIES.map(async ([at, method, body]) => ({ at, ...(await asked({ at, method, body: JSON.stringify(body) })) }));
  expect((await Promise.all(good)).filter(({ status }) => status > 201)).toEqual([]);
  expect(await failing(spoilt())).toEqual([]);
  expect(await here.printed()).not.toMatch(/not foreseen|TypeError|RangeError/);
});

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
}
interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}
interface Paths {
  readonly [path: string]: { readonly [method: string]: Described };
}

const TEXTS = ['', '-1', '1.5', '9'.repeat(20), '1e999', 'null', '__proto__', '💥', 'x\0y', "';--"];
const OTHERS = ['x'.repeat(10_000), '\ud800', -1, 1.5, 2 ** 53, 1e300, true, null, [], [null], { a: 1 }, [['x']]];
const USUAL: { readonly [type: string]: unknown } = { string: '1', integer: 1, number: 1, boolean: false, array: [], object: {} };

/** Each parameter of the address and each field of the body by itself; what is required beside it is as it might be. */
function* odd(paths: Paths): Iterable<Asked> {
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { parameters = [], requestBody }] of Object.entries(methods)) {
      if (!path.startsWith('/api/') || path === '/api/events') continue;
      const { properties = {}, required = [] } = requestBody?.content['application/json'].schema ?? {};
      const usual = required.map((name) => [name, properties[name]!.enum?.[0] ?? USUAL[properties[name]!.type ?? 'string']]);
      const request = (more: { readonly [name: string]: unknown }, at: { readonly [name: string]: string } = {}): Asked => {
        const where = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? '1'));
        if (method === 'get') return { method: 'GET', at: `${where}?${new URLSearchParams(more as Record<string, string>)}` };
        return { method: 'POST', at: where, body: JSON.stringify({ ...Object.fromEntries(usual), ...more }) };
      };
      for (const { name, in: where } of parameters)
        if (where !== 'header')
          for (const text of TEXTS) yield where === 'path' ? request({}, { [name]: text }) : request({ [name]: text });
      for (const name of Object.keys(properties)) for (const value of [...TEXTS, ...OTHERS]) yield request({ [name]: value });
    }
}

it('every parameter and every field with odd values', async () => {
  const { paths } = (await (await fetch(`${here.url}/api/openapi.json`)).json()) as { readonly paths: Paths };
  const all = [...odd(paths)];
  expect(all.length).toBeGreaterThan(1_000);
  expect(await failing(all)).toEqual([]);
});
