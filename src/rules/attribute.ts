/** `attributes.<kind>`: the built-in attributes with what the configuration adds and changes. */
import { BUILT_IN, type BuiltInAttribute, defaultMatching, SEARCHED } from '#core/attributes';
import type { Kind, Matching, ValueType } from '#core/values';
import { compileField, FIELD_KEYS, PLAIN_FIELD } from './field.ts';
import type { MetaAttribute } from './model.ts';
import { OWN_NAMES } from './object-scope.ts';
import { flag, known, mapping, oneOf, type Report, text, texts, whole, within } from './raw.ts';
import { compileUnique, type UniqueContext } from './unique.ts';

const KEYS = [
  'type',
  'multi',
  'matching',
  'maxLength',
  'strategy',
  'once',
  'unique',
  'label',
  'indexed',
  'precedence',
  ...FIELD_KEYS,
];
const TYPES: readonly ValueType[] = ['string', 'integer', 'decimal', 'boolean', 'date', 'instant', 'binary', 'reference'];
const MATCHINGS: readonly Matching[] = ['exact', 'caseIgnore', 'dn', 'telephone', 'instant', 'boolean', 'integer'];

export interface AttributesContext {
  readonly kind: Kind;
  /** All connections, in the order of the file: the default order of precedence. */
  readonly connections: readonly string[];
  /** `precedence.<kind>`: attribute → connections, the first wins. */
  readonly precedence: ReadonlyMap<string, readonly string[]>;
  readonly attributesOf: UniqueContext['attributesOf'];
  readonly zone: string;
}

/** The kind an attribute refers to by itself; the same kind where nothing is said. */
export function refersTo(kind: Kind, attribute: string): Kind {
  return BUILT_IN.get(kind)?.get(attribute)?.refersTo ?? kind;
}

/** All attributes of a kind; what is faulty is reported and stays as it is built in. `raw` undefined = none written. */
export function compileAttributes(raw: unknown, context: AttributesContext, report: Report): ReadonlyMap<string, MetaAttribute> {
  const out = new Map<string, MetaAttribute>();
  for (const attribute of BUILT_IN.get(context.kind)?.values() ?? []) out.set(attribute.name, plain(attribute, context));
  const written = raw === undefined || raw === null ? null : mapping(raw, report);
  for (const [name, node] of written ?? []) {
    const attribute = compileAttribute(name, node, context, within(report, name));
    if (attribute !== null) out.set(name, attribute);
  }
  // Candidates may read any attribute, so they come after all are known.
  for (const [name, node] of written ?? []) {
    const unique = typeof node === 'object' && node !== null && !Array.isArray(node) ? entryOf(node, 'unique') : undefined;
    const attribute = out.get(name);
    if (unique === undefined || attribute === undefined) continue;
    const at = within(report, name, 'unique');
    if (attribute.type !== 'string' || attribute.multi) {
      at([], `${name} holds no single text, so nothing unique can be made for it`, 'make it type: string');
      continue;
    }
    const connections = new Set(context.connections);
    const scope: UniqueContext = { ...context, connections, attributes: out, refersTo: (of) => refersTo(context.kind, of) };
    out.set(name, {
      ...attribute,
      unique: compileUnique(
        unique,
        name,
        { ...scope, attributesOf: (kind) => (kind === context.kind ? out : context.attributesOf(kind)) },
        at,
      ),
    });
  }
  for (const [name, connections] of context.precedence) {
    const attribute = out.get(name);
    if (attribute !== undefined) out.set(name, { ...attribute, rank: ranked(connections, context) });
  }
  return out;
}

function entryOf(node: object, key: string): unknown {
  if (node instanceof Map) return node.get(key);
  return Object.hasOwn(node, key) ? (node as { [name: string]: unknown })[key] : undefined;
}

function plain(attribute: BuiltInAttribute, context: AttributesContext): MetaAttribute {
  const { name, label, type, multi, matching } = attribute;
  return {
    name,
    label,
    type,
    multi,
    matching,
    strategy: 'ranked',
    rank: context.connections,
    once: false,
    unique: null,
    indexed: SEARCHED.has(name),
    field: PLAIN_FIELD,
  };
}

function ranked(first: readonly string[], context: AttributesContext): readonly string[] {
  return [...new Set([...first.filter((name) => context.connections.includes(name)), ...context.connections])];
}

/** One attribute: its type as a text, or a mapping. Null when anything in it was reported. */
export function compileAttribute(name: string, node: unknown, context: AttributesContext, outer: Report): MetaAttribute | null {
  let faults = 0;
  const report: Report = (...fault) => {
    faults++;
    outer(...fault);
  };
  if (OWN_NAMES.includes(name)) report([], `${name} is known of every object and cannot be an attribute`, 'choose another name');
  const raw = typeof node === 'string' ? new Map<string, unknown>([['type', node]]) : mapping(node ?? new Map(), report, KEYS);
  if (raw === null) return null;
  const own = BUILT_IN.get(context.kind)?.get(name);
  const type =
    oneOf(raw, 'type', TYPES, typeof node === 'string' ? (_, message, remedy) => report([], message, remedy) : report) ??
    own?.type ??
    'string';
  const multi = raw.has('multi') ? flag(raw, 'multi', report) : type === (own?.type ?? type) && (own?.multi ?? false);
  const natural = own !== undefined && own.type === type ? own.matching : defaultMatching(type);
  const matching = oneOf(raw, 'matching', MATCHINGS, report) ?? natural;
  const maxLength = whole(raw, 'maxLength', report);
  const strategy = oneOf(raw, 'strategy', ['ranked', 'merge', 'latest'] as const, report) ?? 'ranked';
  if (strategy === 'merge' && !multi) report(['strategy'], `${name} holds one value, which cannot be merged`, 'add multi: true');
  const connections = new Map(context.connections.map((connection) => [connection, true]));
  const first = texts(raw, 'precedence', report).filter((item) =>
    known(item.text, connections, 'connection', within(report, ...item.path)),
  );
  const label = text(raw, 'label', report) ?? own?.label ?? null;
  const once = flag(raw, 'once', report);
  const indexed = raw.has('indexed') ? flag(raw, 'indexed', report) : own !== undefined && SEARCHED.has(name);
  if (indexed && (type === 'binary' || type === 'reference'))
    report(['indexed'], `${name} is ${type === 'binary' ? 'binary' : 'a reference'} and holds no words`, 'take indexed away');
  const shape = { type, multi, matching, ...(maxLength === null ? {} : { maxLength }) };
  const field = compileField(raw, shape, report);
  if (faults > 0) return null;
  const rank = ranked(
    first.map((item) => item.text),
    context,
  );
  return { name, ...shape, strategy, rank, once, unique: null, label, indexed, field };
}
