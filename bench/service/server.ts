/** `rollcall serve` as somebody starts it: a process of its own on a folder of the benchmark, watched from outside. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from '../result.ts';
import { PROFILER } from '../spawn.ts';

/** As the launcher has it. */
const { SERVICE } = createRequire(import.meta.url)('../../bin/node.cjs') as { readonly SERVICE: readonly string[] };
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const MOST_TOLD = 4_000;
/** Until every thread has written its profile. */
const PROFILES_MS = 2_000;

export interface Memory {
  /** Megabytes: the most that the system saw (VmHWM), and the middle and the last of what was seen (VmRSS). */
  readonly peakMb: number;
  readonly medianMb: number;
  readonly lastMb: number;
}

export interface Server {
  readonly url: string;
  readonly process: ChildProcess;
  memory(): Memory;
  /** Processor time of all its threads so far, in ms. */
  cpuMs(): number;
  /** The end of what it told on standard error. */
  told(): string;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
}

/** When it can be reached. `profiles`: a folder that gets a CPU profile of each of its threads. */
export async function startServer(folder: string, profiles: string | null): Promise<Server> {
  const child = spawnServer(folder, 0, profiles);
  let said = '';
  let told = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    told = (told + chunk).slice(-MOST_TOLD);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      said += chunk;
      const ready = /(http:\/\/\S+) is ready/.exec(said);
      if (ready) resolve(ready[1]!);
    });
    child.once('close', () => reject(new Error(`rollcall serve ended before it was ready: ${told}`)));
  });
  const seen: number[] = [];
  const look = (): void => void seen.push(statusOf(child.pid!, 'VmRSS'));
  const timer = setInterval(look, 200);
  timer.unref();
  return {
    url,
    process: child,
    memory() {
      look();
      return { peakMb: statusOf(child.pid!, 'VmHWM'), medianMb: median(seen), lastMb: seen.at(-1)! };
    },
    cpuMs: () => cpuMsOf(child.pid!),
    told: () => told,
    async stop() {
      clearInterval(timer);
      if (profiles !== null) {
        child.kill('SIGWINCH');
        await pause(PROFILES_MS);
      }
      await ended(child);
    },
  };
}

function spawnServer(folder: string, port: number, profiles: string | null = null): ChildProcess {
  const args = [...process.execArgv, ...SERVICE, MAIN, 'serve', '--listen', `127.0.0.1:${port}`];
  return spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(profiles === null
      ? {}
      : { env: { ...process.env, NODE_OPTIONS: `--import ${PROFILER}`, ROLLCALL_BENCH_PROFILES: profiles } }),
  });
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

/** A command as somebody types it in the folder; what it prints. */
export function command(folder: string, ...argv: string[]): string {
  const done = spawnSync(process.execPath, [...process.execArgv, MAIN, ...argv], { cwd: folder, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`rollcall ${argv.join(' ')} ended with exit code ${done.status}: ${done.stderr}`);
  return done.stdout;
}

/** A port of 127.0.0.1 where nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Megabytes. Linux only; 0 elsewhere. */
function statusOf(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  try {
    return Number(new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Of a tick of the clock that Linux counts processor time by. */
const TICK_MS = 10;

/** User and system time of /proc/PID/stat, which are the 14th and 15th field; the name before may hold blanks. 0 elsewhere than on Linux. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
