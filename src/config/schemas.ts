/**
 * The second look, once the systems were asked what they hold: do the columns and attributes that rules name exist there,
 * may they be written, and can their types be carried over?
 */
import type { Schema } from '#connectors/contract';
import type { Fault } from '#core/errors';
import { grouped, nearest } from '#core/text';
import type { AttributeType, ValueType } from '#core/values';
import type { ExportRule, ImportRule } from '#rules/model';
import { byPosition, type Collector, collector } from './collect.ts';
import type { Path } from './document.ts';
import type { Configuration, ConnectionConfig } from './model.ts';
import { positionOf } from './places.ts';

type Attributes = Schema['kinds'][string];

/**
 * @param schemas connection → what `discoverSchema` said; connections that could not be asked are left out.
 * @returns faults sorted by position.
 */
export function checkAgainstSchemas(config: Configuration, schemas: ReadonlyMap<string, Schema>): Fault[] {
  const collect = collector(config.file, (path, part) => positionOf(config, path, part));
  for (const connection of config.connections) {
    const schema = schemas.get(connection.name);
    if (schema === undefined) continue;
    for (const [kind, rule] of connection.imports) checkImport(connection, kind, rule, schema, collect);
    for (const [kind, rule] of connection.exports) checkExport(connection, kind, rule, schema, collect);
  }
  for (const connection of config.connections) checkUnique(config, connection, schemas, collect);
  return collect.faults.sort(byPosition);
}

function checkImport(connection: ConnectionConfig, kind: string, rule: ImportRule, schema: Schema, collect: Collector): void {
  const at: Path = ['connections', connection.name, 'import', kind];
  const there = kindIn(connection, rule.from, schema, rule.from === kind ? at : [...at, 'from'], collect);
  if (there === null) return;
  for (const flow of rule.flows) {
    for (const name of flow.reads)
      missing(connection, name, there, schema.complete, [...at, 'attributes', flow.attribute], collect);
  }
  for (const { key, reads } of rule.conditions) {
    if (key === 'protect' && connection.protectedByConnector.has(kind)) continue;
    for (const name of reads) missing(connection, name, there, schema.complete, [...at, key], collect);
  }
  for (const edge of rule.edges) {
    const flow = rule.flows.find((one) => one.reads.includes(edge.attribute));
    missing(
      connection,
      edge.attribute,
      there,
      schema.complete,
      [...at, 'attributes', flow?.attribute ?? edge.attribute],
      collect,
    );
  }
}

/**
 * What `protect` reads and nobody shows there now, where attributes may come that are not known yet: no fault, but as long as it
 * stays so nobody is protected by it.
 */
export function protectionDoubts(config: Configuration, connection: ConnectionConfig, schema: Schema): Fault[] {
  const collect = collector(config.file, (path, part) => positionOf(config, path, part));
  if (schema.complete) return [];
  for (const [kind, rule] of connection.imports) {
    if (connection.protectedByConnector.has(kind)) continue;
    const there = Object.hasOwn(schema.kinds, rule.from) ? schema.kinds[rule.from]! : {};
    for (const name of rule.protectedBy) {
      if (ALWAYS.has(name) || showing(connection, rule.protectedBy, schema).has(name)) continue;
      const path = ['connections', connection.name, 'import', kind, 'protect'];
      collect.warn(
        path,
        'value',
        `nobody in ${connection.name} shows ${name} now: nobody is protected by it`,
        remedy(name, Object.keys(there)),
      );
    }
  }
  return collect.warnings.sort(byPosition);
}

/** What objects show that are protected by the same condition: one of a connection speaks to all its kinds. */
function showing(connection: ConnectionConfig, protectedBy: readonly string[], schema: Schema): ReadonlySet<string> {
  const same = [...connection.imports.values()].filter((rule) => String(rule.protectedBy) === String(protectedBy));
  return new Set(same.flatMap(({ from }) => (Object.hasOwn(schema.kinds, from) ? Object.keys(schema.kinds[from]!) : [])));
}

function checkExport(connection: ConnectionConfig, kind: string, rule: ExportRule, schema: Schema, collect: Collector): void {
  const at: Path = ['connections', connection.name, 'export', kind];
  const there = kindIn(connection, rule.to, schema, rule.to === kind ? at : [...at, 'to'], collect);
  if (there === null) return;
  if (rule.enabled !== null)
    target(connection, rule.enabled.attribute, null, there, schema.complete, [...at, 'enabled', 'attribute'], collect);
  for (const { attribute } of rule.secrets)
    target(connection, attribute, null, there, schema.complete, [...at, 'attributes', attribute], collect);
  for (const flow of rule.flows) {
    const writes = flow.strength !== 'observe';
    target(
      connection,
      flow.attribute,
      // What an expression gives is only known when it runs.
      flow.reference === null && !flow.text.startsWith('${') ? flow.type : null,
      there,
      schema.complete,
      [...at, 'attributes', flow.attribute],
      collect,
      writes,
    );
  }
}

function checkUnique(
  config: Configuration,
  target: ConnectionConfig,
  schemas: ReadonlyMap<string, Schema>,
  collect: Collector,
): void {
  const schema = schemas.get(target.name);
  if (schema?.complete !== true) return;
  const names = new Set(Object.values(schema.kinds).flatMap((kind) => Object.keys(kind)));
  for (const [kind, rules] of config.kinds) {
    for (const attribute of rules.attributes.values()) {
      for (const [index, { connection, attribute: name }] of (attribute.unique?.uniqueIn ?? []).entries()) {
        if (connection !== target.name || names.has(name) || ALWAYS.has(name)) continue;
        const path = ['attributes', kind, attribute.name, 'unique', 'uniqueIn', index];
        collect.fault(path, 'value', `${target.name} has no attribute ${name}`, remedy(name, [...names]));
      }
    }
  }
}

function kindIn(connection: ConnectionConfig, kind: string, schema: Schema, at: Path, collect: Collector): Attributes | null {
  const there = Object.hasOwn(schema.kinds, kind) ? schema.kinds[kind]! : null;
  if (there === null && schema.complete)
    collect.fault(at, 'value', `${connection.name} has no objects of kind ${kind}`, remedy(kind, Object.keys(schema.kinds)));
  return there;
}

/** What every staged object has besides its attributes. */
const ALWAYS: ReadonlySet<string> = new Set(['anchor', 'name']);

function missing(
  connection: ConnectionConfig,
  name: string,
  there: Attributes,
  complete: boolean,
  at: Path,
  collect: Collector,
): boolean {
  if (!complete || Object.hasOwn(there, name) || ALWAYS.has(name)) return false;
  collect.fault(at, 'value', `${connection.name} has no attribute ${name}`, remedy(name, Object.keys(there)));
  return true;
}

function target(
  connection: ConnectionConfig,
  name: string,
  type: AttributeType | null,
  there: Attributes,
  complete: boolean,
  at: Path,
  collect: Collector,
  writes = true,
): void {
  if (!Object.hasOwn(there, name)) {
    if (complete) collect.fault(at, 'key', `${connection.name} has no attribute ${name}`, remedy(name, Object.keys(there)));
    return;
  }
  const attribute = there[name]!;
  if (writes && attribute.readOnly === true) {
    collect.fault(at, 'key', `${name} is read-only in ${connection.name}`, 'remove it, or give it strength: observe');
  } else if (type !== null && !carries(type.type, attribute.type)) {
    collect.fault(
      at,
      'value',
      `${name} is ${attribute.type} in ${connection.name}, the rule gives ${type.type}`,
      `give the rule type: ${attribute.type}, or remove it`,
    );
  } else if (complete && type?.multi === true && !attribute.multi) {
    collect.fault(
      at,
      'value',
      `${name} holds one value in ${connection.name}, the rule gives a list`,
      "join the list in an expression, such as ${person.aliases.join(', ')}",
    );
  } else if (type?.type === 'binary' && (type.maxLength ?? 0) > (attribute.maxLength ?? Number.POSITIVE_INFINITY)) {
    collect.fault(
      at,
      'value',
      `${name} takes ${grouped(attribute.maxLength!)} bytes in ${connection.name}, the rule gives up to ${grouped(type.maxLength!)}`,
      `give a photo maxBytes: ${attribute.maxLength}B, other bytes maxLength: ${attribute.maxLength}`,
    );
  }
}

/** Text takes everything but bytes; otherwise only what loses nothing. */
function carries(from: ValueType, to: ValueType): boolean {
  if (from === to) return true;
  if (to === 'string') return from !== 'binary';
  return (
    (from === 'integer' && to === 'decimal') || (from === 'date' && to === 'instant') || (from === 'string' && to === 'reference')
  );
}

function remedy(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== null) return `did you mean ${meant}?`;
  return known.length === 0 ? 'it holds nothing' : `it has ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', …' : ''}`;
}
