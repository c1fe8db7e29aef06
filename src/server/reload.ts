/**
 * rollcall.yaml is read again when it changes, or a file that it names: checked, planned, and only then taken over. What cannot be taken over leaves everything
 * as it is, and says so.
 */
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { auditEvent } from '#audit/event';
import { sha256Hex } from '#core/digest';
import { type Fault, toFault } from '#core/errors';
import type { Program, ServeOptions } from '#operations/operation';
import type { PlanOutput } from '#operations/plan';
import type { AuditEvent } from '#store/contract';
import type { ServiceEvent } from '#worker/events';
import type { ServiceThread } from '#worker/thread';

type Configuration = ServeOptions['config'];
type Loaded = Awaited<ReturnType<Program['loadConfig']>>;

export interface ReloadOptions {
  readonly file: string;
  readonly loadConfig: Program['loadConfig'];
  /** A thread that reads, with the file as it is now. */
  readonly reads: () => Promise<ServiceThread>;
  /** Everything goes on with the file as it is now. `applies`: its rules may say something else than before. */
  readonly takeOver: (config: Configuration, applies: boolean) => Promise<void>;
  readonly tell: (event: ServiceEvent) => void;
  /** Into the audit log. */
  readonly note: (events: readonly AuditEvent[]) => Promise<unknown>;
  readonly wall: () => number;
  readonly onFault: (fault: Fault) => void;
  readonly signal: AbortSignal;
}

const ITSELF = { kind: 'system', name: 'rollcall', token: null, source: null } as const;
/** Between two looks at the file: it may lie on a share, or be a link that is changed (a ConfigMap). */
const LOOK_MS = 1_000;

/** Ends with the signal. `present`: what runs now. */
export async function keepReloading(present: Configuration, options: ReloadOptions): Promise<void> {
  const { file, signal, loadConfig } = options;
  let { files } = present;
  let config = present;
  while (!signal.aborted) {
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const now = await digestsOf(files);
    // Half of a file that is being written is not taken for the whole.
    if (isDeepStrictEqual(now, files) || !isDeepStrictEqual(now, await digestsOf(files))) continue;
    // What cannot be loaded is told once.
    files = now;
    try {
      const loaded = await loadConfig(file);
      const { files: read } = loaded.ok ? loaded.config : loaded;
      files = new Map([...read].map(([name, digest]) => [name, now.get(name) ?? digest]));
      config = (await reload(config, loaded, options)) ?? config;
    } catch (error) {
      if (signal.aborted) return;
      options.onFault(refused(toFault(error)));
    }
  }
}

/** Null: everything goes on as before. */
async function reload(
  present: Configuration,
  loaded: Loaded,
  { file, reads, takeOver, tell, note, wall, onFault, signal }: ReloadOptions,
): Promise<Configuration | null> {
  if (!loaded.ok) {
    for (const fault of loaded.faults) onFault(fault);
    onFault(refused({ kind: 'configuration', message: 'the file has faults', where: { file } }));
    return null;
  }
  const { config } = loaded;
  for (const part of ['store', 'access', 'server', 'log', 'telemetry'] as const)
    if (!isDeepStrictEqual(config[part], present[part])) {
      onFault(
        refused({
          kind: 'configuration',
          message: `\`${part}:\` has changed`,
          where: { file },
          remedy: 'start the service again',
        }),
      );
      return null;
    }
  const applies = !isSameBut(present, config);
  const planned = applies ? await planOf(reads, signal) : null;
  if (planned?.complete === false) {
    onFault(refused({ kind: 'configuration', message: 'what comes of it cannot be worked out', where: { file } }));
    return null;
  }
  const count = (what: string): number => planned?.lines.filter((line) => line.what === what).length ?? 0;
  const [objects, exports] = [count('object'), count('export')];
  const after = { file, objects, exports };
  await note([auditEvent({ at: wall(), action: 'configuration.change', actor: ITSELF, after })]);
  await takeOver(config, applies);
  tell({ what: 'reloaded', file, objects, exports });
  return config;
}

async function planOf(reads: ReloadOptions['reads'], signal: AbortSignal): Promise<PlanOutput> {
  const thread = await reads();
  // A plan may take long.
  const end = (): void => void thread.stop();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    const caller = { kind: 'system', name: 'rollcall', token: null, source: null } as const;
    const input = { profile: 'full-sync', by: 'reload' };
    return (await thread.ask({ ask: 'operation', name: 'plan', input, caller, url: null })) as PlanOutput;
  } finally {
    signal.removeEventListener('abort', end);
    await thread.stop();
  }
}

function refused(fault: Fault): Fault {
  return { ...fault, message: `${fault.message}; the service goes on with the configuration that it has` };
}

/** Another secret, or another connector: nothing follows from it for anybody. */
function isSameBut(before: Configuration, after: Configuration): boolean {
  const rules = (one: Configuration): readonly string[] => one.connections.map(({ rulesHash }) => rulesHash);
  return before.files.get(before.file) === after.files.get(after.file) && isDeepStrictEqual(rules(before), rules(after));
}

/** As they are now. What is no file, such as a pipe, is read once, by whoever loads it. */
async function digestsOf(files: Configuration['files']): Promise<Configuration['files']> {
  const now = new Map(files);
  for (const file of files.keys()) {
    const found = await stat(file).catch(() => null);
    if (found !== null && !found.isFile()) continue;
    const bytes = await readFile(file).catch(() => null);
    now.set(file, bytes === null ? null : sha256Hex(bytes));
  }
  return now;
}
