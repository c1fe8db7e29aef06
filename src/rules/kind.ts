/** A kind's rules put together, with what follows from all rules about it: hops, join keys, who contributes. */
import type { Kind } from '#core/values';
import type { ExportRule, ImportRule, KindRules, LifeRule, MetaAttribute } from './model.ts';

export interface KindParts {
  readonly kind: Kind;
  readonly attributes: ReadonlyMap<string, MetaAttribute>;
  readonly life: LifeRule | null;
  /** Of all kinds: references by an attribute make that attribute a key, too. */
  readonly imports: readonly ImportRule[];
  readonly exports: readonly ExportRule[];
}

export function assembleKind(parts: KindParts): KindRules {
  const imports = parts.imports.filter((rule) => rule.kind === parts.kind);
  const contributors = new Map<string, Set<string>>();
  for (const rule of imports) {
    for (const flow of rule.flows) {
      const names = contributors.get(flow.attribute) ?? new Set<string>();
      contributors.set(flow.attribute, names.add(rule.connection));
    }
  }
  const attributes = new Map<string, MetaAttribute>();
  for (const [name, attribute] of parts.attributes) {
    attributes.set(name, {
      ...attribute,
      rank: attribute.rank.filter((connection) => contributors.get(name)?.has(connection) ?? false),
    });
  }
  const searched = [...attributes.values()].flatMap(({ name, indexed }) => (indexed ? [name] : [])).sort();
  return { kind: parts.kind, attributes, life: parts.life, joinKeys: joinKeys(parts, imports), searched, hops: hops(parts) };
}

function joinKeys(parts: KindParts, imports: readonly ImportRule[]): readonly string[] {
  const keys = new Set(imports.flatMap((rule) => rule.join));
  for (const rule of parts.imports) {
    for (const { reference } of rule.flows) {
      if (reference?.kind === parts.kind && typeof reference.by === 'object') keys.add(reference.by.attribute);
    }
  }
  return [...keys].sort();
}

function hops(parts: KindParts): KindRules['hops'] {
  const paths = new Set<string>();
  for (const rule of parts.exports) if (rule.kind === parts.kind) for (const read of rule.reads) paths.add(read);
  for (const attribute of parts.attributes.values()) for (const read of attribute.unique?.reads ?? []) paths.add(read);
  return [...paths]
    .filter((path) => path.includes('.'))
    .sort()
    .map((path) => {
      const dot = path.indexOf('.');
      return [path.slice(0, dot), path.slice(dot + 1)] as const;
    });
}
