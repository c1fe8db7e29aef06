/**
 * The process that owns one PostgreSQL server: makes it in a folder of its own, starts it, says its URL, does what it is told
 * line by line (`crash`, `kill`, `start`), and ends it and its folder when its input ends. So the server is gone however the process that
 * wanted it came to an end, kill -9 included.
 */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PostgresOptions } from './postgres.ts';
import { postgresPrograms } from './postgres-programs.ts';

const options = JSON.parse(process.argv[2]!) as PostgresOptions;
/** Another program may take a free port before the server does. */
const PORTS = 5;
const STARTS = 50;

interface User {
  readonly uid?: number;
  readonly gid?: number;
}

let folder: string | undefined;
let programs = '';
let user: User = {};

const data = (): string => join(folder!, 'data');
const answer = (what: object): void => void process.stdout.write(`${JSON.stringify(what)}\n`);

/** Runs one of PostgreSQL's programs as the user that it may run as, where that user can be. */
function call(program: string, ...args: readonly string[]): void {
  const how: SpawnSyncOptions = { ...user, cwd: folder!, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const done = spawnSync(join(programs, program), args, how);
  if (done.status === 0) return;
  throw new Error(`${program}: ${done.error?.message ?? `exit code ${done.status}`}\n${done.stdout}${done.stderr}`.trimEnd());
}

/** @throws what the server logged in this try: what it logged before says nothing of it. */
function start(): void {
  const log = join(folder!, 'log');
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
function makeCluster(password: string): void {
  const file = join(folder!, 'password');
  writeFileSync(file, password, { mode: 0o600 });
  own(file);
  const text = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US'];
  call('initdb', '-D', data(), '-U', 'postgres', '--auth=md5', `--pwfile=${file}`, '--no-sync', ...text);
  rmSync(file);
  appendFileSync(join(data(), 'postgresql.conf'), settings());
}

function settings(): string {
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

async function startSomewhere(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    appendFileSync(join(data(), 'postgresql.conf'), `port = ${port}\n`);
    try {
      start();
      return port;
    } catch (error) {
      if (tries === PORTS || !(error as Error).message.includes('Address already in use')) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Nothing in it is worth a clean end. */
function end(): never {
  if (folder !== undefined) {
    try {
      stop();
    } catch {
      // It was not running.
    }
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
// Whoever read the answers may be gone.
process.stdout.on('error', end);

try {
  programs = postgresPrograms({ install: options.install === true });
  user = ownUser();
  folder = mkdtempSync(join(tmpdir(), 'rollcall-postgres-'));
  own(folder);
  mkdirSync(data(), { mode: 0o700 });
  own(data());
  const password = randomBytes(24).toString('hex');
  makeCluster(password);
  const port = await startSomewhere();
  answer({ url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'crash') stop();
    if (line === 'kill') process.kill(postmaster(), 'SIGKILL');
    if (line === 'start') startAgain();
    answer({ done: line });
  }
} catch (error) {
  answer({ failed: (error as Error).message });
}
end();
