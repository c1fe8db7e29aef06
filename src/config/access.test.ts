import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FAKES } from './fakes.ts';
import { type Loaded, loadConfiguration } from './load.ts';

const HR =
  'connections:\n  hr: { type: csv, path: hr.csv, anchor: id, import: { person: { project: true, attributes: { employeeId: id } } } }\n';
const load = (access: string): Promise<Loaded> =>
  loadConfiguration({
    file: '/etc/rollcall.yaml',
    definitions: FAKES,
    env: { SECRET: 'of-the-client-4711', ISSUER: 'https://id.example.org/realm' },
    readFile: async () => `${HR}access:\n${access}`,
  });
const faults = async (access: string): Promise<string[]> => {
  const loaded = await load(access);
  return loaded.ok
    ? []
    : loaded.faults.map(({ where, message, remedy }) => `${where.line}:${where.column} ${message} | ${remedy}`);
};
const OIDC =
  '  oidc: { issuer: "${env:ISSUER}", clientId: rollcall, clientSecret: "${env:SECRET}", roles: { staff: auditor, it: [operator, auditor] } }\n';

test('means what it says, with its defaults', async () => {
  const loaded = await load(`${OIDC}  url: https://rollcall.example.org/\n  sessions: { idle: 30m }\n`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const { oidc, ...rest } = loaded.config.access;
  expect(rest).toEqual({
    url: 'https://rollcall.example.org',
    proxies: [],
    sessions: { idleMs: 1_800_000, longestMs: 43_200_000, providerMs: 14_400_000 },
    shortestPassword: 12,
    tokenRate: 100,
    personBy: null,
  });
  expect(oidc!.issuer).toBe('https://id.example.org/realm');
  expect(oidc!.clientSecret).toBe('of-the-client-4711');
  expect([...oidc!.roles]).toEqual([
    ['staff', ['auditor']],
    ['it', ['operator', 'auditor']],
  ]);
  expect([oidc!.claim, oidc!.scopes, oidc!.name]).toEqual([['groups'], ['openid', 'profile', 'email'], 'preferred_username']);
  for (const printed of [JSON.stringify(loaded.config), inspect(loaded.config, { depth: 9 })])
    expect(printed).not.toContain('of-the-client-4711');
});

describe('faults, each with line, column and remedy', () => {
  test.each([
    ['  url: https://x.example.org/rollcall\n', '4:8 access.url: must be an http or https address without a path'],
    ['  proxies: [10.0.0.0/8, proxy]\n', '4:25 access.proxies[1]: must be an IP address'],
    [OIDC.replace('${env:ISSUER}', 'http://id.example.org'), '4:19 access.oidc.issuer: must be an https address'],
    [OIDC.replace('${env:ISSUER}', 'http://127.0.0.1:1'), '4:19 access.oidc.issuer: must be an https address'],
    [OIDC.replace('${env:SECRET}', 'hunter22'), 'access.oidc.clientSecret: clientSecret is secret and is written out here'],
    [OIDC.replace('roles: {', 'scopes: [email], roles: {'), 'access.oidc.scopes: openid is missing'],
    [OIDC.replace('auditor, it', 'owner, it'), 'access.oidc.roles.staff: must be one of administrator'],
    ['  sessions: { idle: soon }\n', 'access.sessions.idle: must be a duration'],
  ])('%s', async (written, said) => {
    const found = await faults(written);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(said);
    expect(found[0]).not.toContain('hunter22');
  });

  test.each([
    ['shoeSize', '', "a person has no attribute 'shoeSize'"],
    ['title', '', 'people cannot be found by it'],
    [
      'mail',
      'attributes: { person: { mail: { edit: [administrator, self] } } }',
      'people may edit it, and could say that they are somebody else',
    ],
    ['mail', '', undefined],
  ])('who is whom by %s %s', async (attribute, more, said) => {
    const found = await faults(`${OIDC}  person: { attribute: ${attribute}, claim: email }\n${more}\n`);
    expect(found[0]?.split('access.person.attribute: ')[1]?.split(' |')[0]).toBe(said);
  });

  test('a provider on this machine may be without TLS when the file says so', async () => {
    expect(
      await faults(OIDC.replace('${env:ISSUER}', 'http://127.0.0.1:1').replace('roles: {', 'allowHttp: true, roles: {')),
    ).toEqual([]);
    expect(
      await faults(OIDC.replace('${env:ISSUER}', 'http://id.example.org').replace('roles: {', 'allowHttp: true, roles: {')),
    ).toHaveLength(1);
  });
});
