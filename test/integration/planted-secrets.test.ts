/**
 * Every secret that a rollcall.yaml can name is planted, whoever is asked with it refuses, is not there or repeats what it was told, and the
 * service logs all it can: no secret is in what it printed, logged, answered or kept.
 */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTokens } from '#access/tokens';
import { Authority, pem } from '../../scripts/servers/certificates.ts';
import { STORE } from '../store.ts';
import { type Served, served } from './served.ts';

const NAMES = ['smtp', 'webhook', 'address', 'hook', 'ldap', 'sql', 'oidc'];
const secretOf = (name: string): string => (name === 'webhook' ? 'whsec_cGxhbnRlZHdlYmhvb2twbGFudGVk' : `planted-${name}-secret`);
const WRITTEN_OUT = 'planted-written-out';

let folder: string;
let here: Served;
let mail: SMTPServer;
let web: Server;
let token: string;
/** What is to be found nowhere. */
let secrets: readonly string[];
let yaml: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-planted-'));
  const authority = new Authority(folder, 'mail');
  const { key, cert } = authority.sign('server', 'serverAuth', 'IP:127.0.0.1');
  mail = new SMTPServer({
    ...{ secure: true, key: pem(key), cert: pem(cert), disableReverseLookup: true },
    onAuth: ({ password }, _, done) => done(new Error(`nobody has the password ${password}`)),
  });
  mail.on('error', () => undefined);
  web = createServer((request, response) => {
    // Whoever asks sees what it asked with.
    response.writeHead(401, { 'content-type': 'text/plain' }).end(`${request.url} ${JSON.stringify(request.headers)}`);
  }).listen(0, '127.0.0.1');
  await Promise.all([once(mail.listen(0, '127.0.0.1'), 'listening'), once(web, 'listening')]);
  const at = (server: { address(): unknown }): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  yaml = `
log: { level: debug, file: rollcall.log }
access:
  url: http://127.0.0.1
  oidc: { issuer: "http://${at(web)}", clientId: rollcall, clientSecret: "\${file:oidc}", claim: groups, roles: { a: administrator }, allowHttp: true }
notify:
  by-mail: { mail: { server: "smtps://${at(mail.server)}", user: rollcall, password: "\${file:smtp}", from: r@example.org, to: [a@example.org], ca: "\${file:ca.pem}" } }
  by-web: { webhook: { url: "http://${at(web)}/\${file:address}", secret: "\${file:webhook}" } }
hooks: [{ after: cycle, webhook: "http://${at(web)}/\${file:address}" }]
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    hook: { secret: "\${file:hook}" }
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id } } }
  directory:
    type: ldap
    url: ldap://${at(web)}
    bind: { dn: "cn=rollcall", password: "\${file:ldap}" }
    base: dc=example,dc=org
    import: { person: { join: employeeId, attributes: { employeeId: uid } } }
  database:
    type: sql
    url: postgres://${at(web)}/hr
    user: rollcall
    password: "\${file:sql}"
    kinds: { person: { table: people, key: id } }
    import: { person: { join: employeeId, attributes: { employeeId: id } } }
`;
  const files = Object.fromEntries(NAMES.map((name) => [name, `${secretOf(name)}\n`]));
  here = await served(yaml, { ...files, 'hr.csv': 'id\n1\n', 'ca.pem': pem(authority.certificate) }, async ({ access }) => {
    const made = { name: 'test', connection: null, rate: null, expiresAt: null, by: 'test' };
    token = (await openTokens({ access, wall: Date.now }).create({ ...made, kind: 'api', roles: ['administrator'] })).text;
  });
  const ofStore = STORE === 'postgres' ? [new URL(here.store.place).password] : [];
  secrets = [...NAMES.map(secretOf), secretOf('webhook').slice('whsec_'.length), token.slice(16), WRITTEN_OUT, ...ofStore];
});
afterAll(async () => {
  await here?.close();
  web?.close();
  web?.closeAllConnections();
  await new Promise<void>((resolve) => mail.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const told: { [by: string]: string } = {};
async function ask(method: 'GET' | 'POST', at: string): Promise<void> {
  const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
  const headers = { authorization: `Bearer ${token}`, ...body.headers };
  const answer = await fetch(here.url + at, { method, ...body, headers });
  told[at] = JSON.stringify([...answer.headers]) + (await answer.text());
}
async function fails(file: string, text: string): Promise<void> {
  await writeFile(path.join(here.folder, file), text);
  const { code, out, err } = await here.command('serve', '--config', file, '--listen', '127.0.0.1:0');
  expect(code).not.toBe(0);
  told[file] = out + err;
}

it('whoever is asked refuses, and nothing says with what', async () => {
  await ask('POST', '/api/runs');
  for (const at of ['/api/check', '/api/runs', '/api/runs/1', '/api/audit', '/metrics', '/oidc/sign-in']) await ask('GET', at);
  await ask('POST', '/api/notifications/trial');
  // A file with faults shows the lines that have them.
  const faulty = yaml.replace('employeeId: id', 'id: id').replace('"${file:ldap}"', WRITTEN_OUT);
  await fails('faulty.yaml', `store: ${here.store.place}\n${faulty}`);
  await fails('elsewhere.yaml', `store: postgres://rollcall:${WRITTEN_OUT}@127.0.0.1:9/nowhere\n${yaml}`);
  expect(await here.stop()).toBe(0);
  const log = await readFile(path.join(here.folder, 'rollcall.log'), 'utf8');
  const all = { ...told, log, printed: await here.printed(), store: await here.store.contents() };
  for (const secret of secrets)
    for (const [where, text] of Object.entries(all))
      expect({ where, holds: text.includes(secret) && text }).toEqual({ where, holds: false });
  // Each of them was asked, and said no.
  expect(told['/api/notifications/trial']).toMatch(/by-mail[^}]*answered 535.*by-web[^}]*answered 401/);
  for (const name of ['directory', 'database']) expect(told['/api/check']).toContain(`"connection":"${name}"`);
  expect(told['faulty.yaml']).toMatch(STORE === 'postgres' ? /postgres:\/\/•+@/ : /sqlite:rollcall\.db/);
  expect(told['elsewhere.yaml']).toMatch(/127\.0\.0\.1:9/);
});
