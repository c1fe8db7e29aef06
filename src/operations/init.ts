/** Writes the first rollcall.yaml. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { z } from 'zod';
import { type Fault, RollcallError } from '#core/errors';
import { definitionOf, discover, wrongSettings } from './discover.ts';
import { type Definition, type Operation, perform, type Session, versioned } from './operation.ts';
import { fault } from './shapes.ts';
import { type StarterConnection, starterDocument } from './starter/document.ts';
import { EXAMPLE } from './starter/naming.ts';
import { type Proposal, propose } from './starter/propose.ts';

export interface InitConnection {
  readonly name: string;
  readonly type: string;
  readonly settings: { readonly [key: string]: unknown };
  /** Null: the one that `discover` proposes. */
  readonly anchor: string | null;
}
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
    const { anchor: set } = given.settings;
    const source = given.anchor === null && typeof set === 'string' ? { ...given, anchor: set } : given;
    if (target !== null) tellApart(source, target, session);
    const found = await perform(discover, { type: source.type, settings: source.settings }, session);
    if (found.columns.length === 0) {
      const { path } = source.settings;
      if (typeof path === 'string' && !existsSync(resolve(dirname(session.file), path)))
        throw new RollcallError('notFound', `${path} does not exist; nothing was written.`, {
          remedy: `Paths begin at ${dirname(resolve(session.file))}.`,
        });
      throw new RollcallError('notFound', `${source.type}: no columns were found, so there is nothing to begin with.`, {
        remedy: 'See that the path names the right file and that it is not empty; nothing was written.',
      });
    }
    const anchor = source.anchor ?? found.anchor;
    // An LDIF entry is also known by its dn, which is no attribute of it.
    if (source.anchor !== null && !found.columns.includes(source.anchor) && !(source.type === 'ldif' && source.anchor === 'dn'))
      throw new RollcallError('notFound', `The source has no column '${source.anchor}'; nothing was written.`, {
        remedy: `It has ${found.columns.join(', ')}.`,
      });
    const proposals = withNumber(found.proposals, anchor);
    const text = starterDocument({
      source: {
        ...source,
        settings: settingsWith(definitionOf(source.type, session.program), source.settings, { ...found.settings, anchor }),
        proposals,
      },
      target: target === null ? null : await targetOf(target, proposals, session),
      store,
      zone,
    });
    await write(session.file, text, force);
    const mapped = new Set(proposals.map((one) => one.column));
    return {
      file: session.file,
      text,
      anchor,
      proposals,
      settings: found.settings,
      warnings: found.warnings,
      unmapped: found.columns.filter((column) => !mapped.has(column)),
      madeFolder: target === null ? null : await makeFolder(target, session),
    };
  },
};

/** Two names for two connections, and two files. */
function tellApart(source: InitConnection, target: InitConnection, session: Session): void {
  if (source.name === target.name)
    throw new RollcallError('invalidValue', `Source and target are both called '${source.name}'; nothing was written.`, {
      remedy: 'Give one of them another name with --source-name or --target-name.',
    });
  const [from, to] = [source, target].map(({ settings: { path } }) =>
    typeof path === 'string' ? resolve(dirname(session.file), path) : null,
  );
  if (from !== null && from === to)
    throw new RollcallError('invalidValue', `Source and target are the same file, ${from}; nothing was written.`, {
      remedy: 'Name another file as the target; what one system holds is read and written by one connection.',
    });
}

/** What people are known by is their number, where no other column is. */
function withNumber(proposals: readonly Proposal[], anchor: string | null): readonly Proposal[] {
  if (anchor === null || proposals.some((one) => one.attribute === 'employeeId' || one.column === anchor)) return proposals;
  return [{ attribute: 'employeeId', column: anchor }, ...proposals];
}

/** A target that exists already shows its columns; a new one is made, with the names of the attributes. */
async function targetOf(target: InitConnection, source: readonly Proposal[], session: Session): Promise<StarterConnection> {
  const definition = definitionOf(target.type, session.program);
  const named = definition.writes === 'callerName';
  try {
    const { columns, anchor, ...found } = await perform(discover, { type: target.type, settings: target.settings }, session);
    if (columns.length > 0) {
      const settings = settingsWith(definition, target.settings, { ...found.settings, anchor: target.anchor ?? anchor });
      const naming = named ? (found.naming === null ? EXAMPLE : { ...found.naming, seen: true }) : null;
      return { ...target, settings, proposals: propose(columns), columns, naming };
    }
  } catch (error) {
    if (!(error instanceof RollcallError) || (error.kind !== 'notFound' && error.kind !== 'configuration')) throw error;
  }
  const key = named ? 'dn' : ['employeeId', 'login', 'mail'].find((name) => source.some((one) => one.attribute === name));
  const anchor = target.anchor ?? key ?? null;
  const settings = settingsWith(definition, target.settings, { anchor, create: true });
  const checked = definition.config.safeParse(settings);
  if (!checked.success) throw wrongSettings(definition, checked.error);
  return { ...target, settings, proposals: [], naming: named ? EXAMPLE : null };
}

/** The settings with those of the additions that this connector knows. */
function settingsWith(
  definition: Definition,
  settings: InitConnection['settings'],
  more: { readonly [key: string]: unknown },
): InitConnection['settings'] {
  let all = settings;
  for (const [key, value] of Object.entries(more)) {
    if (value === null || Object.hasOwn(all, key)) continue;
    const next = { ...all, [key]: value };
    const refused = definition.config.safeParse(next).error?.issues ?? [];
    if (!refused.some((issue) => issue.code === 'unrecognized_keys' && issue.keys.includes(key))) all = next;
  }
  return all;
}

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
