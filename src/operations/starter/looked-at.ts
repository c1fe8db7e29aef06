/** A source and a target as the first rollcall.yaml has them: what was said of them, and what they themselves show. */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { RollcallError } from '#core/errors';
import { type DiscoverOutput, discover } from '../discover.ts';
import { type Definition, perform, type Session } from '../operation.ts';
import { completed } from './asked.ts';
import { keyOf, type StarterConnection } from './connection.ts';
import { EXAMPLE } from './naming.ts';
import type { Proposal } from './propose.ts';
import { checked, definitionOf, guideOf, type Settings } from './settings.ts';

export interface InitConnection {
  readonly name: string;
  readonly type: string;
  readonly settings: Settings;
  /** Null: the one that `discover` proposes. */
  readonly anchor: string | null;
}

export interface Source {
  readonly given: InitConnection;
  readonly connection: StarterConnection;
  readonly found: DiscoverOutput;
  /** What people are known by. */
  readonly anchor: string | null;
}

export async function sourceOf(input: InitConnection, session: Session): Promise<Source> {
  const definition = await definitionOf(input.type, session);
  const settings = await completed(definition, input.settings, session);
  const { anchor: set } = settings;
  const given = { ...input, settings, anchor: input.anchor ?? (typeof set === 'string' ? set : null) };
  const found = await perform(discover, { type: given.type, settings }, session);
  if (found.columns.length === 0) throw nothingThere(definition, settings, session);
  if (given.anchor !== null) checkAnchor(given.anchor, given, found);
  const anchor = given.anchor ?? found.anchor;
  const proposals = withNumber(found, anchor);
  const more = { ...found.settings, ...(found.anchorIsColumn || given.anchor !== null ? { anchor } : {}) };
  const connection = { ...given, ...shown(found), settings: settingsWith(definition, settings, more), proposals };
  if (anchor !== found.anchor && !found.anchorIsColumn && connection.settings['anchor'] !== anchor)
    throw anotherAnchor(definition, found, session);
  return { given, connection, found, anchor };
}

/** What a source, and a target that is there, say about the rules. */
function shown({ columns, seen, people: whom, enabled, target }: DiscoverOutput): Partial<StarterConnection> {
  const { person: people = [], group: groups = [] } = seen;
  return { columns, people, groups, whom, enabled, besides: target.besides ?? [] };
}

function nothingThere({ type, asks }: Definition, { path }: Settings, session: Session): RollcallError {
  if (asks !== undefined)
    return new RollcallError('notFound', `${type}: there are no people there, so there is nothing to begin with.`, {
      remedy: 'See that the settings name the place where they are, and that the account may read them; nothing was written.',
    });
  if (typeof path === 'string' && !existsSync(resolve(dirname(session.file), path)))
    return new RollcallError('notFound', `${path} does not exist; nothing was written.`, {
      remedy: `Paths begin at ${dirname(resolve(session.file))}.`,
    });
  return new RollcallError('notFound', `${type}: no columns were found, so there is nothing to begin with.`, {
    remedy: 'See that the path names the right file and that it is not empty; nothing was written.',
  });
}

function checkAnchor(anchor: string, { type }: InitConnection, { columns, anchor: own }: DiscoverOutput): void {
  // An LDIF entry is also known by its dn, which is no attribute of it.
  if (columns.includes(anchor) || anchor === own || (type === 'ldif' && anchor === 'dn')) return;
  throw new RollcallError('notFound', `The source has no column '${anchor}'; nothing was written.`, {
    remedy: `It has ${columns.join(', ')}.`,
  });
}

/** Other settings than an anchor say what people are known by, or nothing does. */
function anotherAnchor(definition: Definition, { anchor }: DiscoverOutput, session: Session): RollcallError {
  return new RollcallError('invalidValue', `${definition.type} knows people by ${anchor}; nothing was written.`, {
    remedy: `Leave the anchor out; ${guideOf(definition, session)} says what else it can be.`,
  });
}

/** What people are known by is their number, where it is a column and no other one is. */
function withNumber({ proposals, columns }: DiscoverOutput, anchor: string | null): readonly Proposal[] {
  if (anchor === null || !columns.includes(anchor)) return proposals;
  if (proposals.some((one) => one.attribute === 'employeeId' || one.column === anchor)) return proposals;
  return [{ attribute: 'employeeId', column: anchor }, ...proposals];
}

/** Two names for two connections, and two systems. */
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
  if (source.type === target.type && isDeepStrictEqual({ ...source.settings }, { ...target.settings }))
    throw new RollcallError('invalidValue', 'Source and target are the same system; nothing was written.', {
      remedy: 'Name another one as the target; what one system holds is read and written by one connection.',
    });
}

/** A target that exists already shows its columns; a file that does not is made, with the names of the attributes. */
export async function targetOf(
  input: InitConnection,
  { given, connection }: Source,
  session: Session,
): Promise<StarterConnection> {
  const definition = await definitionOf(input.type, session);
  const target = { ...input, settings: await completed(definition, input.settings, session) };
  tellApart(given, target, session);
  const found = await foundIn(definition, target, session);
  const named = isNamed(definition, found === null ? null : await checked(definition, target.settings, session));
  const secrets = found === null ? [] : await secretsOf(definition, target.settings, session);
  if (found !== null && (found.columns.length > 0 || definition.asks !== undefined)) {
    const anchor = target.anchor ?? (found.anchorIsColumn ? found.anchor : null);
    const settings = settingsWith(definition, target.settings, { ...found.settings, ...found.target.settings, anchor });
    const example = { ...EXAMPLE, ...found.target.example };
    const naming = named ? (found.naming === null ? example : { ...found.naming, seen: true }) : null;
    const key = found.anchorIsColumn ? null : found.anchor;
    return { ...target, ...shown(found), settings, proposals: found.proposals, naming, names: found.target.names, secrets, key };
  }
  const key = named ? 'dn' : keyOf(connection);
  const anchor = target.anchor ?? key;
  const settings = settingsWith(definition, target.settings, { anchor, create: true });
  await checked(definition, settings, session);
  return { ...target, settings, proposals: [], naming: named ? EXAMPLE : null };
}

/** Null for a file that is still to be made. Errors: what stands in the way of any other system. */
async function foundIn(
  definition: Definition,
  { type, settings }: InitConnection,
  session: Session,
): Promise<DiscoverOutput | null> {
  try {
    return await perform(discover, { type, settings }, session);
  } catch (error) {
    if (definition.asks !== undefined || !(error instanceof RollcallError)) throw error;
    if (error.kind !== 'notFound' && error.kind !== 'configuration') throw error;
    return null;
  }
}

/** Whether new accounts get a name, a path, from the rules. */
function isNamed({ writes }: Definition, config: unknown): boolean {
  return (typeof writes === 'function' ? config !== null && writes(config) : writes) === 'callerName';
}

async function secretsOf(definition: Definition, settings: Settings, session: Session): Promise<readonly string[]> {
  const all = definition.secrets?.(await checked(definition, settings, session)) ?? [];
  return 'remedy' in all ? [] : all;
}

/** The settings with those of the additions that this connector knows. */
function settingsWith(definition: Definition, settings: Settings, more: Settings): Settings {
  let all = settings;
  for (const [key, value] of Object.entries(more)) {
    if (value === null || Object.hasOwn(all, key)) continue;
    const next = { ...all, [key]: value };
    const refused = definition.config.safeParse(next).error?.issues ?? [];
    if (!refused.some((issue) => issue.code === 'unrecognized_keys' && issue.keys.includes(key))) all = next;
  }
  return all;
}
