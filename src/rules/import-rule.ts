/** `import.<kind>`: which staged objects are taken, what they join, and what they say. */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import type { AttributeType, Kind } from '#core/values';
import {
  bareExpression,
  compileOwn,
  compileSource,
  decided,
  type FlowContext,
  type OwnFunction,
  type Source,
  typed,
} from './flow.ts';
import type { Evaluate, ImportFlow, ImportRule, MetaAttribute, ReferenceBy, RowScope } from './model.ts';
import { compilePrimary } from './primary.ts';
import { flag, known, mapping, oneOf, type Raw, type Report, text, texts, within } from './raw.ts';

export interface ImportContext {
  readonly connection: string;
  readonly kind: Kind;
  /** Metaverse attributes of the kind. */
  readonly attributes: ReadonlyMap<string, MetaAttribute>;
  /** Kind an attribute refers to, where it is a reference; the same kind otherwise. */
  readonly refersTo: (attribute: string) => Kind;
  /** Metaverse attributes of other kinds, for references by an attribute; null where there is no such kind. */
  readonly attributesOf: (kind: Kind) => ReadonlyMap<string, MetaAttribute> | null;
  /** Whether a connection of this name exists. */
  readonly connections: ReadonlySet<string>;
  /** Attributes of the staged objects; null while nobody has asked the system. */
  readonly columns: ReadonlySet<string> | null;
  /** IANA zone of dates without a time. */
  readonly zone: string;
  readonly functionOf?: (reference: string) => OwnFunction | null;
}

const RULE_KEYS = ['from', 'filter', 'join', 'project', 'many', 'primary', 'aggregates', 'attributes', 'protect'];
const FLOW_KEYS = ['value', 'reference', 'function', 'reads', 'connection', 'by', 'kind', 'empty'];
const AGGREGATES = ['any', 'all', 'min', 'max', 'union'] as const;

/** The attribute of a row; anchor and name where no attribute is called so. */
function ofRow(scope: RowScope, name: string): unknown {
  const value = scope.row[name];
  if (value !== undefined) return value;
  return name === 'anchor' ? scope.anchor : name === 'name' ? (scope.name ?? undefined) : undefined;
}

/** Null when anything in it was reported. */
export function compileImportRule(raw: unknown, context: ImportContext, outer: Report): ImportRule | null {
  let faults = 0;
  const report: Report = (...fault) => {
    faults++;
    outer(...fault);
  };
  const rule = mapping(raw, report, RULE_KEYS);
  if (rule === null) return null;
  const columns = context.columns === null ? null : new Set([...context.columns, 'anchor', 'name']);
  const scope: FlowContext<RowScope> = {
    variable: 'row',
    attributes: columns,
    references: new Map(),
    zone: context.zone,
    counter: false,
    get: ofRow,
    functionOf: context.functionOf ?? null,
  };
  const flows: ImportFlow[] = [];
  const edges: ImportRule['edges'][number][] = [];
  const written = rule.get('attributes') === undefined ? null : mapping(rule.get('attributes'), within(report, 'attributes'));
  const hashes: string[] = [];
  for (const [name, flow] of written ?? []) compileFlow(name, flow, within(report, 'attributes', name));

  function compileFlow(name: string, flow: unknown, at: Report): void {
    if (!known(name, context.attributes, `${context.kind} attribute`, at)) return;
    const attribute = context.attributes.get(name)!;
    const options = typeof flow === 'string' ? null : mapping(flow, at, FLOW_KEYS);
    if (options === null && typeof flow !== 'string') return;
    const source = options === null ? compileSource(flow as string, scope, at) : sourceOf(options, at);
    if (source === null) return;
    if (source.copies !== null && columns !== null && !known(source.copies, columns, 'attribute in the source', at)) return;
    const reference = attribute.type === 'reference' ? referenceOf(name, options, at) : null;
    if (attribute.type !== 'reference' && options?.has('reference')) {
      at(['reference'], `${name} is no reference`, 'write it under value');
      return;
    }
    if (reference !== null && attribute.multi && source.copies === null) {
      at([], `${name} has many values and must be copied from one attribute`, 'name the attribute that holds the keys');
      return;
    }
    if (reference !== null && source.copies !== null) edges.push({ attribute: source.copies, reference, multi: attribute.multi });
    const type: AttributeType = reference === null ? attribute : { type: 'reference', multi: attribute.multi, matching: 'exact' };
    const empty = (options && oneOf(options, 'empty', ['clears', 'falls'] as const, at)) ?? 'falls';
    flows.push({ attribute: name, text: source.text, reads: source.reads, empty, evaluate: typed(source, type), reference });
  }

  function sourceOf(options: Raw, at: Report): Source<RowScope> | null {
    const given = ['value', 'reference', 'function'].filter((key) => options.has(key));
    if (given.length !== 1) {
      at(
        [],
        given.length === 0 ? 'it is not said where the value comes from' : `${given.join(' and ')} exclude each other`,
        'write one of value, reference and function',
      );
      return null;
    }
    const key = given[0]!;
    const written = text(options, key, at);
    if (written === null) return null;
    if (key !== 'function') return compileSource(written, scope, within(at, key));
    const own = compileOwn(
      written,
      texts(options, 'reads', at).map((read) => read.text),
      scope,
      at,
    );
    if (own !== null) hashes.push(context.functionOf!(written)!.hash);
    return own;
  }

  function referenceOf(name: string, options: Raw | null, at: Report): ReferenceBy {
    const kind = (options && text(options, 'kind', at)) ?? context.refersTo(name);
    const connection = (options && text(options, 'connection', at)) ?? context.connection;
    if (connection !== context.connection) known(connection, context.connections, 'connection', within(at, 'connection'));
    const by = (options && text(options, 'by', at)) ?? 'anchor';
    const attributes = context.attributesOf(kind);
    if (attributes === null) at(['kind'], `there is no kind ${kind}`, 'declare its attributes, or use person or group');
    if (by === 'anchor' || by === 'name' || by === 'id') return { connection, by, kind };
    if (attributes !== null) known(by, attributes, `${kind} attribute`, within(at, 'by'));
    return { connection, by: { attribute: by }, kind };
  }

  const decides: string[] = [];
  const protectedBy: string[] = [];
  const filteredBy: string[] = [];
  const orderedBy: string[] = [];
  const decision = (key: string, reads: readonly string[][]): Evaluate<RowScope, boolean> | null => {
    const written = text(rule, key, report);
    const expression = written === null ? null : bareExpression(written, 'bool', scope, within(report, key));
    if (expression !== null) for (const list of reads) list.push(...expression.reads);
    return expression && decided(expression);
  };
  const filter = decision('filter', [decides, filteredBy]);
  const protect = Array.isArray(rule.get('protect'))
    ? listed(texts(rule, 'protect', report).map((item) => item.text))
    : decision('protect', [decides, protectedBy]);
  const join = texts(rule, 'join', report);
  for (const { text: name, path } of join) {
    if (!known(name, context.attributes, `${context.kind} attribute`, within(report, ...path))) continue;
    if (!flows.some((flow) => flow.attribute === name) && faults === 0) {
      report(path, `nothing says what ${name} is here, so nothing can be joined by it`, `add ${name} under attributes`);
    }
  }
  for (const flow of flows) if (join.some((item) => item.text === flow.attribute)) decides.push(...flow.reads);
  const many = flag(rule, 'many', report);
  const primary = compilePrimary(texts(rule, 'primary', report), scope, report, orderedBy);
  const aggregates = aggregatesOf(rule, flows, context, report);
  if (!many && (primary !== null || aggregates.length > 0)) {
    report(
      [primary !== null ? 'primary' : 'aggregates'],
      'this has a meaning only where several objects may belong to one',
      'add many: true',
    );
  }
  const from = text(rule, 'from', report) ?? context.kind;
  const project = flag(rule, 'project', report);
  if (faults > 0) return null;
  return {
    connection: context.connection,
    kind: context.kind,
    from,
    filter,
    filterText: filter === null ? null : text(rule, 'filter', report),
    join: join.map((item) => item.text),
    project,
    many,
    primary,
    aggregates,
    flows,
    edges,
    protect,
    protectedBy,
    decides: [...new Set(decides)],
    conditions: [
      { key: 'filter', reads: filteredBy },
      { key: 'protect', reads: protectedBy },
      { key: 'primary', reads: orderedBy },
    ],
    hash: sha256Hex(canonicalJson([raw, context.zone, hashes])),
  };
}

/** A named list of accounts, by anchor or name. */
function listed(names: readonly string[]): Evaluate<RowScope, boolean> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return ({ anchor, name }) => wanted.has(anchor.toLowerCase()) || (name !== null && wanted.has(name.toLowerCase()));
}

function aggregatesOf(rule: Raw, flows: readonly ImportFlow[], context: ImportContext, report: Report): ImportRule['aggregates'] {
  const raw = rule.get('aggregates') === undefined ? null : mapping(rule.get('aggregates'), within(report, 'aggregates'));
  const out: ImportRule['aggregates'][number][] = [];
  for (const attribute of raw?.keys() ?? []) {
    const at = within(report, 'aggregates', attribute);
    const how = oneOf(raw!, attribute, AGGREGATES, within(report, 'aggregates'));
    if (how === null || !known(attribute, context.attributes, `${context.kind} attribute`, at)) continue;
    const { type, multi } = context.attributes.get(attribute)!;
    if (!flows.some((flow) => flow.attribute === attribute))
      at([], `nothing says what ${attribute} is here`, `add ${attribute} under attributes`);
    else if ((how === 'any' || how === 'all') && (type !== 'boolean' || multi))
      at([], `${how} needs an attribute that is true or false`, 'use min, max or union');
    else if (how === 'union' && !multi) at([], `${attribute} holds one value`, 'make it multi: true, or use min or max');
    else out.push({ attribute, how });
  }
  return out;
}
