/** Settings of a connection that stands in no file yet: resolved, checked and opened as those of rollcall.yaml are. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { display } from '#config/collect';
import { explainIssues } from '#config/issues';
import { resolveReferences } from '#config/secrets/references';
import { isSecret } from '#config/shape/walk';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import type { Asked, Definition, Program, Session } from '../operation.ts';

export type Settings = { readonly [key: string]: unknown };

type Issues = Parameters<typeof explainIssues>[0];

const MAX_OBJECT_BYTES = 16 * 1024 * 1024;
const PATH: Asked = { key: 'path', question: 'Where is it? (path of the file, from this folder)' };

/** Errors: notFound, naming the nearest connector. */
export function definitionOf(type: string, { definitions }: Program): Definition {
  const found = definitions.get(type);
  if (found !== undefined) return found;
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

function isMap(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The settings with what their references stand for. Errors: configuration, for a secret that is written out too. */
export async function resolved(definition: Definition, settings: Settings, session: Session): Promise<Settings> {
  const sources = {
    folder: dirname(resolve(session.file)),
    env: session.program.env,
    readFile: (file: string) => readFile(file, 'utf8'),
  };
  const secret = (path: readonly (string | number)[]): boolean => isSecret(definition.config, path);
  const { data } = await resolveReferences(settings, secret, sources, (path, message, remedy) => {
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
    throw wrongSettings(definition, parsed.error.issues, given);
  // The anchor is chosen among the columns, so it is not known yet; any name lets the connector open what it is to show.
  const again = definition.config.safeParse({ anchor: 'id', ...given });
  if (!again.success) throw wrongSettings(definition, again.error.issues, given);
  return again.data;
}

/** Says the first thing that is wrong with the settings of a connector. */
export function wrongSettings(definition: Definition, issues: Issues, settings: Settings): RollcallError {
  const { type } = definition;
  for (const issue of issues)
    if (issue.code === 'unrecognized_keys')
      return new RollcallError('configuration', `${type} has no setting '${[...issue.path, issue.keys[0]].join('.')}'.`, {
        remedy: `See docs/guide/${type}.md for those it has.`,
      });
  const [first] = explainIssues(issues, definition.config, settings);
  if (first === undefined) return new RollcallError('configuration', `${type}: the settings are not valid.`);
  const at = first.message.startsWith(`${String(first.path.at(-1))} `) ? first.path.slice(0, -1) : first.path;
  const where = at.length === 0 ? '' : ` ${display(at)}`;
  const isMissing = settingAt(settings, first.path.join('.')) === undefined;
  const asked = asksOf(definition, settings).find((one) => one.optional !== true && settingAt(settings, one.key) === undefined);
  const such = asked === undefined ? '' : `, such as --set ${asked.key}=…`;
  return new RollcallError('configuration', `${type}:${where} ${first.message}.`.replace(/\.\.$/, '.'), {
    remedy: isMissing
      ? `Give each setting it needs${such}; docs/guide/${type}.md has them all.`
      : `${first.remedy}; docs/guide/${type}.md says more`,
  });
}
