/** Attributes that rules read and nobody gives: no source fills them and Rollcall does not make them, so they are always empty. */
import { nearest } from '#core/text';
import { refersTo } from '#rules/compile';
import type { ExportRule, KindRules } from '#rules/model';
import type { Collector, Report } from '../collect.ts';
import type { Path } from '../document.ts';
import type { Rules } from '../rules.ts';
import type { Written } from '../written.ts';

export function checkGiven(written: Written, rules: Rules, collect: Collector): void {
  for (const kind of rules.kinds.values()) {
    const missing = missingIn(kind, rules);
    for (const { unique } of kind.attributes.values()) {
      if (unique === null) continue;
      const path = ['attributes', kind.kind, unique.attribute, 'unique', 'candidates'];
      for (const read of unique.reads) tell(read, missing, path, collect.warn, '');
    }
    for (const day of ['starts', 'ends'] as const) {
      const read = kind.life?.[day] ?? null;
      if (read !== null) tell(read, missing, ['life', kind.kind, day], collect.warn, '');
    }
  }
  for (const connection of rules.connections.values())
    for (const rule of connection.exports.values()) checkExport(rule, written, rules, collect);
}

const NAMING = ['dn', 'name', 'anchor'] as const;

function checkExport(rule: ExportRule, written: Written, rules: Rules, collect: Collector): void {
  const kind = rules.kinds.get(rule.kind);
  if (kind === undefined) return;
  const missing = missingIn(kind, rules);
  const at: Path = ['connections', rule.connection, 'export', rule.kind];
  const told = new Set<string>();
  for (const read of rule.namedBy) {
    told.add(read);
    const texts = written.connections?.[rule.connection]?.export?.[rule.kind] ?? {};
    for (const key of NAMING.filter((one) => String(texts[one] ?? '').includes(read)))
      if (rule.provision) tell(read, missing, [...at, key], collect.fault, ', so no account can be made');
      else tell(read, missing, [...at, key], collect.warn, '');
  }
  for (const flow of rule.flows)
    for (const read of flow.reads) {
      told.add(read);
      tell(read, missing, [...at, 'attributes', flow.attribute], collect.warn, '');
    }
  for (const read of rule.reads) if (!told.has(read)) tell(read, missing, [...at, 'when'], collect.warn, '');
}

type Missing = (read: string) => { readonly kind: KindRules; readonly name: string } | null;

/** What of it nobody gives, and whose attribute that is; null where somebody does. */
function missingIn(kind: KindRules, rules: Rules): Missing {
  return (read) => {
    const [name, hop] = read.split('.') as [string, string | undefined];
    if (isEmpty(kind, name)) return { kind, name };
    const behind = hop === undefined ? undefined : rules.kinds.get(refersTo(kind.kind, name));
    return behind !== undefined && isEmpty(behind, hop!) ? { kind: behind, name: hop! } : null;
  };
}

function isEmpty(kind: KindRules, name: string): boolean {
  const attribute = kind.attributes.get(name);
  return attribute !== undefined && attribute.rank.length === 0 && attribute.unique === null;
}

function tell(read: string, missing: Missing, path: Path, report: Report, consequence: string): void {
  const found = missing(read);
  if (found === null) return;
  const { kind, name } = found;
  const given = [...kind.attributes.keys()].filter((one) => !isEmpty(kind, one));
  const meant = nearest(name, given);
  const add = `add ${name} to the import rule of a source, or let Rollcall make it: attributes: { ${kind.kind}: { ${name}: { unique: … } } }`;
  report(path, 'value', `nobody gives ${name}${consequence}`, meant === null ? add : `did you mean ${meant}? Otherwise ${add}`);
}
