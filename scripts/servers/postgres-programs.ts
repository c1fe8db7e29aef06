/**
 * Where PostgreSQL's own programs are, and on Debian and Ubuntu how they get there. What is not found is said together with
 * what would install it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { apt, mayInstall } from './apt.ts';

/** The oldest version that Rollcall keeps its store in. */
export const OLDEST = 15;
const INSTALL = ['install', '-y', '--no-install-recommends', 'postgresql'];
/** Where packages put them, outside of the PATH: Debian, Fedora, Homebrew. */
const PARENTS = ['/usr/lib/postgresql', '/usr', '/opt/homebrew/opt', '/usr/local/opt'];

/** The folder of initdb, pg_ctl and postgres, the newest there are. @throws when there are none, with what to do about it. */
export function postgresPrograms(how: { readonly install: boolean }): string {
  let found = newest();
  if (found === undefined && how.install && mayInstall()) {
    install();
    found = newest();
  }
  if (found !== undefined) return found;
  throw new Error(
    `PostgreSQL ${OLDEST} or newer is not installed; on Debian and Ubuntu: apt-get ${INSTALL.join(' ')} (\`npm run verify\` does it when root runs it)`,
  );
}

function newest(): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
    ...PARENTS.flatMap((parent) =>
      (existsSync(parent) ? readdirSync(parent) : [])
        .filter((name) => /^(\d+|pgsql-\d+|postgresql@\d+)$/.test(name))
        .map((name) => join(parent, name, 'bin')),
    ),
  ];
  return folders
    .map((folder) => ({ folder, version: versionIn(folder) }))
    .filter(({ version }) => version >= OLDEST)
    .sort((a, b) => b.version - a.version)[0]?.folder;
}

/** 0 where there is none. PATH often holds psql alone. */
function versionIn(folder: string): number {
  if (!['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name)))) return 0;
  return Number(
    /\(PostgreSQL\) (\d+)/.exec(execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' }))?.[1] ?? 0,
  );
}

/** Debian's package makes a cluster and starts it unless it is told otherwise while it is installed. */
function install(): void {
  const folder = '/etc/postgresql-common/createcluster.d';
  const file = join(folder, 'rollcall-tests.conf');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, 'create_main_cluster = false\n');
  try {
    apt('update');
    apt(...INSTALL);
  } finally {
    rmSync(file);
  }
}
