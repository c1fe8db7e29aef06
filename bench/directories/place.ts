/** What cases have in common: a slapd with people in it, the words of rollcall.yaml for it, and OpenLDAP's own programs beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Connection } from '#connectors/contract';
import type { EngineConnection } from '#engine/index';
import { type SlapdServer, startSlapd } from '../../scripts/servers/slapd.ts';

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

/** The settings of a connection to it. */
export function connectionTo(server: SlapdServer, folder: string, base: string, name = 'directory'): string {
  writeFileSync(join(folder, `${name}.pem`), server.ca);
  const password = `BENCH_PASSWORD_${name.toUpperCase()}`;
  process.env[password] = server.sync.password;
  return [
    '    type: ldap',
    `    url: ${server.ldaps}`,
    `    tls: { ca: ${name}.pem, serverName: localhost }`,
    `    bind: { dn: "${server.sync.dn}", password: "\${env:${password}}" }`,
    `    base: ${base}`,
  ].join('\n');
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

/** As a stranger would change it. */
export async function changeWith(at: { readonly [name: string]: string }, records: readonly string[]): Promise<void> {
  const child = spawn('ldapmodify', ['-x', '-H', at['url']!, '-D', at['dn']!, '-w', at['password']!], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(records.join('\n'));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`ldapmodify ended with exit code ${code}`);
}

/** Values that the last modification of an entry named, as the server's access log has it. */
export async function lastValues(at: { readonly [name: string]: string }, dn: string): Promise<number> {
  const filter = `(&(objectClass=auditModify)(reqDN=${dn}))`;
  const args = ['-x', '-LLL', '-H', at['url']!, '-D', at['dn']!, '-w', at['password']!, '-b', 'cn=accesslog', filter, 'reqMod'];
  const child = spawn('ldapsearch', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const records = (await text(child.stdout)).trim().split('\n\n');
  return [...(records.at(-1) ?? '').matchAll(/^reqMod: member:[+-] /gm)].length;
}

/** A connection to one of the systems beside those that the engine opens. */
export function connectionOf({ definition, settings, name }: EngineConnection, folder: string): Connection {
  const context = { connection: name, folder, limits: { maxObjectBytes: 16_777_216 }, warn: (): void => undefined };
  return definition.open(settings, context);
}
