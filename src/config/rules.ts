/** Every rule of the file compiled, with faults put where they stand in the file. */
import { BUILT_IN } from '#core/attributes';
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { nearest } from '#core/text';
import type { Kind } from '#core/values';
import {
  assembleKind,
  compileAttributes,
  compileExportRule,
  compileImportRule,
  compileLife,
  type OwnFunction,
  type Report as RuleReport,
  refersTo,
} from '#rules/compile';
import type { ExportRule, ImportRule, KindRules, LifeRule, MetaAttribute } from '#rules/model';
import type { Collector } from './collect.ts';
import type { Path } from './document.ts';
import { deprovisionOf } from './gates.ts';
import { kindExists } from './names.ts';
import type { Outline } from './outline.ts';
import type { Written } from './written.ts';

export interface ConnectionRules {
  readonly name: string;
  readonly imports: ReadonlyMap<Kind, ImportRule>;
  readonly exports: ReadonlyMap<Kind, ExportRule>;
  readonly rulesHash: string;
}

export interface Rules {
  readonly connections: ReadonlyMap<string, ConnectionRules>;
  readonly kinds: ReadonlyMap<Kind, KindRules>;
}

type Attributes = ReadonlyMap<string, MetaAttribute>;

export function compileRules(
  written: Written,
  outline: Outline,
  functions: ReadonlyMap<string, OwnFunction>,
  collect: Collector,
): Rules {
  const zone = written.zone ?? 'UTC';
  const attributes = compileKinds(written, outline, zone, collect);
  const attributesOf = (kind: Kind): Attributes | null => attributes.get(kind) ?? null;
  const functionOf = (reference: string): OwnFunction | null => functions.get(reference) ?? null;
  const contextOf = (kind: Kind) => ({
    kind,
    attributes: attributes.get(kind)!,
    refersTo: (name: string) => refersTo(kind, name),
    attributesOf,
    zone,
    functionOf,
  });
  const names = new Set(outline.connections);

  const imports = new Map<string, Map<Kind, ImportRule>>();
  const exports = new Map<string, Map<Kind, ExportRule>>();
  for (const [connection, node] of Object.entries(written.connections ?? {})) {
    const at = ['connections', connection];
    const mine = new Map<Kind, ImportRule>();
    for (const [kind, raw] of Object.entries(node.import ?? {})) {
      if (!kindExists(kind, [...at, 'import', kind], outline, collect)) continue;
      const own = raw as Readonly<Record<string, unknown>>;
      const inherits = node.protect !== undefined && own.protect === undefined;
      const here = placed([...at, 'import', kind], collect);
      const above = placed(at, collect);
      const report: RuleReport = (path, ...said) => (inherits && path[0] === 'protect' ? above : here)(path, ...said);
      const rule = compileImportRule(
        inherits ? { ...own, protect: node.protect } : own,
        { ...contextOf(kind), connection, connections: names, columns: null },
        report,
      );
      if (rule !== null) mine.set(kind, rule);
    }
    imports.set(connection, mine);
    const theirs = new Map<Kind, ExportRule>();
    const rules = Object.entries(node.export ?? {});
    const named = rules.some(([, raw]) => Object.hasOwn(raw as object, 'name') || Object.hasOwn(raw as object, 'dn'));
    for (const [kind, raw] of rules) {
      if (!kindExists(kind, [...at, 'export', kind], outline, collect)) continue;
      const context = { ...contextOf(kind), connection, target: null, named, deprovision: deprovisionOf(node.deprovision) };
      const rule = compileExportRule(raw, context, placed([...at, 'export', kind], collect));
      if (rule !== null) theirs.set(kind, rule);
    }
    exports.set(connection, theirs);
  }

  const allImports = [...imports.values()].flatMap((of) => [...of.values()]);
  const allExports = [...exports.values()].flatMap((of) => [...of.values()]);
  const kinds = new Map<Kind, KindRules>();
  for (const [kind, of] of attributes) {
    // Who is said nothing of leaves with the grace that `life` has by default; a group is gone with its source.
    const raw = written.life?.[kind] ?? (kind === 'group' ? undefined : {});
    const life: LifeRule | null = raw === undefined ? null : compileLife(raw, contextOf(kind), placed(['life', kind], collect));
    kinds.set(kind, assembleKind({ kind, attributes: of, life, imports: allImports, exports: allExports }));
  }
  for (const kind of Object.keys(written.life ?? {})) kindExists(kind, ['life', kind], outline, collect);

  const connections = new Map<string, ConnectionRules>();
  for (const [name, mine] of imports) {
    const rules = { imports: mine, exports: exports.get(name)! };
    connections.set(name, {
      name,
      ...rules,
      rulesHash: rulesHash(rules, kinds, written, written.connections?.[name]?.owner === true),
    });
  }
  return { connections, kinds };
}

const SEE = 'see docs/guide/configuration.md for what may stand here';

function placed(at: Path, collect: Collector): RuleReport {
  return (path, message, remedy) => collect.fault([...at, ...path], 'value', message, remedy ?? SEE);
}

/** Attributes of every kind: built in, declared, and filled by some import rule without being declared. */
function compileKinds(written: Written, outline: Outline, zone: string, collect: Collector): ReadonlyMap<Kind, Attributes> {
  const out = new Map<Kind, Attributes>();
  for (const kind of outline.kinds) {
    const declared: { [name: string]: unknown } = Object.assign(Object.create(null), written.attributes?.[kind]);
    const known = [...(BUILT_IN.get(kind)?.keys() ?? []), ...Object.keys(declared)];
    for (const [connection, filled] of outline.fills(kind)) {
      for (const name of filled) {
        if (known.includes(name) || Object.hasOwn(declared, name)) continue;
        const meant = nearest(name, known);
        if (meant !== null) {
          collect.warn(
            ['connections', connection, 'import', kind, 'attributes', name],
            'key',
            `${kind} has no attribute ${name}, so it becomes a text of its own`,
            `did you mean ${meant}? Otherwise declare it under attributes`,
          );
        }
        declared[name] = 'string';
      }
    }
    // A declaration with a fault in it is told once; whoever uses the attribute is not to blame.
    for (const name of outline.declares(kind)) if (!known.includes(name)) declared[name] ??= 'string';
    const context = {
      kind,
      connections: outline.connections,
      precedence: new Map(Object.entries(written.precedence?.[kind] ?? {})),
      // A kind that comes later is not known yet; checks/compiled looks at hops into it.
      attributesOf: (other: Kind) => out.get(other) ?? null,
      zone,
    };
    out.set(kind, compileAttributes(declared, context, placed(['attributes', kind], collect)));
  }
  return out;
}

/** Of everything that decides what a connection's rules give: the rules, and what is said of the attributes concerned. */
function rulesHash(
  rules: Pick<ConnectionRules, 'imports' | 'exports'>,
  kinds: ReadonlyMap<Kind, KindRules>,
  written: Written,
  owner: boolean,
): string {
  const concerned = (kind: Kind, names: readonly string[]): unknown[] =>
    [...new Set(names.map((name) => name.split('.')[0]!))].sort().map((name) => {
      const attribute = kinds.get(kind)?.attributes.get(name);
      return attribute === undefined
        ? name
        : { ...attribute, label: null, unique: attribute.unique === null ? null : (written.attributes?.[kind]?.[name] ?? null) };
    });
  return sha256Hex(
    canonicalJson({
      // An owner's hash has it, that of all others is what it was before it was asked.
      ...(owner ? { owner } : {}),
      imports: [...rules.imports].map(([kind, rule]) => [
        kind,
        rule.hash,
        concerned(
          kind,
          rule.flows.map((flow) => flow.attribute),
        ),
      ]),
      exports: [...rules.exports].map(([kind, rule]) => [
        kind,
        rule.hash,
        concerned(kind, rule.reads),
        written.life?.[kind] ?? null,
      ]),
    }),
  );
}
