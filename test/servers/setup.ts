/**
 * Before a run of tests: nothing is started. A test that needs a server asks this process for it (postgres.ts), by a socket that only
 * this user can reach; the first to ask has it started, and it ends with the run. `verify` brings its own for all its runs.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '../../scripts/servers/postgres.ts';
import { REQUIRED } from './required.ts';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['ROLLCALL_TEST_POSTGRES'] !== undefined || process.env['ROLLCALL_TEST_SERVERS'] !== undefined) return;
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-servers-'));
  let started: Promise<PostgresServer> | undefined;
  const asked = createServer((socket) => {
    started ??= startPostgres({ install: REQUIRED });
    started.then(
      ({ url }) => socket.end(JSON.stringify({ url })),
      (error: Error) => socket.end(JSON.stringify({ missing: error.message })),
    );
  });
  process.env['ROLLCALL_TEST_SERVERS'] = await listen(asked, folder);
  return async () => {
    asked.close();
    await rm(folder, { recursive: true, force: true });
    await started?.then(
      (server) => server.stop(),
      () => undefined,
    );
  };
}

function listen(server: Server, folder: string): Promise<string> {
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replace(/\W+/g, '-')}` : join(folder, 'postgres');
  return new Promise((resolve, reject) => server.once('error', reject).listen(address, () => resolve(address)));
}
