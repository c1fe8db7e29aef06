/** A piece of `verify:long` ends with all that it started, also where it dies by itself: the next one would meet it. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runPiece } from '../../scripts/long/run.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-long-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** It starts another one, and dies when that one has said a word. */
const program = (port: number): string => `
import { spawn } from 'node:child_process';
const speaks = "import('node:net').then(({ connect }) => connect(${port}, '127.0.0.1').on('connect', () => console.log('there')))";
const child = spawn(process.execPath, ['-e', speaks], { stdio: ['ignore', 'pipe', 'ignore'] });
child.stdout.once('data', () => process.kill(process.pid, 'SIGKILL'));
`;

test('a piece that dies leaves nothing running', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const came = once(server, 'connection') as Promise<[Socket]>;
  const script = join(folder, 'piece.mjs');
  await writeFile(script, program((server.address() as AddressInfo).port));
  const piece = {
    ...{ part: 'dies', number: 0, of: 1, seed: 1, amount: {}, env: {} },
    ...{ command: [script], isVitest: false, needsPostgres: false, guessedSeconds: 1 },
  };
  const done = runPiece(piece, folder, new AbortController().signal);
  const [socket] = await came;
  const gone = new Promise<void>((resolve) => socket.on('error', () => {}).on('close', () => resolve()));
  expect(await done).toMatchObject({ passed: 0, failed: 1 });
  await gone;
  server.close();
});
