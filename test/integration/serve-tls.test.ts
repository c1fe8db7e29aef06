/** A service that speaks TLS itself: with a certificate and a key from files, which are renewed while it goes on. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Authority, pem } from '../../scripts/servers/certificates.ts';
import { type Served, served } from './served.ts';

const YAML = 'server: { tls: { certificate: tls.crt, key: tls.key } }\nconnections: {}\n';

let folder: string;
let ours: Authority;
let here: Served;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-authority-'));
  ours = new Authority(folder, 'ours');
  const { cert, key } = ours.sign('first', 'serverAuth', 'IP:127.0.0.1');
  here = await served(YAML, { 'tls.crt': pem(cert), 'tls.key': pem(key) });
});
afterAll(async () => {
  await here?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly socket: TLSSocket;
}

function ask(where: string, agent: Agent, body?: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { 'content-type': 'application/json' };
  const sent = request(new URL(where, here.url), { agent, ...(body === undefined ? {} : { method: 'POST', headers }) });
  sent.on('error', reject).on('response', (answer) => {
    const socket = answer.socket as TLSSocket;
    answer.resume().on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, socket }));
  });
  sent.end(body === undefined ? '' : JSON.stringify(body));
  return promise;
}

const agent = () => new Agent({ ca: pem(ours.certificate), keepAlive: true, maxSockets: 1 });
const whose = ({ socket }: Answer): unknown => socket.getPeerCertificate().subject.CN;
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
};
const put = async (name: string, file: string) => await copyFile(file, path.join(here.folder, name));

it('browsers reach it by TLS alone, and its cookies go no other way', async () => {
  expect(here.url).toMatch(/^https:/);
  const one = agent();
  const answer = await ask('/healthz', one);
  expect([answer.status, answer.socket.getProtocol()]).toEqual([200, 'TLSv1.3']);
  expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}$/);
  const link = /(https:\S+\/setup)#(\S+)/.exec(await here.printed())![2];
  const begun = await ask('/setup', one, { link, name: 'ada', password: 'a long enough secret' });
  expect([begun.status, begun.headers['set-cookie']]).toEqual([200, [expect.stringMatching(/^__Host-rollcall=.*; Secure$/)]]);
  one.destroy();
});

it('nobody is answered by an older TLS, or without it', async () => {
  const { hostname: host, port } = new URL(here.url);
  const at = { host, port: Number(port), ca: pem(ours.certificate) };
  const old = connect({ ...at, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  const refused = await new Promise<Error>((resolve) => old.once('error', resolve));
  expect(refused.message).toMatch(/protocol|handshake|version/i);
  await expect(fetch(here.url.replace('https:', 'http:'))).rejects.toThrow();
});

it('a renewed certificate is taken over while connections are open; what cannot be used is told, and changes nothing', async () => {
  const [kept, second] = [agent(), ours.sign('second', 'serverAuth', 'IP:127.0.0.1')];
  const before = await ask('/healthz', kept);
  expect(whose(before)).toBe('first');
  // The key comes later: until then there is no pair.
  await put('tls.crt', second.cert);
  await until(async () => (await here.printed()).includes('is not that of the first certificate'));
  expect(await here.printed()).toContain('goes on with the certificate that it has');
  const now = async (): Promise<unknown> => {
    const one = agent();
    const name = whose(await ask('/healthz', one));
    one.destroy();
    return name;
  };
  expect(await now()).toBe('first');
  await put('tls.key', second.key);
  await until(async () => (await now()) === 'second');
  const after = await ask('/healthz', kept);
  expect([after.socket === before.socket, whose(after)]).toEqual([true, 'first']);
  kept.destroy();
});

it('without a pair that can be used it does not begin, and says nothing of what is in the files', async () => {
  await here.stop();
  const key = path.join(here.folder, 'tls.key');
  const text = await readFile(key, 'utf8');
  await writeFile(key, text.slice(1));
  const ended = await here.command('serve', '--listen', '127.0.0.1:0');
  expect(ended.code).toBe(1);
  expect(ended.err).toContain('this is no private key');
  expect(ended.err).not.toContain(text.split('\n')[1]);
});
