/**
 * Before a run of tests: nothing is started. A test that needs a server asks this process for it (ask.ts), by a socket that only
 * this user can reach. The first to ask has it installed where it must be there, and what all tests share started; that ends with the run.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMariadb } from '../../scripts/servers/mariadb.ts';
import { type Kind, need } from '../../scripts/servers/packages.ts';
import { startPostgres } from '../../scripts/servers/postgres.ts';
import { startSamba } from '../../scripts/servers/samba.ts';
import type { Answer } from './ask.ts';
import { REQUIRED } from './required.ts';

const install = REQUIRED;

/** Each test starts its own, or runs it as it is. */
async function thereIs(kind: Kind): Promise<Answer> {
  need(kind, { install });
  return {};
}

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['ROLLCALL_TEST_SERVERS'] !== undefined) return;
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-servers-'));
  const ends: (() => Promise<void>)[] = [];
  const kinds: { readonly [kind in Kind]: () => Promise<Answer> } = {
    async postgres() {
      const server = await startPostgres({ install });
      ends.push(() => server.stop());
      return { told: { url: server.url } };
    },
    slapd: () => thereIs('slapd'),
    ds389: () => thereIs('ds389'),
    promtool: () => thereIs('promtool'),
    systemd: () => thereIs('systemd'),
    async samba() {
      const server = await startSamba({ install });
      ends.push(() => server.remove());
      return { told: server };
    },
    async mariadb() {
      const server = await startMariadb({ install });
      ends.push(() => server.remove());
      return { told: server };
    },
  };
  const answers = new Map<string, Promise<Answer>>();
  const asked = createServer(async (socket) => {
    const [line] = (await once(socket, 'data')) as [Buffer];
    const kind = line.toString().trim() as Kind;
    const one = answers.get(kind) ?? kinds[kind]().catch((error: Error) => ({ missing: error.message }));
    answers.set(kind, one);
    socket.end(JSON.stringify(await one));
  });
  process.env['ROLLCALL_TEST_SERVERS'] = await listen(asked, folder);
  return async () => {
    asked.close();
    await rm(folder, { recursive: true, force: true });
    await Promise.all(answers.values());
    await Promise.all(ends.map((end) => end()));
  };
}

function listen(server: Server, folder: string): Promise<string> {
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replace(/\W+/g, '-')}` : join(folder, 'asked');
  return new Promise((resolve, reject) => server.once('error', reject).listen(address, () => resolve(address)));
}
