/** A MariaDB server, kept (keeper.ts): its data, its start and its ends. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Daemon } from './daemon.ts';
import type { Here, Kept } from './kept.ts';
import type { MariadbOptions } from './mariadb.ts';
import { need, programAt } from './packages.ts';
import { atFreePorts } from './ports.ts';

const HOST = '127.0.0.1';

export async function keep({ folder, atEnd }: Here, options: MariadbOptions): Promise<Kept> {
  need('mariadb', { install: options.install === true });
  const data = join(folder, 'data');
  // It does not run as root unless it is told to.
  const common = ['--no-defaults', `--datadir=${data}`, ...(process.getuid?.() === 0 ? ['--user=root'] : [])];
  const small = ['--skip-name-resolve', '--innodb-log-file-size=8M', '--innodb-buffer-pool-size=64M'];
  make([...common, ...small, '--auth-root-authentication-method=normal', '--skip-test-db']);
  const password = randomBytes(18).toString('hex');
  const first = join(folder, 'first.sql');
  writeFileSync(first, accounts(password), { mode: 0o600 });

  const daemon = new Daemon();
  atEnd(() => daemon.kill());
  let ports: readonly number[] = [];
  const start = async (): Promise<{ readonly pid: number }> => {
    const files = ['socket', 'pid-file', 'tmpdir'].map((name) => `--${name}=${name === 'tmpdir' ? folder : join(folder, name)}`);
    // What was committed outlives the server, not the machine.
    const settings = ['--innodb-flush-log-at-trx-commit=2', '--character-set-server=utf8mb4', `--init-file=${first}`];
    await daemon.start({
      path: programAt('mariadbd'),
      args: [...common, ...small, ...files, ...settings, `--bind-address=${HOST}`, `--port=${ports[0]}`, ...(options.args ?? [])],
      log: join(folder, 'log'),
      ready: () => greets(ports[0]!),
    });
    return { pid: daemon.pid };
  };
  await atFreePorts(1, (free) => {
    ports = free;
    return start();
  });
  return {
    told: { host: HOST, port: ports[0], user: 'root', password, folder, pid: daemon.pid },
    commands: { start, stop: () => daemon.end('SIGTERM'), kill: () => daemon.end('SIGKILL') },
  };
}

function make(args: readonly string[]): void {
  const done = spawnSync(programAt('mariadb-install-db'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status === 0) return;
  throw new Error(`mariadb-install-db: ${done.error?.message ?? `exit code ${done.status}`}\n${done.stdout}${done.stderr}`);
}

/** Read at each start, before anybody can connect: the accounts that the installation makes have no password. */
const accounts = (password: string): string =>
  ['localhost', HOST, '::1']
    .flatMap((host) => [
      `create or replace user root@'${host}' identified by '${password}';\n`,
      `grant all on *.* to root@'${host}' with grant option;\n`,
    ])
    .join('');

/** The server speaks first. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    const done = (greeted: boolean): void => {
      socket.destroy();
      resolve(greeted);
    };
    socket.once('data', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
