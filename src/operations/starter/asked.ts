/** The settings that a connector asks a person for, one after the other; where nobody is asked, what the system itself says. */
import { z } from 'zod';
import { explainIssues } from '#config/issues';
import { isSecret } from '#config/shape/walk';
import { RollcallError } from '#core/errors';
import type { Asked, Definition, Session } from '../operation.ts';
import { asksOf, contextOf, resolved, type Settings, settingAt, withSetting, wrongSettings } from './settings.ts';

type Offer = Awaited<ReturnType<NonNullable<Asked['offer']>>>;

export { asksOf, definitionOf, type Settings, settingAt, settingFrom, withSetting } from './settings.ts';

/** Its value is never typed in, but where it is kept. */
export function isSecretSetting(definition: Definition, key: string): boolean {
  return isSecret(definition.config, key.split('.'));
}

/** What a person is asked, by what the references in the settings stand for. Errors: configuration, where one leads nowhere. */
export async function asksNow(
  definition: Definition,
  settings: Settings,
  session: Session,
): Promise<readonly [Asked, ...Asked[]]> {
  return asksOf(definition, await resolved(definition, settings, session));
}

/** Errors: what the system says where it cannot be reached; configuration, where a reference leads nowhere. */
export async function offerFor(asked: Asked, definition: Definition, settings: Settings, session: Session): Promise<Offer> {
  if (asked.offer === undefined) return { likely: null, all: [] };
  const given = await resolved(definition, settings, session);
  // What is still to be asked is missing, and no fault.
  const wrong = (definition.config.safeParse(given).error?.issues ?? []).filter(
    ({ code, path }) => code === 'unrecognized_keys' || settingAt(given, path.join('.')) !== undefined,
  );
  if (wrong.length > 0) throw wrongSettings(definition, wrong, given, session);
  try {
    return await asked.offer(given, contextOf(definition, session));
  } catch (error) {
    throw error instanceof z.ZodError ? wrongSettings(definition, error.issues, given, session) : error;
  }
}

/** What is wrong with an answer by itself; null: nothing. */
export async function wrongAnswer(
  key: string,
  definition: Definition,
  settings: Settings,
  session: Session,
): Promise<string | null> {
  let given: Settings;
  try {
    given = await resolved(definition, settings, session);
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    // What was typed may be the secret itself, which is not to be repeated.
    return isSecretSetting(definition, key) ? NO_SECRET : error.message;
  }
  const issues = definition.config.safeParse(given).error?.issues ?? [];
  const found = explainIssues(issues, definition.config, given).find(({ path }) => path.join('.') === key);
  return found === undefined ? null : `It ${found.message}.`;
}

const NO_SECRET =
  'There is no environment variable and no file of that name that holds anything. The secret itself is not typed in: set a variable before you start Rollcall, or write it to a file.';

/** With the settings that the system says by itself. Errors: what it says where it cannot be reached; configuration. */
export async function completed(definition: Definition, settings: Settings, session: Session): Promise<Settings> {
  let all = settings;
  const passed = new Set<string>();
  for (;;) {
    const asks = await asksNow(definition, all, session);
    const next = asks.find(({ key }) => !passed.has(key) && settingAt(all, key) === undefined);
    if (next === undefined) return all;
    passed.add(next.key);
    if (next.offer === undefined) {
      if (next.optional === true) continue;
      // It is checked with the others, and told better there.
      return all;
    }
    const offer = await offerFor(next, definition, all, session);
    if (offer.likely !== null) all = withSetting(all, next.key, offer.likely);
    else if (next.optional !== true) throw undecided(definition, next, offer);
  }
}

/** Enough to see what is meant. */
const SHOWN = 30;

function undecided({ type }: Definition, { key, question }: Asked, { all }: Offer): RollcallError {
  const more = all.length > SHOWN ? ', …' : '';
  return new RollcallError('configuration', `${type}: ${key} is not said: ${question}`, {
    remedy: `Say it with --set ${key}=…${all.length === 0 ? '' : `; there are ${all.slice(0, SHOWN).join(', ')}${more}`}.`,
  });
}
