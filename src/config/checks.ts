/** What only shows when the parts of the file are seen together: names of connections and attributes, dead ends, circles. */
import type { ConnectorDefinition } from '#connectors/contract';
import { nearest } from '#core/text';
import type { Kind } from '#core/values';
import { refersTo } from '#rules/compile';
import type { KindRules } from '#rules/model';
import type { Collector } from './collect.ts';
import type { Path } from './document.ts';
import type { Outline } from './outline.ts';
import { kindExists, type Rules } from './rules.ts';
import type { Written, WrittenConnection } from './written.ts';

/** Before rules are compiled: what their text alone shows, even where a rule has other faults. */
export function checkWritten(written: Written, outline: Outline, collect: Collector): void {
  checkSchedule(written, outline, collect);
  for (const [name, connection] of Object.entries(written.connections ?? {})) {
    checkJoins(name, connection, outline, collect);
    checkEnabled(['connections', name], connection, collect);
    checkDeprovision(['connections', name], connection, collect);
  }
}

/** After: what the rules make of each other. */
export function checkCompiled(written: Written, outline: Outline, rules: Rules, collect: Collector): void {
  checkPrecedence(written, outline, rules, collect);
  for (const kind of rules.kinds.values()) checkUniques(kind, rules, collect);
  if (collect.faults.length === 0) warn(rules, collect);
}

function connectionExists(name: string, path: Path, part: 'key' | 'value', outline: Outline, collect: Collector): boolean {
  if (outline.connections.includes(name)) return true;
  const meant = nearest(name, outline.connections);
  const all = outline.connections.slice(0, 20).join(', ');
  collect.fault(
    path,
    part,
    `there is no connection ${name}`,
    meant === null ? `connections here: ${all}` : `did you mean ${meant}?`,
  );
  return false;
}

function checkSchedule(written: Written, outline: Outline, collect: Collector): void {
  for (const name of Object.keys(written.schedule ?? {})) {
    if (name !== '*') connectionExists(name, ['schedule', name], 'key', outline, collect);
  }
}

function checkPrecedence(written: Written, outline: Outline, rules: Rules, collect: Collector): void {
  for (const [kind, attributes] of Object.entries(written.precedence ?? {})) {
    if (!kindExists(kind, ['precedence', kind], outline, collect)) continue;
    const known = rules.kinds.get(kind)!.attributes;
    const fills = outline.fills(kind);
    for (const [attribute, order] of Object.entries(attributes)) {
      const path = ['precedence', kind, attribute];
      if (!known.has(attribute)) {
        const meant = nearest(attribute, known.keys());
        collect.fault(
          path,
          'key',
          `there is no ${kind} attribute ${attribute}`,
          meant === null ? `declare it under attributes` : `did you mean ${meant}?`,
        );
        continue;
      }
      for (const [index, name] of order.entries()) {
        const at = [...path, index];
        if (!connectionExists(name, at, 'value', outline, collect)) continue;
        if (order.indexOf(name) < index) collect.fault(at, 'value', `${name} is named twice`, 'name each connection once');
        else if (!fills.get(name)!.includes(attribute)) {
          collect.fault(
            at,
            'value',
            `${name} does not fill ${attribute}`,
            `add ${attribute} to its import rule, or leave ${name} out here`,
          );
        }
      }
    }
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

/** What the connector is known not to do, whatever its settings. */
export function checkCapabilities(
  at: Path,
  connection: WrittenConnection,
  definition: ConnectorDefinition,
  settings: unknown,
  collect: Collector,
): void {
  for (const [kind, raw] of Object.entries(connection.export ?? {})) {
    const rule = raw as { provision?: boolean; anchor?: string; name?: string; dn?: string; attributes?: object };
    const path = [...at, 'export', kind];
    if (definition.writes === 'never') collect.fault(path, 'key', `${definition.type} only reads`, 'remove the export rule');
    if (definition.writes !== 'callerKey' || rule.provision !== true) continue;
    // Where the settings name the attribute that holds the key, writing that attribute is enough.
    const key = (settings as { anchor?: unknown } | null)?.anchor;
    const written = typeof key === 'string' && Object.hasOwn(rule.attributes ?? {}, key);
    if (rule.anchor === undefined && rule.name === undefined && rule.dn === undefined && !written) {
      collect.fault(
        [...path, 'provision'],
        'value',
        'nothing says what a new account is called',
        typeof key === 'string' ? `add ${key} to the attributes` : 'add anchor or name',
      );
    }
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

function checkUniques(kind: KindRules, rules: Rules, collect: Collector): void {
  const unique = [...kind.attributes.values()].flatMap((attribute) => (attribute.unique === null ? [] : [attribute.unique]));
  for (const { attribute, reads } of unique) {
    for (const read of reads) {
      const [name, hop] = read.split('.') as [string, string | undefined];
      const behind = hop === undefined ? null : rules.kinds.get(refersTo(kind.kind, name));
      if (behind == null || behind.attributes.has(hop!) || OWN.has(hop!)) continue;
      const meant = nearest(hop!, behind.attributes.keys());
      collect.fault(
        ['attributes', kind.kind, attribute, 'unique', 'candidates'],
        'value',
        `there is no ${behind.kind} attribute ${hop}`,
        meant === null ? 'declare it under attributes' : `did you mean ${meant}?`,
      );
    }
  }
  const circle = circleIn(new Map(unique.map(({ attribute, reads }) => [attribute, reads])));
  if (circle === null) return;
  const path = ['attributes', kind.kind, circle[0]!, 'unique', 'candidates'];
  collect.fault(
    path,
    'value',
    `made from itself: ${[...circle, circle[0]].join(' → ')}`,
    'let one of them be made without the other',
  );
}

/** Known of every object besides its attributes. */
const OWN: ReadonlySet<string> = new Set(['id', 'active', 'state']);

/** One circle of names, or null. */
function circleIn(reads: ReadonlyMap<Kind, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): readonly string[] | null => {
    const start = trail.indexOf(name);
    if (start !== -1) return trail.slice(start);
    if (done.has(name)) return null;
    done.add(name);
    for (const next of reads.get(name) ?? []) {
      const found = reads.has(next) ? visit(next, [...trail, name]) : null;
      if (found !== null) return found;
    }
    return null;
  };
  for (const name of reads.keys()) {
    const found = visit(name, []);
    if (found !== null) return found;
  }
  return null;
}

/** Few, and only what is almost surely not meant. */
function warn(rules: Rules, collect: Collector): void {
  const connections = [...rules.connections.values()];
  if (!connections.some((one) => [...one.imports.values()].some((rule) => rule.project))) {
    collect.warn(
      ['connections'],
      'key',
      'no import rule has project: true, so no person or group will ever be made',
      'add project: true to the rule of the leading source',
    );
  }
  for (const { name, imports, exports } of connections) {
    const path = ['connections', name];
    if (imports.size === 0 && exports.size === 0)
      collect.warn(path, 'key', 'imports and exports nothing', 'add an import or an export rule');
    for (const [kind, rule] of imports) {
      if (rule.join.length > 0 || rule.project) continue;
      collect.warn(
        [...path, 'import', kind],
        'key',
        'neither joins nor projects, so nothing read here reaches anybody',
        'add join: [attribute], or project: true',
      );
    }
    // Without reading a target Rollcall cannot find the accounts that are there already.
    for (const [kind, rule] of exports) {
      if (imports.has(kind)) continue;
      if (rule.provision) continue;
      collect.warn(
        [...path, 'export', kind],
        'key',
        'neither imports nor provisions, so no account is ever known here',
        'add an import rule with join, or provision: true',
      );
    }
  }
}
