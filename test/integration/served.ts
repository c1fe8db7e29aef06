/** `rollcall serve` as somebody starts it: a process of its own on a free port, and commands beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Store } from '#store/contract';
import { type TestStore, testStore } from '../store.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Longer than it takes beside anything else, to begin or to end: what hangs is killed, and the test says so. */
const HANGS_MS = 120_000;

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Served {
  readonly folder: string;
  readonly url: string;
  readonly process: ChildProcess;
  readonly store: TestStore;
  /** What it printed so far. */
  printed(): Promise<string>;
  /** A command beside it. */
  command(...argv: string[]): Promise<Ended>;
  /** Ends it as Ctrl-C in another terminal would, or at once; answers its exit code. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Again, on the same store; `main`: as another program than the shipped one. */
  start(main?: string): Promise<void>;
  close(): Promise<void>;
}

/** `files` are beside rollcall.yaml, which says `store:` by itself; `prepare`: what is in the store before it starts; `where` it is, made in the folder. */
export async function served(
  yaml: string,
  files: { readonly [name: string]: string } = {},
  prepare?: (store: Store) => Promise<void>,
  where: (folder: string) => Promise<TestStore> = testStore,
): Promise<Served> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-served-'));
  const store = await where(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  await writeFile(path.join(folder, 'rollcall.yaml'), `store: ${store.place}\n${yaml}`);
  if (prepare !== undefined) {
    const opened = await store.open();
    await prepare(opened);
    await opened.close();
  }
  const begin = async (main = MAIN): Promise<{ child: ChildProcess; url: string }> => {
    const child = spawn(process.execPath, ['--conditions=source', main, 'serve', '--listen', '127.0.0.1:0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    texts.push(chunks);
    child.stderr!.on('data', (chunk: Buffer) => void chunks.push(chunk));
    const hangs = setTimeout(() => child.kill('SIGKILL'), HANGS_MS);
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout!.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        const said = /(https?:\/\/\S+) is ready/.exec(Buffer.concat(chunks).toString());
        if (said) resolve(said[1]!);
      });
      child.once('close', () => reject(new Error(`it ended before it was ready: ${Buffer.concat(chunks).toString()}`)));
    }).finally(() => clearTimeout(hangs));
    return { child, url };
  };
  const texts: Buffer[][] = [];
  let here = await begin();
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    const { child } = here;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const closed = once(child, 'close');
    child.kill(signal);
    const hangs = setTimeout(() => child.kill('SIGKILL'), HANGS_MS);
    const [code, killed] = (await closed) as [number | null, NodeJS.Signals | null];
    clearTimeout(hangs);
    if (killed !== null && killed !== signal) throw new Error(`it did not end: ${Buffer.concat(texts.at(-1)!).toString()}`);
    return code;
  };
  return {
    folder,
    store,
    get url() {
      return here.url;
    },
    get process() {
      return here.child;
    },
    printed: async () => Buffer.concat(texts.flat()).toString(),
    async command(...argv) {
      const child = spawn(process.execPath, ['--conditions=source', MAIN, ...argv], {
        cwd: folder,
        env: { ...process.env, ROLLCALL_USER: 'ada' },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: HANGS_MS,
        killSignal: 'SIGKILL',
      });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk: Buffer) => void out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => void err.push(chunk));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
    },
    stop: (signal = 'SIGTERM') => stop(signal),
    async start(main) {
      here = await begin(main);
    },
    async close() {
      await stop('SIGKILL');
      await store.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
