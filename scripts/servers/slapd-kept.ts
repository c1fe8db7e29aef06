/** An OpenLDAP server, kept (keeper.ts): its certificates, its databases, its start and its ends. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, pem } from './certificates.ts';
import { Daemon } from './daemon.ts';
import type { Here, Kept } from './kept.ts';
import { answersLdap } from './ldap-ready.ts';
import { need, programAt } from './packages.ts';
import { atFreePorts } from './ports.ts';
import type { SlapdOptions } from './slapd.ts';
import { firstEntries, OVERLAYS, type Shape, slapdConf } from './slapd-conf.ts';

const HOST = '127.0.0.1';

export async function keep({ folder, atEnd }: Here, options: SlapdOptions): Promise<Kept> {
  need('slapd', { install: options.install === true });
  const tls = join(folder, 'tls');
  mkdirSync(tls);
  const authority = new Authority(tls, 'ca');
  const other = new Authority(tls, 'other-ca');
  const server = authority.sign('localhost', 'serverAuth', `DNS:localhost,IP:${HOST}`);
  const client = authority.sign('sync', 'clientAuth');
  const suffixes = options.suffixes ?? ['dc=example,dc=org'];
  const account = (name: string) => ({ dn: `cn=${name},${suffixes[0]}`, password: randomBytes(18).toString('hex') });
  const shape: Shape = {
    folder,
    suffixes,
    overlays: options.overlays ?? OVERLAYS,
    admin: account('admin'),
    sync: account('sync'),
    pager: account('pager'),
    ca: authority.certificate,
    server,
    options,
  };
  const conf = join(folder, 'slapd.conf');
  writeFileSync(conf, slapdConf(shape), { mode: 0o600 });
  const databases = new Databases(shape, conf);
  databases.make();
  if (options.ldif !== undefined) databases.add(options.ldif, suffixes[0]!);

  const daemon = new Daemon();
  atEnd(() => daemon.kill());
  let ports: readonly number[] = [];
  const start = async (): Promise<{ readonly pid: number }> => {
    const urls = `ldap://${HOST}:${ports[0]}/ ldaps://${HOST}:${ports[1]}/`;
    await daemon.start({
      path: programAt('slapd'),
      // With a level of logs it stays in the foreground.
      args: ['-f', conf, '-h', urls, '-d', 'stats'],
      log: join(folder, 'log'),
      ready: () => answersLdap(HOST, ports[0]!),
    });
    return { pid: daemon.pid };
  };
  const stop = (): Promise<void> => daemon.end('SIGTERM');
  /** As it was before, running or not. */
  const stopped = async (change: () => void): Promise<object> => {
    const running = daemon.running;
    await stop();
    try {
      change();
    } finally {
      if (running) await start();
    }
    return running ? { pid: daemon.pid } : {};
  };
  await atFreePorts(2, (free) => {
    ports = free;
    return start();
  });
  return {
    told: {
      ldap: `ldap://${HOST}:${ports[0]}`,
      ldaps: `ldaps://${HOST}:${ports[1]}`,
      ca: pem(authority.certificate),
      otherCa: pem(other.certificate),
      caFile: authority.certificate,
      client: { cert: pem(client.cert), key: pem(client.key) },
      suffix: suffixes[0],
      admin: shape.admin,
      sync: shape.sync,
      pager: shape.pager,
      folder,
      pid: daemon.pid,
    },
    commands: {
      start,
      stop,
      kill: () => daemon.end('SIGKILL'),
      save: () => stopped(() => databases.save()),
      restore: () => stopped(() => databases.restore()),
      replace: () => stopped(() => databases.make()),
      slapadd: (given) => {
        const { ldif, suffix = suffixes[0]! } = given as { readonly ldif: string; readonly suffix?: string };
        return stopped(() => databases.add(ldif, suffix));
      },
    },
  };
}

/** The files of a server that does not run. */
class Databases {
  readonly #shape: Shape;
  readonly #conf: string;
  readonly #folder: string;
  readonly #saved: string;

  constructor(shape: Shape, conf: string) {
    this.#shape = shape;
    this.#conf = conf;
    this.#folder = join(shape.folder, 'db');
    this.#saved = join(shape.folder, 'saved');
  }

  make(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    for (const name of ['log', ...this.#shape.suffixes.keys()]) mkdirSync(join(this.#folder, `${name}`), { recursive: true });
    for (const suffix of this.#shape.suffixes) this.add(firstEntries(this.#shape, suffix), suffix);
  }

  /** On the disk at its end, not after each entry. The quick mode (`-q`) does that as well, and breaks off after some numbers of entries. */
  #loading(): string {
    if (!this.#shape.options.durable) return this.#conf;
    const conf = join(this.#shape.folder, 'loading.conf');
    writeFileSync(conf, slapdConf({ ...this.#shape, options: { ...this.#shape.options, durable: false } }), { mode: 0o600 });
    return conf;
  }

  add(ldif: string, suffix: string): void {
    const args = ['-f', this.#loading(), '-b', suffix, '-w'];
    const done = spawnSync(programAt('slapadd'), args, { input: ldif, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`slapadd: ${done.error?.message ?? `exit code ${done.status}`}\n${done.stderr}`);
  }

  save(): void {
    rmSync(this.#saved, { recursive: true, force: true });
    cpSync(this.#folder, this.#saved, { recursive: true });
  }

  restore(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    cpSync(this.#saved, this.#folder, { recursive: true });
  }
}
