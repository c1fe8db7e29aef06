/** A PostgreSQL server, kept (keeper.ts): its cluster, its settings, its start and its ends. */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Here, Kept } from './kept.ts';
import { need } from './packages.ts';
import { atFreePorts } from './ports.ts';
import type { PostgresOptions } from './postgres.ts';
import { postgresAt } from './postgres-programs.ts';

const STARTS = 50;

interface User {
  readonly uid?: number;
  readonly gid?: number;
}

let folder = '';
let programs = '';
let user: User = {};

const data = (): string => join(folder, 'data');

/** Runs one of PostgreSQL's programs as the user that it may run as, where that user can be. */
function call(program: string, ...args: readonly string[]): void {
  const how: SpawnSyncOptions = { ...user, cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const done = spawnSync(join(programs, program), args, how);
  if (done.status === 0) return;
  throw new Error(`${program}: ${done.error?.message ?? `exit code ${done.status}`}\n${done.stdout}${done.stderr}`.trimEnd());
}

/** @throws what the server logged in this try: what it logged before says nothing of it. */
function start(): void {
  const log = join(folder, 'log');
  const logged = (): Buffer => (existsSync(log) ? readFileSync(log) : Buffer.alloc(0));
  const before = logged().length;
  try {
    call('pg_ctl', '-D', data(), '-w', '-s', '-l', log, 'start');
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${logged().toString('utf8', before)}`);
  }
}

const stop = (): void => call('pg_ctl', '-D', data(), '-w', '-s', '-m', 'immediate', 'stop');

const postmaster = (): number => Number(readFileSync(join(data(), 'postmaster.pid'), 'utf8').split('\n')[0]);

/** After a kill: the server's other processes may still be there, and keep it from starting. */
function startAgain(): void {
  for (let tries = 1; ; tries++)
    try {
      start();
      return;
    } catch (error) {
      if (tries === STARTS || !/is still in use|lock file .* already exists/.test((error as Error).message)) throw error;
    }
}

/** PostgreSQL refuses to be root: then it is the user `postgres`, that its package makes. */
function ownUser(): User {
  if (process.getuid?.() !== 0) return {};
  const id = (what: string): number => Number(spawnSync('id', [what, 'postgres'], { encoding: 'utf8' }).stdout || Number.NaN);
  const [uid, gid] = [id('-u'), id('-g')];
  if (Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
  throw new Error('PostgreSQL does not run as root, and there is no user postgres: useradd --system postgres');
}

function own(path: string): void {
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid!);
}

/**
 * A cluster that sorts text as people do, so that no query rests on the order of bytes unless it says so. Its password is random: that
 * guessing one costs thousands of hashes would only cost each of the many connections of tests as many.
 */
function makeCluster(password: string, options: PostgresOptions): void {
  const file = join(folder, 'password');
  writeFileSync(file, password, { mode: 0o600 });
  own(file);
  const text = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US'];
  call('initdb', '-D', data(), '-U', 'postgres', '--auth=md5', `--pwfile=${file}`, '--no-sync', ...text);
  rmSync(file);
  appendFileSync(join(data(), 'postgresql.conf'), settings(options));
}

function settings(options: PostgresOptions): string {
  const all: { [name: string]: string } = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '64MB',
    synchronous_commit: 'on',
    // Nothing outlives the server, unless a test is about what does.
    ...(options.durable ? {} : { fsync: 'off', full_page_writes: 'off', autovacuum: 'off' }),
    ...options.settings,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

const startAt = (port: number): void => {
  appendFileSync(join(data(), 'postgresql.conf'), `port = ${port}\n`);
  start();
};

export async function keep(here: Here, options: PostgresOptions): Promise<Kept> {
  need('postgres', { install: options.install === true });
  programs = postgresAt()!;
  user = ownUser();
  folder = here.folder;
  own(folder);
  mkdirSync(data(), { mode: 0o700 });
  own(data());
  here.atEnd(stop);
  const password = randomBytes(24).toString('hex');
  makeCluster(password, options);
  const [port] = await atFreePorts(1, ([port]) => startAt(port!));
  return {
    told: { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` },
    commands: { crash: stop, kill: () => void process.kill(postmaster(), 'SIGKILL'), start: startAgain },
  };
}
