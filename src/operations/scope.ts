/** Which connections and which person a run is about, from what a user typed. */
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import { parseDate, parseInstant, startOfDate } from '#core/time';
import { findOne } from '#people/find';
import type { Services } from '#runs/model';

/** What was typed names nothing there is; nothing was done. */
export class UnknownName extends RollcallError {
  constructor(message: string, name: string, known: readonly string[]) {
    const near = nearest(name, known);
    super('notFound', message, { remedy: near === null ? `There are ${known.join(', ')}.` : `Did you mean '${near}'?` });
  }
}

/** Null = all. Errors: UnknownName, naming the nearest connection. */
export function connectionsOf(names: readonly string[], { config }: Pick<Services, 'config'>): readonly string[] | null {
  if (names.length === 0) return null;
  const known = config.connections.map((one) => one.name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new UnknownName(`There is no connection '${name}' in ${config.file}.`, name, known);
  }
  return [...new Set(names)];
}

export async function personOf(text: string | undefined, services: Services): Promise<{ readonly object?: number }> {
  return text === undefined ? {} : { object: (await findOne(text, services)).id };
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
