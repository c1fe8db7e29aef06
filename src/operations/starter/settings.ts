/** Settings of a connection that stands in no file yet: resolved, checked and opened as those of rollcall.yaml are. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { display } from '#config/collect';
import { explainIssues } from '#config/issues';
import { BY_PATH, ownConnector } from '#config/own-connectors';
import { resolveReferences } from '#config/secrets/references';
import { branches, isSecret, schemasAt } from '#config/shape/walk';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import type { Asked, Definition, Session } from '../operation.ts';

export type Settings = { readonly [key: string]: unknown };

type Issues = Parameters<typeof explainIssues>[0];

const MAX_OBJECT_BYTES = 16 * 1024 * 1024;
const PATH: Asked = { key: 'path', question: 'Where is it? (path of the file, from this folder)' };

function sourcesOf({ file, program: { env } }: Session): Parameters<typeof resolveReferences>[2] {
  return { folder: dirname(resolve(file)), env, readFile: (path) => readFile(path, 'utf8') };
}

/** Of a type that is built in, or of a connector of one's own, by its path. Errors: notFound, naming the nearest; configuration. */
export async function definitionOf(type: string, session: Session): Promise<Definition> {
  const { definitions } = session.program;
  const found = definitions.get(type);
  if (found !== undefined) return found;
  if (BY_PATH.test(type)) return ownConnector(type, definitions, sourcesOf(session));
  const near = nearest(type, definitions.keys());
  throw new RollcallError('notFound', `There is no connector '${type}'.`, {
    remedy: near === null ? `There are ${[...definitions.keys()].sort().join(', ')}.` : `Did you mean '${near}'?`,
  });
}

/** What a person is asked; the first says where the system is. */
export function asksOf(definition: Definition, settings: Settings): readonly [Asked, ...Asked[]] {
  return definition.asks?.(settings) ?? [PATH];
}

/** By a key with dots. */
export function settingAt(settings: Settings, key: string): unknown {
  return key.split('.').reduce<unknown>((at, part) => (isMap(at) && Object.hasOwn(at, part) ? at[part] : undefined), settings);
}

/** The settings with that one, and the maps around it. */
export function withSetting(settings: Settings, key: string, value: unknown): Settings {
  const [first, ...rest] = key.split('.');
  const now = Object.hasOwn(settings, first!) ? settings[first!] : undefined;
  const next = rest.length === 0 ? value : withSetting(isMap(now) ? now : {}, rest.join('.'), value);
  return Object.assign(Object.create(null), settings, { [first!]: next }) as Settings;
}

/** A text of the command line as the setting takes it: a number, true or false, a list with commas; a text where it may be one. */
export function settingFrom(text: string, key: string, { config }: Definition): unknown {
  const types = new Set<string>(
    schemasAt(config, key.split('.'))
      .flatMap(branches)
      .map((one) => one._zod.def.type),
  );
  if ((types.size === 0 || types.has('boolean')) && (text === 'true' || text === 'false')) return text === 'true';
  if (types.has('string')) return text;
  if (types.has('number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return types.has('array') ? text.split(',') : text;
}

function isMap(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The settings with what their references stand for. Errors: configuration, for a secret that is written out too. */
export async function resolved(definition: Definition, settings: Settings, session: Session): Promise<Settings> {
  const secret = (path: readonly (string | number)[]): boolean => isSecret(definition.config, path);
  const { data } = await resolveReferences(settings, secret, sourcesOf(session), (path, message, remedy) => {
    throw new RollcallError('configuration', `${definition.type}: ${display(path)}: ${message}.`, { remedy });
  });
  return data as Settings;
}

export function contextOf(definition: Definition, session: Session): Parameters<Definition['open']>[1] {
  return {
    connection: definition.type,
    folder: dirname(resolve(session.file)),
    limits: { maxObjectBytes: MAX_OBJECT_BYTES },
    warn: () => {},
  };
}

/** The settings as the connector checks them. Errors: configuration. */
export async function checked(definition: Definition, settings: Settings, session: Session): Promise<unknown> {
  const given = await resolved(definition, settings, session);
  const parsed = definition.config.safeParse(given);
  if (parsed.success) return parsed.data;
  if (!parsed.error.issues.some(({ path }) => path.length === 1 && path[0] === 'anchor'))
    throw wrongSettings(definition, parsed.error.issues, given, session);
  // The anchor is chosen among the columns, so it is not known yet; any name lets the connector open what it is to show.
  const again = definition.config.safeParse({ anchor: 'id', ...given });
  if (!again.success) throw wrongSettings(definition, again.error.issues, given, session);
  return again.data;
}

/** Where its settings are described. */
export function guideOf({ type }: Definition, { program }: Session): string {
  return program.definitions.has(type) ? `docs/guide/${type}.md` : 'its own file';
}

/** Says the first thing that is wrong with the settings of a connector. */
export function wrongSettings(definition: Definition, issues: Issues, settings: Settings, session: Session): RollcallError {
  const { type } = definition;
  const guide = guideOf(definition, session);
  for (const issue of issues)
    if (issue.code === 'unrecognized_keys')
      return new RollcallError('configuration', `${type} has no setting '${[...issue.path, issue.keys[0]].join('.')}'.`, {
        remedy: `See ${guide} for those it has.`,
      });
  const [first] = explainIssues(issues, definition.config, settings);
  if (first === undefined) return new RollcallError('configuration', `${type}: the settings are not valid.`);
  const at = first.message.startsWith(`${String(first.path.at(-1))} `) ? first.path.slice(0, -1) : first.path;
  const where = at.length === 0 ? '' : ` ${display(at)}`;
  const isMissing = settingAt(settings, first.path.join('.')) === undefined;
  const asked = asksOf(definition, settings).find((one) => one.optional !== true && settingAt(settings, one.key) === undefined);
  const such = asked === undefined ? '' : `, such as --set ${asked.key}=…`;
  return new RollcallError('configuration', `${type}:${where} ${first.message}.`.replace(/\.\.$/, '.'), {
    remedy: isMissing ? `Give each setting it needs${such}; ${guide} has them all.` : `${first.remedy}; ${guide} says more`,
  });
}
