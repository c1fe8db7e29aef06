/** One connection's own keys: references resolved, checked by its connector's schema, printed as written. */

import type { ConnectorDefinition } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import type { Collector } from './collect.ts';
import type { Path } from './document.ts';
import { explainIssues, unknownKey, valueAt } from './issues.ts';
import { conceal } from './secrets/conceal.ts';
import { resolveReferences, type Sources } from './secrets/references.ts';
import { connectionKeys } from './shape/file.ts';
import { isSecret, knownKeys } from './shape/walk.ts';

export interface Settings {
  readonly settings: unknown;
  readonly configHash: string;
}

/** Null where the settings have a fault; it is reported. */
export async function readSettings(
  node: Readonly<Record<string, unknown>>,
  at: Path,
  definition: ConnectorDefinition,
  sources: Sources,
  collect: Collector,
): Promise<Settings | null> {
  const before = collect.faults.length;
  const known = knownKeys(definition.config, []);
  const own: { [key: string]: unknown } = Object.create(null);
  for (const [key, value] of Object.entries(node)) {
    if (Object.hasOwn(connectionKeys, key)) continue;
    if (known.includes(key)) own[key] = value;
    else {
      const found = unknownKey([...at, key], [...known, ...Object.keys(connectionKeys)]);
      collect.fault(found.path, found.part, found.message, found.remedy);
    }
  }
  const secret = (path: Path): boolean => isSecret(definition.config, path);
  const resolved = await resolveReferences(own, secret, sources, (path, message, remedy) =>
    collect.fault([...at, ...path], 'value', message, remedy),
  );
  const checked = check(definition, resolved.data);
  if ('thrown' in checked) {
    collect.fault(
      at,
      'key',
      `${definition.type} cannot check its settings: ${checked.thrown}`,
      'mend the connector; its checks must not be asynchronous',
    );
    return null;
  }
  if (!checked.success) {
    for (const found of explainIssues(checked.error.issues, definition.config, resolved.data)) {
      collect.fault([...at, ...found.path], found.part, found.message, found.remedy);
    }
  }
  if (!checked.success || collect.faults.length > before) return null;
  conceal(checked.data, own, resolved.references);
  const identity = written(resolved.data, own, [], secret);
  return { settings: checked.data, configHash: sha256Hex(canonicalJson({ type: definition.type, settings: identity })) };
}

/** A connector of one's own may throw where it checks. */
function check(
  { config }: ConnectorDefinition,
  data: unknown,
): ReturnType<typeof config.safeParse> | { readonly thrown: string } {
  try {
    return config.safeParse(data);
  } catch (error) {
    return { thrown: error instanceof Error ? error.message.split('\n')[0]! : 'unknown error' };
  }
}

/** The settings with every secret as the reference it was written as: a new password is not a new system. */
function written(value: unknown, own: unknown, path: Path, secret: (path: Path) => boolean): unknown {
  if (secret(path)) return valueAt(own, path);
  if (Array.isArray(value)) return value.map((item, index) => written(item, own, [...path, index], secret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, written(item, own, [...path, key], secret)]));
}
