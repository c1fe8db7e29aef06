/** A Ctrl-C while the program is loaded, before it listens itself: it ends, and says that nothing was done. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rollcall-starting-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(
  args: readonly string[],
  env: { readonly [name: string]: string } = {},
): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  const err: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => void err.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, err: Buffer.concat(err).toString() }));
  });
}
const script = (text: string) => node(['--require', bin('starting.cjs'), '-e', `setTimeout(() => {}, 60_000); ${text}`]);
const STOPPED = 'Stopped before it began: nothing was read and nothing was written.\n';

it.each(['SIGINT', 'SIGTERM'])('%s before anybody listens', async (signal) => {
  expect(await script(`process.kill(process.pid, '${signal}')`)).toEqual({ code: 130, err: STOPPED });
});

it('once the program listens it says itself what happens, and after its end nothing wrong is said', async () => {
  const listening = "const mine = () => { console.error('mine'); process.exit(7); }; process.on('SIGINT', mine);";
  expect(await script(`${listening} process.kill(process.pid, 'SIGINT')`)).toEqual({ code: 7, err: 'mine\n' });
  const ended = `${listening} process.off('SIGINT', mine); process.exitCode = 3; process.kill(process.pid, 'SIGINT')`;
  expect(await script(ended)).toEqual({ code: 3, err: '' });
});

it('the command is started so: a run that is stopped while it is loaded', async () => {
  // As soon as somebody listens for it in the process that would be the program, there is a signal.
  const preload = join(folder, 'signal.cjs');
  writeFileSync(
    preload,
    `if (process.execArgv.includes('--require')) process.once('newListener', () => process.nextTick(() => process.kill(process.pid, 'SIGINT')));`,
  );
  const { code, err } = await node([bin('rollcall.cjs'), 'run'], { NODE_OPTIONS: `--require ${preload}` });
  expect({ code, err }).toEqual({ code: 130, err: STOPPED });
});
