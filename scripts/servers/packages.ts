/**
 * The servers and tools that tests need and a machine may not have: where their programs are, and on Debian and Ubuntu what installs them. What is
 * missing is installed in one go, where root may, and none of it is started by that.
 */
import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { apt, mayInstall } from './apt.ts';
import { OLDEST, postgresAt } from './postgres-programs.ts';

interface Need {
  readonly name: string;
  readonly packages: readonly string[];
  /** Why nobody but root can run it. */
  readonly root?: string;
  readonly there: () => boolean;
}

/** Administrators' programs are outside of many a PATH. */
const FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** `files` are patterns of what the programs do not start without. */
const needs = (name: string, programs: readonly string[], packages: readonly string[], files: readonly string[] = []): Need => ({
  name,
  packages,
  there: () => programs.every((one) => find(one) !== undefined) && files.every((one) => globSync(one).length > 0),
});

export type Kind = 'postgres' | 'slapd' | 'samba' | 'mariadb' | 'ds389' | 'promtool' | 'systemd';

const NEEDS: { readonly [kind in Kind]: Need } = {
  postgres: { name: `PostgreSQL ${OLDEST} or newer`, packages: ['postgresql'], there: () => postgresAt() !== undefined },
  slapd: needs('slapd', ['slapd', 'slapadd', 'ldapsearch', 'ldapmodify', 'openssl'], ['slapd', 'ldap-utils', 'openssl']),
  samba: {
    ...needs(
      'Samba as a domain controller',
      ['samba', 'samba-tool', 'ldbmodify', 'ldapsearch', 'openssl'],
      // In packages of their own: what provisions, and what the databases are made of.
      [
        'samba',
        'samba-ad-dc',
        'samba-ad-provision',
        'samba-dsdb-modules',
        'samba-vfs-modules',
        'winbind',
        'ldb-tools',
        'ldap-utils',
        'openssl',
      ],
      ['/usr/share/samba/setup/provision.ldif', '/usr/lib/*/samba/ldb/samba_dsdb.so'],
    ),
    root: 'it listens at ports 389 and 636',
  },
  mariadb: needs('MariaDB', ['mariadbd', 'mariadb-install-db', 'mariadb'], ['mariadb-server']),
  ds389: {
    ...needs(
      '389 Directory Server',
      ['ns-slapd', 'certutil', 'pk12util', 'ldapadd', 'openssl'],
      ['389-ds-base', 'libnss3-tools', 'ldap-utils', 'openssl'],
    ),
    root: 'nobody else may read what its package has for the configuration of a server',
  },
  promtool: needs('promtool', ['promtool'], ['prometheus']),
  systemd: needs('systemd', ['systemd-analyze', 'systemd-sysusers'], ['systemd']),
};

export const KINDS = Object.keys(NEEDS) as readonly Kind[];

/** Installs what is missing, where root may. */
export function installMissing(kinds: readonly Kind[]): void {
  const missing = kinds.map((kind) => NEEDS[kind]).filter((one) => !one.there());
  if (missing.length > 0 && mayInstall()) install(missing.flatMap(({ packages }) => packages));
}

/** @throws where it cannot run, with what to do about it. */
export function need(kind: Kind, how: { readonly install: boolean }): void {
  const { name, root, packages, there } = NEEDS[kind];
  if (root !== undefined && process.getuid?.() !== 0) throw new Error(`${name} runs as root alone: ${root}`);
  if (how.install) installMissing([kind]);
  if (there()) return;
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  throw new Error(`${name} is not installed; on Debian and Ubuntu: ${command} (\`npm run verify\` does it when root runs it)`);
}

/** The path of a program. @throws where there is none. */
export function programAt(name: string): string {
  const found = find(name);
  if (found === undefined) throw new Error(`there is no program ${name}`);
  return found;
}

function find(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''), ...FOLDERS];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** What keeps Debian's packages from starting what they install: their own setting for PostgreSQL, and the refusal of any start. */
const MEANWHILE = [
  {
    file: '/etc/postgresql-common/createcluster.d/rollcall-tests.conf',
    text: 'create_main_cluster = false\n',
    mode: 0o644,
    of: 'postgresql',
  },
  { file: '/usr/sbin/policy-rc.d', text: '#!/bin/sh\nexit 101\n', mode: 0o755 },
];

function install(packages: readonly string[]): void {
  const ours = MEANWHILE.filter(({ file, of }) => !existsSync(file) && (of === undefined || packages.includes(of)));
  for (const { file, text, mode } of ours) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  }
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...packages);
  } finally {
    for (const { file } of ours) rmSync(file);
  }
}
