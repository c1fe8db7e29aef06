/** What cases have in common: a slapd with people in it, the words of rollcall.yaml for a server, and OpenLDAP's own programs beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Connection } from '#connectors/contract';
import type { EngineConnection } from '#engine/index';
import type { SambaServer } from '../../scripts/servers/samba.ts';
import { type Account, type SlapdServer, startSlapd } from '../../scripts/servers/slapd.ts';
import type { SignIn } from './directory-case.ts';

/** A server as one is set up for many entries: it writes to disk before it says so, and searches its people by index. */
export async function serverWith(ldif: Iterable<string>): Promise<SlapdServer> {
  const server = await startSlapd({
    install: true,
    durable: true,
    overlays: ['syncprov', 'accesslog'],
    sizeLimit: 1_000_000,
    serverLines: ['loglevel 0'],
  });
  await server.slapadd([...ldif].join(''));
  return server;
}

/** Whom a connector is. */
const accountOf = (server: SlapdServer | SambaServer): Account => ('sync' in server ? server.sync : server.admin);

/** The settings of a connection to a server. */
export function connectionTo(server: SlapdServer | SambaServer, folder: string, base: string, name = 'directory'): string {
  const account = accountOf(server);
  writeFileSync(join(folder, `${name}.pem`), server.ca);
  const password = `BENCH_PASSWORD_${name.toUpperCase()}`;
  process.env[password] = account.password;
  return [
    '    type: ldap',
    `    url: ${server.ldaps}`,
    `    tls: { ca: ${name}.pem }`,
    `    bind: { dn: "${account.dn}", password: "\${env:${password}}" }`,
    `    base: ${base}`,
  ].join('\n');
}

/** Without TLS where the server takes a password so: programs are started for each question. */
export function signInTo(server: SlapdServer | SambaServer): SignIn {
  return { url: 'sync' in server ? server.ldap : server.ldaps, ca: server.caFile, ...accountOf(server) };
}

/** Seconds that one of OpenLDAP's programs takes. `out`: where what it prints goes. */
export async function secondsOf(
  program: 'ldapsearch' | 'ldapadd',
  server: SlapdServer,
  args: readonly string[],
  out: string,
): Promise<number> {
  const env = { ...process.env, LDAPTLS_CACERT: server.caFile };
  const begun = performance.now();
  const child = spawn(program, ['-x', '-H', server.ldaps, '-D', server.sync.dn, '-w', server.sync.password, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const written = child.stdout.pipe(createWriteStream(out));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (!written.closed) await once(written, 'close');
  if (code !== 0) throw new Error(`${program} ended with exit code ${code}`);
  return (performance.now() - begun) / 1000;
}

export const GATES: string = ['create', 'update', 'attribute', 'empty', 'member', 'delete']
  .map((part) => `  ${part}: { percent: 100, count: 10000000 }`)
  .join('\n');

/** What one of OpenLDAP's programs prints, given `input`. */
export async function printedBy(
  program: 'ldapmodify' | 'ldapsearch',
  at: SignIn,
  args: readonly string[],
  input = '',
): Promise<string> {
  const child = spawn(program, ['-x', '-H', at.url, '-D', at.dn, '-w', at.password, ...args], {
    env: { ...process.env, LDAPTLS_CACERT: at.ca },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [printed, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) throw new Error(`${program} ended with exit code ${code}`);
  return printed;
}

/** As a stranger would change it. */
export async function changeWith(at: SignIn, records: readonly string[]): Promise<void> {
  await printedBy('ldapmodify', at, [], records.join('\n'));
}

/** Values that the last modification of an entry named, as the server's access log has it. */
export async function lastValues(at: SignIn, dn: string): Promise<number> {
  const filter = `(&(objectClass=auditModify)(reqDN=${dn}))`;
  const records = (await printedBy('ldapsearch', at, ['-LLL', '-b', 'cn=accesslog', filter, 'reqMod'])).trim().split('\n\n');
  return [...(records.at(-1) ?? '').matchAll(/^reqMod: member:[+-] /gm)].length;
}

/** A connection to one of the systems beside those that the engine opens. */
export function connectionOf({ definition, settings, name }: EngineConnection, folder: string): Connection {
  const context = { connection: name, folder, limits: { maxObjectBytes: 16_777_216 }, warn: (): void => undefined };
  return definition.open(settings, context);
}
