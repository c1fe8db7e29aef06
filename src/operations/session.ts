/** A session in this process: loads the configuration once, opens the store when an operation first asks for it. */
import { type Fault, RollcallError } from '#core/errors';
import type { Progress, Services } from '#runs/model';
import type { LoadedConfig, OpenStore, Program, Session } from './operation.ts';

export interface Listeners {
  readonly onProgress?: (progress: Progress) => void;
  readonly onFault?: (fault: Fault) => void;
  readonly signal?: AbortSignal;
}

/** A configuration with faults in it: the first as message, all of them beside it. */
export class ConfigurationFaults extends RollcallError {
  readonly faults: readonly Fault[];
  readonly lines: { readonly [line: string]: string };

  constructor(file: string, loaded: LoadedConfig) {
    const n = loaded.faults.length;
    super('configuration', `${file} has ${n === 1 ? 'a fault' : `${n} faults`} that must be mended first.`, {
      where: { file },
      remedy: "Mend them and run 'rollcall check'; nothing was read or written.",
    });
    this.faults = loaded.faults;
    this.lines = linesOf(loaded.faults, loaded.source);
  }
}

export function openSession(program: Program, file: string, listeners: Listeners = {}): Session {
  let store: OpenStore | null = null;
  let services: Promise<Services> | null = null;

  const open = async (access: 'read' | 'write'): Promise<Services> => {
    const loaded = await program.loadConfig(file);
    if (loaded.config === null || loaded.faults.length > 0) throw new ConfigurationFaults(file, loaded);
    store = await program.openStore(loaded.config, { readOnly: access === 'read' });
    return { config: loaded.config, store, wall: program.wall, ...listeners };
  };

  return {
    program,
    file,
    services(access) {
      services ??= open(access);
      return services;
    },
    async close() {
      await store?.close();
    },
  };
}

/** Number → text of the lines that faults name. */
export function linesOf(faults: readonly Fault[], source: string): { [line: string]: string } {
  const all = source.split(/\r\n|\r|\n/);
  const lines: { [line: string]: string } = {};
  for (const { where } of faults) {
    const text = where.line === undefined ? undefined : all[where.line - 1];
    if (text !== undefined) lines[String(where.line)] = text.slice(0, 400);
  }
  return lines;
}
