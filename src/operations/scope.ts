/** Which connections and which person a run is about, from what a user typed. */
import { PROFILES, stepsOf } from '#config/profiles';
import { RollcallError } from '#core/errors';
import { parseDate, parseInstant, startOfDate } from '#core/time';
import { UnknownName, unknownConnection } from '#core/unknown-name';
import type { Services } from '#runs/model';
import { type Asker, named } from './who.ts';

/** Null = all. Errors: UnknownName, naming the nearest connection. */
export function connectionsOf(names: readonly string[], { config }: Pick<Services, 'config'>): readonly string[] | null {
  if (names.length === 0) return null;
  const known = config.connections.map((one) => one.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw unknownConnection(name, known);
  }
  return [...new Set(names)];
}

/** Errors: UnknownName, naming the nearest profile; conflict where one person, or a plan, is asked of a profile that does not take it. */
export function profileOf(
  name: string,
  asked: { readonly person?: string | undefined; readonly planLines?: readonly string[] | undefined },
  { config }: Pick<Services, 'config'>,
): string {
  const steps = stepsOf(name, config.profiles);
  if (steps === null) throw new UnknownName(`There is no profile '${name}'.`, name, [...PROFILES, ...config.profiles.keys()]);
  const whole = steps.find((step) => step.endsWith('-import'));
  if (whole !== undefined && asked.person !== undefined)
    throw new RollcallError('conflict', `${whole} reads whole systems, not one person; nothing was done.`, {
      remedy: 'Leave out --person, or take --profile delta-sync.',
    });
  if (asked.planLines !== undefined && name !== 'cycle')
    throw new RollcallError('conflict', 'A plan says itself what is done; nothing was done.', { remedy: 'Leave out --profile.' });
  return name;
}

/** A connection of the file, or one that was in it: what it left is listed as before. Errors: UnknownName, naming the nearest. */
export async function knownConnection(
  name: string,
  { config, store }: Pick<Services, 'config' | 'store'>,
  others: readonly string[] = [],
): Promise<string> {
  const names = new Set(config.connections.map((one) => one.name));
  if (names.has(name)) return name;
  for (const state of await store.spaces.states()) names.add(state.name);
  if (names.has(name)) return name;
  throw unknownConnection(name, [...names, ...others]);
}

export async function personOf(text: string | undefined, who: Asker, services: Services): Promise<{ readonly object?: number }> {
  return text === undefined ? {} : { object: (await named(text, who, services)).id };
}

/** A date is its first instant in the configured zone. Errors: invalidValue. */
export function instantOf(text: string, { config }: Services): number {
  const date = parseDate(text);
  const ms = date === null ? parseInstant(text) : startOfDate(date, config.zone);
  if (ms !== null && Number.isFinite(ms)) return ms;
  throw new RollcallError('invalidValue', `'${text}' is not a date.`, {
    remedy: 'Write it as 2026-03-31, or with a time as 2026-03-31T08:00:00Z.',
  });
}
