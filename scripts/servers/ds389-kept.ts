/** A 389 Directory Server, kept (keeper.ts): its certificates, its start and its ends. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Authority, pem, type Signed } from './certificates.ts';
import { Daemon } from './daemon.ts';
import type { Ds389Options } from './ds389.ts';
import { firstEntries, type Shape, setPorts, writeConf } from './ds389-conf.ts';
import type { Here, Kept } from './kept.ts';
import { answersLdap } from './ldap-ready.ts';
import { need, programAt } from './packages.ts';
import { atFreePorts } from './ports.ts';

const HOST = '127.0.0.1';
/** In the foreground it logs what it logs anyway: LDAP_DEBUG_ANY and what goes with it, the level of its own containers. */
const DEBUG = '266354688';
export async function keep({ folder, atEnd }: Here, options: Ds389Options): Promise<Kept> {
  need('ds389', { install: options.install === true });
  const suffix = options.suffix ?? 'dc=example,dc=org';
  const password = (): string => randomBytes(18).toString('hex');
  const shape: Shape = {
    folder,
    suffix,
    admin: { dn: 'cn=Directory Manager', password: password() },
    sync: { dn: `cn=sync,${suffix}`, password: password() },
  };
  // Its name is also that of a semaphore which the server makes for its counters: a killed one leaves it, held or not.
  const name = `slapd-${basename(folder)}`;
  const semaphore = `/dev/shm/sem.${name}.stats`;
  const config = join(folder, name);
  writeConf(shape, config, HOST);
  const tls = join(folder, 'tls');
  mkdirSync(tls);
  const authority = new Authority(tls, 'ca');
  const other = new Authority(tls, 'other-ca');
  takeCertificate(config, authority, authority.sign('localhost', 'serverAuth', `DNS:localhost,IP:${HOST}`));

  const daemon = new Daemon();
  atEnd(() => {
    daemon.kill();
    rmSync(semaphore, { force: true });
  });
  let ports: readonly number[] = [];
  const start = async (): Promise<{ readonly pid: number }> => {
    if (!daemon.running) rmSync(semaphore, { force: true });
    await daemon.start({
      path: programAt('ns-slapd'),
      args: ['-D', config, '-i', join(folder, 'run/pid'), '-d', DEBUG],
      log: join(folder, 'output'),
      ready: () => answersLdap(HOST, ports[0]!),
    });
    return { pid: daemon.pid };
  };
  const stop = (): Promise<void> => daemon.end('SIGTERM');
  const kill = (): Promise<void> => daemon.end('SIGKILL');
  /** It runs afterwards if it ran before. */
  const copied = async (end: () => Promise<void>, from: string, to: string): Promise<object> => {
    const running = daemon.running;
    await end();
    // What changes while it runs: the configuration is data as well.
    for (const part of [name, 'db']) {
      rmSync(join(to, part), { recursive: true, force: true });
      cpSync(join(from, part), join(to, part), { recursive: true });
    }
    return running ? await start() : {};
  };
  await atFreePorts(2, (free) => {
    ports = free;
    setPorts(config, free[0]!, free[1]!);
    return start();
  });
  const ldap = `ldap://${HOST}:${ports[0]}`;
  const secret = join(folder, 'secret');
  writeFileSync(secret, shape.admin.password, { mode: 0o600 });
  const addFirst = (): void =>
    void execFileSync(programAt('ldapadd'), ['-x', '-H', ldap, '-D', shape.admin.dn, '-y', secret], {
      input: firstEntries(shape),
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  addFirst();
  const replace = async (): Promise<object> => {
    await kill();
    rmSync(join(folder, 'db'), { recursive: true });
    mkdirSync(join(folder, 'db'));
    const started = await start();
    addFirst();
    return started;
  };
  const saved = join(folder, 'saved');
  return {
    told: {
      ldap,
      ldaps: `ldaps://${HOST}:${ports[1]}`,
      ca: pem(authority.certificate),
      otherCa: pem(other.certificate),
      caFile: authority.certificate,
      suffix,
      admin: shape.admin,
      sync: shape.sync,
      folder,
      pid: daemon.pid,
    },
    commands: {
      start,
      stop,
      kill,
      save: () => copied(stop, folder, saved),
      restore: () => copied(kill, saved, folder),
      replace,
    },
  };
}

/** Into the database that its TLS library reads, under the name that its configuration has. */
function takeCertificate(config: string, authority: Authority, { cert, key }: Signed): void {
  const store = `sql:${config}`;
  const bundle = join(config, 'server.p12');
  const quiet = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };
  execFileSync(programAt('certutil'), ['-N', '-d', store, '--empty-password'], quiet);
  execFileSync(programAt('certutil'), ['-A', '-d', store, '-n', 'ca', '-t', 'CT,,', '-a', '-i', authority.certificate], quiet);
  const names = ['-name', 'Server-Cert', '-passout', 'pass:', '-out', bundle];
  execFileSync(programAt('openssl'), ['pkcs12', '-export', '-in', cert, '-inkey', key, ...names], quiet);
  execFileSync(programAt('pk12util'), ['-i', bundle, '-d', store, '-W', '', '-K', ''], quiet);
  rmSync(bundle);
}
