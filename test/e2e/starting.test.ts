/** A Ctrl-C while the program is loaded, before it listens itself: it ends, and says that nothing was done. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { GLOBAL_OPTIONS } from '#cli/arguments';
import { serve } from '#cli/commands/serve';

const bin = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
const FIRST_PROCESS = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
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

it('a SIGINT of the launcher alone reaches the program, one of both is one, and a second one ends at once', async () => {
  const program = join(folder, 'program.cjs');
  // In place of the program: what the command line does with the two signals.
  writeFileSync(
    program,
    `let typed = 0, passed = 0, stops = 0;
    const stop = () => { stops++; console.error('stop ' + stops); if (stops === 2) process.exit(130); };
    const tell = (add) => { const before = Math.max(typed, passed); add(); if (Math.max(typed, passed) > before) stop(); };
    process.on('SIGINT', () => tell(() => typed++));
    process.on('SIGUSR2', () => tell(() => passed++));
    setTimeout(() => {}, 60_000);
    console.error('ready');`,
  );
  const text = `require(${JSON.stringify(bin('node.cjs'))}).run([${JSON.stringify(program)}], ${JSON.stringify(bin('starting.cjs'))})`;
  for (const whole of [false, true]) {
    // Its own group: a signal to all of it is what a terminal does.
    const child = spawn(process.execPath, ['-e', text], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    const interrupt = () => process.kill(whole ? -child.pid! : child.pid!, 'SIGINT');
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk;
      if (/ready\n$/.test(err) || /stop 1\n$/.test(err)) interrupt();
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, err], String(whole)).toEqual([130, 'ready\nstop 1\nstop 2\n']);
  }
});

it.skipIf(spawnSync('unshare', FIRST_PROCESS.concat('true')).status !== 0)(
  'as the first process of a container it ends with the number of the signal that ended the program (where unshare may make one)',
  async () => {
    const killed = `require(${JSON.stringify(bin('node.cjs'))}).run(['-e', "process.kill(process.pid, 'SIGKILL')"])`;
    const child = spawn('unshare', [...FIRST_PROCESS, process.execPath, '-e', killed], { cwd: folder, stdio: 'ignore' });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(128 + 9);
  },
);

it('the service is told from other commands wherever its name stands, by the options that the command line knows', () => {
  const { command } = createRequire(import.meta.url)(bin('node.cjs')) as { command(args: readonly string[]): string | undefined };
  for (const { name, value, short } of [...GLOBAL_OPTIONS, ...serve.options]) {
    const given = value === undefined ? [] : ['run'];
    expect(command([`--${name}`, ...given, 'serve']), name).toBe('serve');
    if (short !== undefined) expect(command([`-${short}`, ...given, 'serve']), short).toBe('serve');
    if (value !== undefined) expect(command([`--${name}=x`, 'serve']), name).toBe('serve');
  }
  expect(command(['-qc', 'run', 'serve'])).toBe('serve');
  expect(command(['-cx', 'serve'])).toBe('serve');
  expect(command(['--', 'serve'])).toBe('serve');
  expect(command(['--config', 'serve', 'run'])).toBe('run');
  expect(command(['--help'])).toBeUndefined();
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

it('an installed program is started by whatever Node.js there is with what bounds its memory, and with the options of the caller', async () => {
  for (const name of ['bin', 'dist']) mkdirSync(join(folder, 'installed', name), { recursive: true });
  for (const name of ['rollcall.cjs', 'node.cjs', 'starting.cjs']) copyFileSync(bin(name), join(folder, 'installed/bin', name));
  writeFileSync(
    join(folder, 'installed/dist/main.js'),
    'console.error(JSON.stringify([process.execArgv, process.env.MALLOC_TRIM_THRESHOLD_, process.argv.slice(2)]));',
  );
  const { code, err } = await node(['--no-deprecation', join(folder, 'installed/bin/rollcall.cjs'), 'run', '--plan', 'x']);
  const [options, threshold, args] = JSON.parse(err) as [string[], string, string[]];
  expect({ code, threshold, args }).toEqual({ code: 0, threshold: '1048576', args: ['run', '--plan', 'x'] });
  expect(options.slice(0, 3)).toEqual(['--max-semi-space-size=8', '--no-deprecation', '--require']);
  const service = await node([join(folder, 'installed/bin/rollcall.cjs'), '--config', 'x', 'serve']);
  expect((JSON.parse(service.err) as [string[]])[0].slice(0, 3)).toEqual([
    '--max-semi-space-size=8',
    '--heap-growing-percent=50',
    '--require',
  ]);
});
