/** Writes the first rollcall.yaml. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { z } from 'zod';
import { type Fault, RollcallError } from '#core/errors';
import { type Operation, type Session, versioned } from './operation.ts';
import { fault } from './shapes.ts';
import { starterDocument } from './starter/document.ts';
import { type InitConnection, sourceOf, targetOf } from './starter/looked-at.ts';
import type { Proposal } from './starter/propose.ts';

export interface InitInput {
  readonly source: InitConnection;
  readonly target: InitConnection | null;
  readonly store: string;
  readonly zone: string;
  /** Replace a file that is there. */
  readonly force: boolean;
}
export interface InitOutput {
  readonly file: string;
  readonly text: string;
  readonly anchor: string | null;
  readonly proposals: readonly Proposal[];
  /** Settings of the source that were found out, such as its encoding. */
  readonly settings: { readonly [key: string]: unknown };
  /** What looks wrong about the settings given for the source. */
  readonly warnings: readonly Fault[];
  /** Columns of the source that were left out because nothing is known by such a name. */
  readonly unmapped: readonly string[];
  /** The target's folder, where it was missing. */
  readonly madeFolder: string | null;
}

const connectionShape = z.object({
  name: z.string().regex(/^[a-z][a-zA-Z0-9_-]{0,62}$/, 'a connection name is a small letter, then letters, digits, - or _'),
  type: z.string().min(1),
  settings: z.record(z.string(), z.unknown()),
  anchor: z.string().nullable().default(null),
});

export const init: Operation<InitInput, InitOutput> = {
  name: 'init',
  permission: 'configuration.write',
  input: z.object({
    source: connectionShape,
    target: connectionShape.nullable().default(null),
    store: z.string().default('sqlite:rollcall.db'),
    zone: z.string().default('UTC'),
    force: z.boolean().default(false),
  }),
  output: versioned<InitOutput>('init', {
    file: z.string(),
    text: z.string(),
    anchor: z.string().nullable(),
    proposals: z.array(z.object({ attribute: z.string(), column: z.string() })),
    settings: z.record(z.string(), z.unknown()),
    warnings: z.array(fault),
    unmapped: z.array(z.string()),
    madeFolder: z.string().nullable(),
  }),
  async run({ source: given, target, store, zone, force }, session) {
    const source = await sourceOf(given, session);
    const written = target === null ? null : await targetOf(target, source, session);
    const { connection, found, anchor } = source;
    const text = starterDocument({ source: connection, target: written, store, zone });
    await write(session.file, text, force);
    const mapped = new Set(connection.proposals.map((one) => one.column));
    return {
      file: session.file,
      text,
      anchor,
      proposals: connection.proposals,
      settings: found.settings,
      warnings: found.warnings,
      unmapped: found.columns.filter((column) => !mapped.has(column) && `row.${column}` !== found.enabled),
      madeFolder: target === null ? null : await makeFolder(target, session),
    };
  },
};

/** Beside rollcall.yaml a folder that is missing is one to make; elsewhere it may be a share that is not mounted, which check tells. */
async function makeFolder({ settings: { path } }: InitConnection, session: Session): Promise<string | null> {
  if (typeof path !== 'string') return null;
  const here = resolve(dirname(session.file));
  const folder = dirname(resolve(here, path));
  const way = relative(here, folder);
  if (way.startsWith('..') || isAbsolute(way) || existsSync(folder)) return null;
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch {
    // The file is written; check tells of the folder, and what to do.
    return null;
  }
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  try {
    if (force) await backUp(file);
    const handle = await open(file, force ? 'w' : 'wx');
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') throw isThere(file);
    throw new RollcallError('configuration', `${file} cannot be written (${code}).`, {
      where: { file },
      cause: error,
      remedy: 'Choose a folder you may write to.',
    });
  }
}

function isThere(file: string): RollcallError {
  return new RollcallError('conflict', `${file} exists already; it was left as it is.`, {
    where: { file },
    remedy: 'Name another file with --config FILE, or replace it with --force.',
  });
}

/** Before anybody answers questions for nothing. Errors: conflict. */
export function refuseExisting(file: string): void {
  if (existsSync(file)) throw isThere(file);
}

async function backUp(file: string): Promise<void> {
  try {
    await copyFile(file, `${file}.bak`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
