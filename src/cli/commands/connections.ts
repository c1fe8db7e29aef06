/** The questions of `rollcall init`: which system, where it is, how to sign in; asked again until it is reached. */
import { RollcallError, toFault } from '#core/errors';
import { discover } from '#operations/discover';
import { refuseExisting } from '#operations/init';
import { perform } from '#operations/operation';
import {
  asksNow,
  asksOf,
  definitionOf,
  isSecretSetting,
  offerFor,
  type Settings,
  withSetting,
  wrongAnswer,
} from '#operations/starter/asked';
import { type Asker, openAsker } from '../ask.ts';
import type { Surroundings } from '../command.ts';
import { faultText } from '../fault.ts';
import { table } from '../table.ts';
import { printable } from '../terminal.ts';

export interface Answer {
  readonly name: string;
  readonly type: string;
  readonly settings: Settings;
  readonly anchor: string | null;
}

export interface Names {
  source(place: string): string;
  target(place: string, source: string): string;
}

type Asked = ReturnType<typeof asksOf>[number];
type Definition = Awaited<ReturnType<typeof definitionOf>>;

const NAME = /^[a-z][a-zA-Z0-9_-]{0,62}$/;

/** `exists`: it must be there already. `taken`: a name that another one has. */
async function askConnection(
  asker: Asker,
  [what, suggest, exists]: readonly [what: string, suggest: (place: string) => string, exists: boolean],
  surroundings: Surroundings,
  taken: string | null = null,
): Promise<Answer> {
  const { program } = surroundings.session;
  const type = await asker.choose(
    `What kind of system is ${what}?`,
    [...program.definitions.values()].filter((one) => one.type !== 'memory').map((one) => [one.type, one.title] as const),
  );
  const definition = await definitionOf(type, surroundings.session);
  const { settings, place } = await askSettings(asker, definition, exists, surroundings);
  const name = await asker.text('What shall it be called in Rollcall?', suggest(place), (one) =>
    one === taken ? 'The source is called so already.' : NAME.test(one) ? null : 'A small letter, then letters, digits, - or _.',
  );
  return { name, type, settings, anchor: null };
}

interface Reached {
  readonly settings: Settings;
  readonly place: string;
}

/** Until the system can be used by the answers: each time they are the suggestions. */
async function askSettings(asker: Asker, definition: Definition, exists: boolean, surroundings: Surroundings): Promise<Reached> {
  const { terminal } = surroundings;
  const answers = new Map<string, string>();
  for (;;) {
    try {
      const settings = await askOnce(asker, definition, answers, surroundings);
      await seeColumns(definition, settings, exists, surroundings);
      return { settings, place: answers.get(asksOf(definition, {})[0].key)! };
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      terminal.err(faultText(toFault(error), terminal.paintErr));
      terminal.err('Once more; Enter takes what stands in brackets.\n');
    }
  }
}

/** Errors: what stands in the way. A target that is a file need not be there yet. */
async function seeColumns(
  { type, asks }: Definition,
  settings: Settings,
  exists: boolean,
  { session }: Surroundings,
): Promise<void> {
  const isMade = !exists && asks === undefined;
  try {
    const { columns } = await perform(discover, { type, settings }, session);
    if (exists && columns.length === 0)
      throw new RollcallError('notFound', asks === undefined ? 'It does not exist, or there are no columns in it' : NOBODY);
  } catch (error) {
    if (!isMade || !(error instanceof RollcallError) || error.kind !== 'notFound') throw error;
  }
}

const NOBODY = 'There are no people';

async function askOnce(
  asker: Asker,
  definition: Definition,
  answers: Map<string, string>,
  surroundings: Surroundings,
): Promise<Settings> {
  let settings: Settings = {};
  const passed = new Set<string>();
  for (;;) {
    const asks = await asksNow(definition, settings, surroundings.session);
    const next = asks.find(({ key }) => !passed.has(key));
    if (next === undefined) return settings;
    passed.add(next.key);
    const answer = await askOne(asker, next, definition, settings, answers.get(next.key), surroundings);
    answers.set(next.key, answer);
    settings = answered(next, definition, settings, answer);
  }
}

async function askOne(
  asker: Asker,
  asked: Asked,
  definition: Definition,
  settings: Settings,
  last: string | undefined,
  { session, terminal }: Surroundings,
): Promise<string> {
  const { likely, all } = await offerFor(asked, definition, settings, session);
  const isSecret = isSecretSetting(definition, asked.key);
  const isOptional = asked.optional === true;
  const about = isSecret
    ? `${asked.question}: which environment variable, or which file, holds it? (never the password itself${isOptional ? '; Enter: none' : ''})`
    : `${asked.question}${isOptional ? ' (Enter: none)' : ''}`;
  if (all.length > 1)
    for (const [i, one] of all.entries()) terminal.err(`  ${terminal.paintErr.bold(String(i + 1))}  ${printable(one)}\n`);
  const usual = isOptional ? '' : isSecret ? `${definition.type.toUpperCase()}_PASSWORD` : undefined;
  const answer = await asker.text(about, last ?? likely ?? usual, (one) =>
    wrongAnswer(asked.key, definition, answered(asked, definition, settings, all[Number(one) - 1] ?? one), session),
  );
  return all[Number(answer) - 1] ?? answer;
}

function answered({ key, words }: Asked, definition: Definition, settings: Settings, answer: string): Settings {
  if (answer === '') return settings;
  if (words !== undefined && Object.hasOwn(words, answer)) return { ...settings, ...words[answer] };
  return withSetting(settings, key, isSecretSetting(definition, key) ? keptIn(answer) : answer);
}

/** `LDAP_PASSWORD` is a variable, anything else a file. */
function keptIn(answer: string): string {
  if (/^\$\{(?:env|file):[^}]*\}$/.test(answer)) return answer;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(answer) ? `\${env:${answer}}` : `\${file:${answer}}`;
}

/** Shows which column was taken for what, and lets the anchor be chosen where it is a column. */
async function askAnchor(asker: Asker, source: Answer, surroundings: Surroundings): Promise<Answer> {
  const found = await perform(discover, { type: source.type, settings: source.settings }, surroundings.session);
  const { terminal } = surroundings;
  const attributes = new Map(found.proposals.map((one) => [one.column, one.attribute]));
  const rows = found.columns.map((column) => [
    printable(column),
    {
      text: attributes.get(column) ?? '(left out)',
      paint: attributes.has(column) ? terminal.paintErr.green : terminal.paintErr.dim,
    },
  ]);
  terminal.err(
    `\n${table([{ title: `column of ${source.name}` }, { title: 'attribute in Rollcall' }], rows, { width: null, head: terminal.paintErr.dim, indent: '  ' })}\n`,
  );
  terminal.err('You can change all of it in the file afterwards.\n');
  if (!found.anchorIsColumn) {
    terminal.err(`People there are known by ${printable(found.anchor ?? '')}, which never changes.\n`);
    return source;
  }
  const anchor = await asker.text(
    'Which column never changes for one person and is different for each?',
    found.anchor ?? undefined,
    (one) =>
      found.columns.includes(one) || one === found.anchor
        ? null
        : `Please type one of ${found.columns.map(printable).join(', ')}.`,
  );
  return { ...source, anchor };
}

/** Errors: conflict, where the file is there and is not to be replaced. */
export async function ask(
  force: boolean,
  names: Names,
  surroundings: Surroundings,
): Promise<{ readonly source: Answer; readonly target: Answer | null }> {
  if (!force) refuseExisting(surroundings.session.file);
  const asker = openAsker(surroundings.terminal);
  try {
    surroundings.terminal.err(
      'A few questions make your first rollcall.yaml. Only what columns there are is looked at, and nothing is made but that file, and the folder of a new target.\n\n',
    );
    const source = await askAnchor(
      asker,
      await askConnection(asker, ['the source of people', names.source, true], surroundings),
      surroundings,
    );
    const more = await asker.yes('Add a target that Rollcall writes to?', true);
    const suggest = (place: string): string => names.target(place, source.name);
    const target = more ? await askConnection(asker, ['the target', suggest, false], surroundings, source.name) : null;
    return { source, target };
  } finally {
    asker.close();
  }
}
