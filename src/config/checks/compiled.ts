/** After rules are compiled: what they make of each other. */
import { nearest } from '#core/text';
import { refersTo } from '#rules/compile';
import type { ExportRule, KindRules } from '#rules/model';
import type { Collector } from '../collect.ts';
import { connectionExists, kindExists } from '../names.ts';
import type { Outline } from '../outline.ts';
import type { Rules } from '../rules.ts';
import type { Written } from '../written.ts';
import { checkGiven } from './given.ts';

/** Known of every object besides its attributes. */
const OWN: ReadonlySet<string> = new Set(['id', 'active', 'state']);

/** `parts`: connections whose objects are parts of those that are there. */
export function checkCompiled(
  written: Written,
  outline: Outline,
  rules: Rules,
  parts: ReadonlySet<string>,
  collect: Collector,
): void {
  checkPrecedence(written, outline, rules, collect);
  for (const kind of rules.kinds.values()) checkUniques(kind, rules, collect);
  if (collect.faults.length > 0) return;
  warn(rules, parts, collect);
  warnOfOwners(written, rules, collect);
  checkGiven(written, rules, collect);
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

/** One circle of names, or null. */
function circleIn(reads: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
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

/** With nobody to keep people nobody ever leaves: accounts of leavers stay. Beside an owner, whom others make it has to keep. */
function warnOfOwners(written: Written, rules: Rules, collect: Collector): void {
  const all = [...rules.connections.values()];
  for (const kind of rules.kinds.keys()) {
    const making = all.filter(({ imports }) => imports.get(kind)?.project);
    const isOwner = (name: string): boolean => written.connections?.[name]?.owner === true;
    const owners = all.filter(({ name, imports }) => imports.has(kind) && isOwner(name)).map(({ name }) => name);
    if (owners.length > 0) {
      for (const { name } of making.filter((one) => !isOwner(one.name)))
        collect.warn(
          ['connections', name, 'import', kind, 'project'],
          'value',
          `${name} makes a new ${kind} of whom nobody else has and is not marked as owner, as ${owners.join(' and ')} is: whom no owner has begins as leaving, and is gone after the grace`,
          `add owner: true to ${name}, or set project: false so that it only joins`,
        );
      continue;
    }
    const [made] = making;
    if (kind === 'group' || made === undefined) continue;
    collect.warn(
      ['connections', made.name],
      'key',
      `no connection that imports ${kind} is marked as owner, so nobody leaves when a source does not show them any more`,
      'add owner: true to the source that says who is there, such as HR',
    );
  }
}

/** Few, and only what is almost surely not meant. */
function warn(rules: Rules, parts: ReadonlySet<string>, collect: Collector): void {
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
      if (rule.join.length > 0 || rule.project || parts.has(name)) continue;
      collect.warn(
        [...path, 'import', kind],
        'key',
        'neither joins nor projects, so nothing read here reaches anybody',
        'add join: [attribute], or project: true',
      );
    }
    for (const rule of exports.values()) checkReferred(rule, imports, exports, collect);
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

/** References are written as accounts of the target: nobody has one where no rule is about such objects. */
function checkReferred(
  { connection, kind, flows }: ExportRule,
  imports: ReadonlyMap<string, unknown>,
  exports: ReadonlyMap<string, unknown>,
  collect: Collector,
): void {
  for (const { attribute, reference, reads } of flows) {
    const referred = reference === null ? null : refersTo(kind, reads[0]!);
    if (referred === null || imports.has(referred) || exports.has(referred)) continue;
    collect.warn(
      ['connections', connection, 'export', kind, 'attributes', attribute],
      'value',
      `names accounts of ${connection}, and no rule says which ${referred} has one there, so nothing is ever written`,
      `add an import or an export rule for ${referred}`,
    );
  }
}
