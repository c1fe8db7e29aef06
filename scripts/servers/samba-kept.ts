/** A Samba domain controller, kept (keeper.ts): its domain, its address, its start and its ends. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, pem, type Signed } from './certificates.ts';
import { Daemon } from './daemon.ts';
import type { Here, Kept } from './kept.ts';
import { answersLdap } from './ldap-ready.ts';
import { need, programAt } from './packages.ts';
import { isFree } from './ports.ts';
import type { SambaOptions } from './samba.ts';

/** Samba offers no others. */
const [PLAIN, TLS] = [389, 636];
const HOST = 'dc1';

export async function keep({ folder, atEnd }: Here, options: SambaOptions): Promise<Kept> {
  need('samba', { install: options.install === true });
  const realm = options.like?.realm ?? options.realm ?? 'LAB.EXAMPLE';
  const domain = realm.toLowerCase();
  const base = domain
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
  const admin = options.like?.admin ?? {
    dn: `CN=Administrator,CN=Users,${base}`,
    upn: `Administrator@${domain}`,
    // Of three kinds of characters, as the domain's own rules want it.
    password: `Aa1-${randomBytes(15).toString('hex')}`,
  };
  const [dc, pristine, saved] = ['dc', 'pristine', 'saved'].map((name) => join(folder, name)) as [string, string, string];
  const copy = (from: string, to: string): void => {
    rmSync(to, { recursive: true, force: true });
    execFileSync('cp', ['-a', from, to]);
  };

  let newest = options.like?.pristine ?? pristine;
  let provisioning: ReturnType<typeof spawn> | undefined;
  atEnd(() => provisioning?.kill('SIGKILL'));
  const provision = async (): Promise<void> => {
    rmSync(dc, { recursive: true, force: true });
    // Without a file of its own it takes over what Debian's has.
    const empty = join(folder, 'empty.conf');
    writeFileSync(empty, '');
    const log = join(folder, 'provision.log');
    const names = [`--realm=${realm}`, `--domain=${realm.split('.')[0]}`, `--host-name=${HOST}`, '--host-ip=127.0.0.1'];
    const kind = ['--server-role=dc', '--dns-backend=NONE', '--use-rfc2307', '--option=server services=ldap'];
    // Numbers in order are found by an index in LMDB alone: DirSync is a search for higher ones.
    if (options.large === true) kind.push('--backend-store=mdb');
    const args = ['domain', 'provision', `--configfile=${empty}`, `--targetdir=${dc}`, ...names, ...kind];
    const output = openSync(log, 'w', 0o600);
    provisioning = spawn(programAt('samba-tool'), [...args, `--adminpass=${admin.password}`], {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const [code] = (await once(provisioning, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`samba-tool domain provision: exit code ${code}\n${readFileSync(log, 'utf8').slice(-4000)}`);
    copy(dc, pristine);
    newest = pristine;
  };
  if (options.like === undefined) await provision();
  else copy(options.like.pristine, dc);

  const address = await freeAddress();
  const tls = join(folder, 'tls');
  mkdirSync(tls);
  const authority = new Authority(tls, 'ca');
  const other = new Authority(tls, 'other-ca');
  const serverName = `${HOST}.${domain}`;
  const signed = authority.sign(serverName, 'serverAuth', `DNS:${serverName},IP:${address}`);
  const conf = join(folder, 'smb.conf');
  writeFileSync(conf, smbConf({ folder, dc, realm, address, ca: authority.certificate, signed }));

  const daemon = new Daemon();
  atEnd(() => daemon.kill());
  const start = async (): Promise<{ readonly pid: number }> => {
    await daemon.start({
      path: programAt('samba'),
      args: ['-s', conf, '-F', '--no-process-group', '-M', 'single', '--debug-stdout'],
      log: join(folder, 'log'),
      ready: async () => (await answersLdap(address, PLAIN)) && !(await isFree(address, TLS)),
    });
    return { pid: daemon.pid };
  };
  const stop = (): Promise<void> => daemon.end('SIGTERM');
  const kill = (): Promise<void> => daemon.end('SIGKILL');
  /** It runs afterwards if it ran before. */
  const stopped = async (end: () => Promise<void>, change: () => Promise<void> | void): Promise<object> => {
    const running = daemon.running;
    await end();
    try {
      await change();
    } finally {
      if (running) await start();
    }
    return { pristine: newest, ...(running ? { pid: daemon.pid } : {}) };
  };
  const ldbmodify = (ldif: string): void => {
    // Otherwise each entry is a transaction in the one of all, which takes longer with each.
    const batch = ['-o', 'batch_mode:1', '-o', 'transaction_index_cache_size:200000'];
    const args = ['-H', join(dc, 'private', 'sam.ldb'), '--controls=relax:0', ...batch];
    const env = { ...process.env, SMB_CONF_PATH: conf };
    const done = spawnSync(programAt('ldbmodify'), args, { input: ldif, encoding: 'utf8', env });
    if (done.status !== 0) throw new Error(`ldbmodify: ${done.error?.message ?? `exit code ${done.status}`}\n${done.stderr}`);
  };
  await start();
  return {
    told: {
      address,
      ldap: `ldap://${address}`,
      ldaps: `ldaps://${address}`,
      serverName,
      ca: pem(authority.certificate),
      otherCa: pem(other.certificate),
      caFile: authority.certificate,
      realm,
      base,
      admin,
      folder,
      pristine: newest,
      pid: daemon.pid,
    },
    commands: {
      start,
      stop,
      kill,
      save: () => stopped(stop, () => copy(dc, saved)),
      restore: () => stopped(kill, () => copy(saved, dc)),
      replace: () => stopped(kill, provision),
      ldbmodify: (given) => stopped(stop, () => ldbmodify((given as { readonly ldif: string }).ldif)),
    },
  };
}

/** Two at once are two addresses. */
async function freeAddress(): Promise<string> {
  for (;;) {
    const address = `127.${randomInt(64, 128)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    if ((await isFree(address, PLAIN)) && (await isFree(address, TLS))) return address;
  }
}

interface Settings {
  readonly folder: string;
  readonly dc: string;
  readonly realm: string;
  readonly address: string;
  readonly ca: string;
  readonly signed: Signed;
}

/** smb.conf(5) as provisioning writes it, but for what is of this folder and this address. */
function smbConf({ folder, dc, realm, address, ca, signed }: Settings): string {
  const run = join(folder, 'run');
  mkdirSync(run, { mode: 0o755 });
  // Samba refuses a key that others may read.
  chmodSync(signed.key, 0o600);
  return [
    '[global]',
    `realm = ${realm}`,
    `workgroup = ${realm.split('.')[0]}`,
    `netbios name = ${HOST}`,
    'server role = active directory domain controller',
    'server services = ldap',
    `interfaces = ${address}/8`,
    'bind interfaces only = yes',
    `private dir = ${join(dc, 'private')}`,
    `lock directory = ${dc}`,
    `state directory = ${join(dc, 'state')}`,
    `cache directory = ${join(dc, 'cache')}`,
    `binddns dir = ${join(dc, 'bind-dns')}`,
    `pid directory = ${run}`,
    `ncalrpc dir = ${join(run, 'ncalrpc')}`,
    `log file = ${join(run, 'log.%m')}`,
    `tls keyfile = ${signed.key}`,
    `tls certfile = ${signed.cert}`,
    `tls cafile = ${ca}`,
    '',
  ].join('\n');
}
