/** A session in this process: loads the configuration once, opens the store when an operation first asks for it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seal } from '#audit/seal';
import { type Fault, RollcallError, toFault } from '#core/errors';
import type { KeptOpen, LiveEvent, PushesReport, Rests } from '#runs/index';
import type { FaultAbout, Holder, Progress, Services } from '#runs/model';
import { answers, socketOf } from './local-socket.ts';
import type { Access, OpenStore, Program, Session, SessionServices } from './operation.ts';

export type { LiveEvent } from '#runs/index';
export type { Holder } from '#runs/model';

export interface Listeners {
  readonly onProgress?: (progress: Progress) => void;
  readonly onFault?: (fault: Fault, about?: FaultAbout) => void;
  /** A run begins, or has ended; pushes are none. */
  readonly onRun?: (goesOn: boolean) => void;
  /** A run waits for that process to end its own. */
  readonly onWaits?: (holder: Holder) => void;
  /** Of what goes on while connections are listened to. */
  readonly onLive?: (event: LiveEvent) => void;
  /** Pushes that shared a run are worked out and sent. */
  readonly onPushes?: (report: PushesReport) => void;
  /** The service can be reached there. */
  readonly onServing?: (serving: { readonly url: string; readonly setUp: string | null }) => void;
  /** The file is in order, and its dates are in this zone. */
  readonly onZone?: (zone: string) => void;
  /** The file has faults, and the operation goes on from this store alone. */
  readonly onStoredOnly?: (faults: ConfigurationFaults, store: string) => void;
  readonly signal?: AbortSignal;
  /** Of a process that goes on: connections that it leaves alone for now, and those that pushes opened. */
  readonly rests?: Rests;
  readonly keptOpen?: KeptOpen;
}

/** A configuration with faults in it: all of them, and the lines of the file that they name. */
export class ConfigurationFaults extends RollcallError {
  readonly faults: readonly Fault[];
  readonly lines: Lines;

  constructor(file: string, faults: readonly Fault[], lines: Lines) {
    const n = faults.length;
    super(
      'configuration',
      `${file} has ${n === 1 ? 'a fault that must be mended first' : `${n} faults that must be mended first`}.`,
      {
        where: { file },
        remedy: 'Nothing was read or written.',
      },
    );
    this.faults = faults;
    this.lines = lines;
  }
}

/** Of the process itself. */
const ITSELF: Session['caller'] = { kind: 'system', name: 'rollcall', token: null, source: null };

export function openSession(
  program: Program,
  file: string,
  listeners: Listeners = {},
  caller: Session['caller'] = ITSELF,
): Session {
  let store: OpenStore | null = null;
  let services: Promise<SessionServices> | null = null;
  let scratch: string | null = null;
  let writes = false;

  const open = async (access: Access): Promise<SessionServices> => {
    const loaded = await program.loadConfig(file);
    if (!loaded.ok) {
      const faults = new ConfigurationFaults(file, loaded.faults, await linesOf(file, loaded.faults));
      if (access !== 'stored' || loaded.stored === undefined) throw faults;
      return openStored(loaded.stored, faults);
    }
    listeners.onZone?.(loaded.config.zone);
    for (const warning of loaded.warnings) listeners.onFault?.(warning);
    store = await openStore(loaded.config, access);
    writes = access === 'write';
    return { config: loaded.config, store, wall: program.wall, storedOnly: false, ...listeners };
  };

  const openStored = async (config: Services['config'], faults: ConfigurationFaults): Promise<SessionServices> => {
    try {
      store = await program.openStore(config, { readOnly: true });
    } catch {
      // Without the store the faults are what is in the way.
      throw faults;
    }
    listeners.onStoredOnly?.(faults, storePlace(config.store));
    return { config, store, wall: program.wall, storedOnly: true, ...listeners };
  };

  /** Before the first run there is no store; what would happen then is worked out on an empty one that nobody sees. */
  const openStore = async (config: Services['config'], access: Access): Promise<OpenStore> => {
    try {
      return await program.openStore(config, { readOnly: access !== 'write' });
    } catch (error) {
      if (access !== 'readOrEmpty' || !(error instanceof RollcallError) || error.kind !== 'notFound') throw error;
    }
    scratch = await mkdtemp(join(tmpdir(), 'rollcall-'));
    return program.openStore({ ...config, store: { kind: 'sqlite', path: join(scratch, 'empty.db') } }, { readOnly: false });
  };

  const sealNow = async (one: OpenStore): Promise<void> => {
    try {
      await seal(one, program.wall());
    } catch (error) {
      // Whoever comes next does it; what was asked for is done.
      listeners.onFault?.(toFault(error));
    }
  };

  return {
    program,
    file,
    listeners,
    caller,
    url: null,
    services(access) {
      services ??= open(access);
      return services;
    },
    async service() {
      const loaded = await program.loadConfig(file);
      const socket = loaded.ok ? socketOf(loaded.config.store) : null;
      return socket !== null && (await answers(socket)) ? socket : null;
    },
    async close() {
      if (store !== null && writes) await sealNow(store);
      await store?.close();
      if (scratch !== null) await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** Where a store is, without the name and the password that open it. */
export function storePlace(store: Services['config']['store']): string {
  if (store.kind === 'sqlite') return store.path;
  const url = URL.parse(store.url);
  return url === null ? 'in PostgreSQL' : `${url.protocol}//${url.host}${url.pathname}`;
}

/** Number → text of the lines that faults name; nothing where the file cannot be read. */
export type Lines = { readonly [line: string]: string };
const LONGEST_LINE = 400;
/** In the address of a store, say. What stands behind keeps its column. */
const CREDENTIALS = /(?<=:\/\/)[^\s'"]+(?=@)/g;
const hidden = (text: string): string => '•'.repeat(text.length);

export async function linesOf(file: string, faults: readonly Fault[]): Promise<Lines> {
  const lines: { [line: string]: string } = {};
  if (faults.every((one) => one.where.line === undefined)) return lines;
  const all = (await readFile(file, 'utf8').catch(() => '')).split(/\r\n|\r|\n/);
  // The line of a secret that was written out shows the secret, whatever else is wrong with it.
  const secret = new Set(faults.filter(({ message }) => /\bsecret\b/.test(message)).map(({ where }) => where.line));
  for (const { where } of faults) {
    const text = where.line === undefined || secret.has(where.line) ? undefined : all[where.line - 1];
    if (text !== undefined) lines[String(where.line)] = text.replace(CREDENTIALS, hidden).slice(0, LONGEST_LINE);
  }
  return lines;
}
