/** Where PostgreSQL's own programs are. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The oldest version that Rollcall keeps its store in. */
export const OLDEST = 15;
/** Where packages put them, outside of the PATH: Debian, Fedora, Homebrew. */
const PARENTS = ['/usr/lib/postgresql', '/usr', '/opt/homebrew/opt', '/usr/local/opt'];

/** The folder of initdb, pg_ctl and postgres, the newest there are. */
export function postgresAt(): string | undefined {
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
