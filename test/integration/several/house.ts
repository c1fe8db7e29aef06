/**
 * Several processes on one PostgreSQL store, and the systems that all of them work with, which are in this process: what was done
 * there is counted here. The test's own store only looks.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfiguration } from '#config/load';
import type { Configuration } from '#config/model';
import type { Connection, Page } from '#connectors/contract';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { RollcallError, toFault } from '#core/errors';
import type { KeptEvent } from '#runs/index';
import type { Holder, RunReport } from '#runs/model';
import type { Store } from '#store/contract';
import { open as openPostgres } from '#store/postgres/open';
import { CONNECTORS } from '../../../src/registry.ts';
import type { PushRequest } from '../../../src/runs/push.ts';
import { emptyStore } from '../../store.ts';
import type { Answer, Asked, Command, FromWorker, Moment, RunRequest, ToWorker } from './words.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Stands in the rollcall.yaml of a test for the store. */
export const STORE = 'postgres://store';

export interface Process {
  readonly pid: number;
  run(request?: RunRequest, stop?: Moment): Promise<RunReport>;
  push(request: PushRequest): Promise<Answer>;
  edit(anchor: string, attribute: string, value: string): Promise<Answer>;
  /** Keeps its schedules until it is interrupted; answers what it told of them. */
  keep(stop?: Moment): Promise<readonly KeptEvent[]>;
  /** As Ctrl-C. */
  interrupt(): Promise<unknown>;
  /** The next push of it that is staged, wherever. */
  staged(): Promise<number>;
  /** The next time that it waits for another process: for which. */
  waits(): Promise<Holder>;
  /** When it has stopped itself. */
  stopped(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  kill(): Promise<void>;
  end(): Promise<void>;
}

export interface House {
  readonly store: Store;
  readonly config: Configuration;
  readonly url: string;
  /** rollcall.yaml. */
  readonly file: string;
  /** The time of processes that are started from now on, ms; null = the real one. */
  time: number | null;
  /** When this is asked for next, which is not answered until it is let go. */
  hold(what: Asked): { readonly asked: Promise<void>; readonly go: () => void };
  /** When something was asked for, by the clock of `performance.now`. */
  asked(what: Asked): readonly number[];
  system(connection: string): MemorySystem;
  process(): Promise<Process>;
  close(): Promise<void>;
}

/** `tag`: part of the names of all systems. `time`: for all, ms; null = the real one. */
export async function house(yaml: string, tag: string, time: number | null, at?: string): Promise<House> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-several-'));
  const database = at === undefined ? await emptyStore() : null;
  const url = at ?? database!.url;
  const file = path.join(folder, 'rollcall.yaml');
  await writeFile(file, yaml.replace(STORE, url));
  const loaded = await loadConfiguration({ file, definitions: CONNECTORS, env: {} });
  if (!loaded.ok) throw new Error(loaded.faults.map((one) => one.message).join('\n'));
  const { config } = loaded;
  const processes: Process[] = [];
  const held = new Map<Asked, { asked: PromiseWithResolvers<void>; go: PromiseWithResolvers<void> }>();
  const names = config.connections.map(({ name }) => `${name}${tag}`);

  const asks: { readonly what: Asked; readonly at: number }[] = [];
  /** `open`: the connections that the process has there. */
  const ask = async (open: Map<string, Connection>, name: string, what: Asked, args: readonly unknown[]): Promise<unknown> => {
    asks.push({ what, at: performance.now() });
    const holding = held.get(what);
    held.delete(what);
    holding?.asked.resolve();
    await holding?.go.promise;
    let opened = open.get(name);
    if (!opened) {
      const { definition, settings } = config.connections.find((one) => one.name === name)!;
      opened = definition.open(settings, { connection: name, folder, limits: config.limits, warn: () => undefined });
      open.set(name, opened);
    }
    return await asking(opened, what, args);
  };

  const store = await openPostgres({ url, program: 'test', create: true });
  return {
    store,
    config,
    url,
    file,
    time,
    asked: (what) => asks.flatMap((one) => (one.what === what ? [one.at] : [])),
    hold(what) {
      const [asked, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      held.set(what, { asked, go });
      return { asked: asked.promise, go: go.resolve };
    },
    system: (connection) => memorySystem(`${connection}${tag}`),
    async process(this: House) {
      const open = new Map<string, Connection>();
      const args = [file, ...(this.time === null ? [] : [String(this.time)])];
      const one = await started(args, (name, what, more) => ask(open, name, what, more));
      processes.push(one);
      return one;
    },
    async close() {
      for (const one of processes) await one.kill();
      await store.close();
      for (const name of names) forgetMemorySystem(name);
      await database?.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function asking({ read, write, lookup }: Connection, what: Asked, args: readonly unknown[]): Promise<unknown> {
  const [first, second] = args as [never, never];
  if (what === 'cursor') return await read!.cursor!();
  if (what === 'write') return await write!.write(first);
  if (what === 'commit') return await write!.commit!();
  if (what === 'lookup') return await lookup!(first, second);
  const pages: Page[] = [];
  for await (const page of read!.read({ ...(first as object), signal: new AbortController().signal })) pages.push(page);
  return pages;
}

async function started(
  args: readonly string[],
  ask: (connection: string, what: Asked, args: readonly unknown[]) => Promise<unknown>,
): Promise<Process> {
  const child = fork(WORKER, args, { execArgv: ['--conditions=source'], serialization: 'advanced' });
  const sent = new Map<number, PromiseWithResolvers<Answer>>();
  const listeners = new Set<(said: FromWorker) => void>();
  const send = (message: ToWorker): void => void (child.connected && child.send(message));
  child.on('message', (said: FromWorker) => {
    for (const listener of [...listeners]) listener(said);
    if ('asks' in said)
      ask(said.connection, said.what, said.args).then(
        (result) => send({ answers: said.asks, result }),
        (error: unknown) => send({ answers: said.asks, fault: toFault(error) }),
      );
    if (!('done' in said)) return;
    const { resolve, reject } = sent.get(said.done)!;
    if ('answer' in said) resolve(said.answer);
    else reject(new RollcallError(said.fault.kind, said.fault.message));
  });
  child.on('exit', (code, signal) => {
    for (const one of sent.values()) one.reject(new Error(`the process ended: ${code ?? signal}`));
  });
  const next = <T>(fits: (said: FromWorker) => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const listener = (said: FromWorker): void => {
        const found = fits(said);
        if (found === undefined) return;
        listeners.delete(listener);
        resolve(found);
      };
      listeners.add(listener);
    });
  const tell = (command: Command): Promise<Answer> => {
    const answer = Promise.withResolvers<Answer>();
    answer.promise.catch(() => undefined);
    const to = sent.size + 1;
    sent.set(to, answer);
    send({ to, command });
    return answer.promise;
  };
  await Promise.race([
    next((said) => ('open' in said ? true : undefined)),
    once(child, 'exit').then(() => Promise.reject(new Error('the process ended before it had the store open'))),
  ]);
  return {
    pid: child.pid!,
    run: async (request = {}, stop) => (await tell({ do: 'run', request, stop: stop ?? null })).report!,
    push: (request) => tell({ do: 'push', request }),
    edit: (anchor, attribute, value) => tell({ do: 'edit', anchor, attribute, value }),
    keep: async (stop) => (await tell({ do: 'keep', stop: stop ?? null })).events!,
    interrupt: () => tell({ do: 'interrupt' }),
    waits: () => next((said) => ('waits' in said ? said.waits : undefined)),
    staged: () => next((said) => ('staged' in said ? said.staged : undefined)),
    async stopped() {
      for (;;) if ((await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1]!.startsWith('T')) return;
    },
    signal: (signal) => void child.kill(signal),
    kill: () => killed(child),
    async end() {
      const exited = once(child, 'exit');
      await tell({ do: 'end' });
      await exited;
    },
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
