/** Before rules are compiled: what their text alone shows, even where a rule has other faults. */
import type { ConnectorDefinition, Writes } from '#connectors/contract';
import { nearest } from '#core/text';
import type { Collector } from '../collect.ts';
import type { Path } from '../document.ts';
import { keyAttributes, writesOf } from '../keys.ts';
import { connectionExists } from '../names.ts';
import type { Outline } from '../outline.ts';
import { PROFILES } from '../profiles.ts';
import { holdsReference } from '../secrets/references.ts';
import type { Written, WrittenConnection } from '../written.ts';
import { checkSecrets } from './secrets.ts';

export function checkWritten(written: Written, outline: Outline, collect: Collector): void {
  checkSchedule(written, outline, collect);
  checkProfiles(written, collect);
  for (const part of ['attributes', 'life'] as const) checkNoReferences(written[part], [part], collect);
  for (const [name, connection] of Object.entries(written.connections ?? {})) {
    for (const part of ['import', 'export', 'protect'] as const)
      checkNoReferences(connection[part], ['connections', name, part], collect);
    checkJoins(name, connection, outline, collect);
    checkEnabled(['connections', name], connection, collect);
    checkDeprovision(['connections', name], connection, collect);
  }
}

/** Rules are stored, hashed and explained as they are written: nothing secret may get into them. */
function checkNoReferences(node: unknown, at: Path, collect: Collector): void {
  if (typeof node === 'string') {
    if (holdsReference(node))
      collect.fault(
        at,
        'value',
        'a rule cannot refer to the environment or to a file',
        'write the value itself, or import it as an attribute',
      );
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, inner] of Object.entries(node))
      checkNoReferences(inner, [...at, Array.isArray(node) ? Number(key) : key], collect);
  }
}

function checkSchedule(written: Written, outline: Outline, collect: Collector): void {
  const profiles = [...PROFILES, ...Object.keys(written.profiles ?? {})];
  for (const [name, one] of Object.entries(written.schedule ?? {})) {
    if (name !== '*') connectionExists(name, ['schedule', name], 'key', outline, collect);
    if (typeof one === 'string' || one.profile === undefined || profiles.includes(one.profile)) continue;
    const meant = nearest(one.profile, profiles);
    const remedy = meant === null ? `profiles: ${profiles.join(', ')}` : `did you mean ${meant}?`;
    collect.fault(['schedule', name, 'profile'], 'value', 'there is no such profile', remedy);
  }
}

/** An export sends nothing while what was read is not worked out. */
function checkProfiles(written: Written, collect: Collector): void {
  for (const [name, steps] of Object.entries(written.profiles ?? {})) {
    const before = steps.slice(0, steps.lastIndexOf('export') + 1);
    const works = (step: string): boolean => step === 'cycle' || step.endsWith('-sync');
    const read = before.findLastIndex((step) => step.endsWith('-import'));
    if (read === -1 || before.slice(read).some(works)) continue;
    collect.warn(
      ['profiles', name],
      'value',
      'nothing works out what it reads before it exports, so it sends nothing when something was read',
      'put delta-sync between the import and the export',
    );
  }
}

/** Read from the text: the rule itself does not exist when anything else in it is wrong. */
function checkJoins(name: string, connection: WrittenConnection, outline: Outline, collect: Collector): void {
  for (const [kind, raw] of Object.entries(connection.import ?? {})) {
    const { join } = raw as { join?: string | readonly string[] };
    const filled = outline.fills(kind).get(name) ?? [];
    for (const [index, attribute] of (typeof join === 'string' ? [join] : (join ?? [])).entries()) {
      if (filled.includes(attribute)) continue;
      const path = ['connections', name, 'import', kind, 'join', ...(typeof join === 'string' ? [] : [index])];
      const meant = nearest(attribute, filled);
      collect.fault(
        path,
        'value',
        `joins by ${attribute}, which this rule does not fill`,
        meant === null ? `add ${attribute} to its attributes` : `did you mean ${meant}?`,
      );
    }
  }
}

function checkEnabled(at: Path, connection: WrittenConnection, collect: Collector): void {
  for (const [kind, raw] of Object.entries(connection.export ?? {})) {
    const { enabled, attributes } = raw as { enabled?: { attribute: string }; attributes?: object };
    if (enabled === undefined || attributes === undefined || !Object.hasOwn(attributes, enabled.attribute)) continue;
    const path = [...at, 'export', kind, 'attributes', enabled.attribute];
    collect.fault(path, 'key', `${enabled.attribute} is written by enabled already`, 'remove one of the two');
  }
}

function checkDeprovision(at: Path, connection: WrittenConnection, collect: Collector): void {
  const { deprovision } = connection;
  if (deprovision === undefined || deprovision.action === 'none') return;
  const rules = Object.values(connection.export ?? {}) as readonly { readonly enabled?: unknown }[];
  if (rules.length === 0) {
    if (collect.isFaulty([...at, 'export'])) return;
    collect.fault(
      [...at, 'deprovision'],
      'key',
      'this connection exports nothing, so there is nothing to deprovision',
      'add an export rule, or remove deprovision',
    );
    return;
  }
  if (deprovision.action === 'disable' && !rules.some((rule) => rule.enabled !== undefined)) {
    collect.fault(
      [...at, 'deprovision', 'action'],
      'value',
      'nothing says how an account is disabled',
      'add enabled: { attribute, on, off } to the export rule, or choose delete or none',
    );
  }
  if (deprovision.then === 'delete' && deprovision.action !== 'disable') {
    collect.fault(
      [...at, 'deprovision', 'then'],
      'value',
      'then follows action: disable only',
      'use action: disable, or remove then',
    );
  }
}

/** A step that would be refused for everybody, when somebody leaves. */
function checkLeaving(
  at: Path,
  { deprovision, export: rules = {} }: WrittenConnection,
  definition: ConnectorDefinition,
  settings: unknown,
  collect: Collector,
): void {
  for (const key of ['action', 'then'] as const) {
    const step = deprovision?.[key];
    if (step !== 'disable' && step !== 'delete') continue;
    for (const [kind, raw] of Object.entries(rules)) {
      const remedy = definition.cannot?.(settings, (raw as WrittenExport).to ?? kind)[step];
      if (remedy === undefined) continue;
      collect.fault([...at, 'deprovision', key], 'value', `a ${kind} there cannot be ${step}d`, remedy);
      break;
    }
  }
}

interface WrittenExport {
  readonly to?: string;
  readonly provision?: boolean;
  readonly anchor?: string;
  readonly name?: string;
  readonly dn?: string;
  readonly attributes?: object;
}

/** What the connector is known not to do, whatever its settings. */
export function checkCapabilities(
  at: Path,
  connection: WrittenConnection,
  definition: ConnectorDefinition,
  settings: unknown,
  collect: Collector,
): void {
  checkEmpty(at, connection, definition, settings, collect);
  if (settings !== undefined) {
    checkSecrets(at, connection, definition, settings, collect);
    checkLeaving(at, connection, definition, settings, collect);
  }
  // Settings with a fault say nothing reliable.
  const writes = settings === undefined && typeof definition.writes === 'function' ? undefined : writesOf(definition, settings);
  for (const [kind, raw] of Object.entries(connection.export ?? {})) {
    const rule = raw as WrittenExport;
    const path = [...at, 'export', kind];
    if (writes === 'never') collect.fault(path, 'key', `${definition.type} only reads`, 'remove the export rule');
    else if (writes !== undefined && rule.provision === true && settings !== undefined) {
      const remedy = unnamed(rule, writes, keyAttributes(definition, settings, kind));
      if (remedy !== null) collect.fault([...path, 'provision'], 'value', 'nothing says what a new account is called', remedy);
    }
  }
}

/** A rule that waits for a word that never comes is worth a warning. */
function checkEmpty(
  at: Path,
  connection: WrittenConnection,
  definition: ConnectorDefinition,
  settings: unknown,
  collect: Collector,
): void {
  if (settings === undefined) return;
  const remedy = definition.cannotSayEmpty?.(settings, Object.keys(connection.export ?? {}).length > 0) ?? null;
  if (remedy === null) return;
  for (const [kind, raw] of Object.entries(connection.import ?? {}))
    for (const [name, flow] of Object.entries((raw as { readonly attributes?: object }).attributes ?? {})) {
      if ((flow as { readonly empty?: unknown } | null)?.empty !== 'clears') continue;
      const path = [...at, 'import', kind, 'attributes', name, 'empty'];
      collect.warn(path, 'value', 'nothing read here ever says that it is empty, so it clears nothing', remedy);
    }
}

/** What to add so that a new account has its key; null when nothing. */
function unnamed(rule: WrittenExport, writes: Writes, keys: readonly string[]): string | null {
  if (rule.name !== undefined || rule.dn !== undefined) return null;
  if (writes === 'callerName') return rule.anchor === undefined || keys[0] !== 'dn' ? 'add dn' : null;
  if (rule.anchor !== undefined) return null;
  // Where the settings name the attributes that hold the key, writing these is enough.
  const missing = keys.filter((one) => !Object.hasOwn(rule.attributes ?? {}, one));
  if (keys.length === 0) return 'add anchor or name';
  return missing.length === 0 ? null : `add ${missing.join(' and ')} to the attributes`;
}
