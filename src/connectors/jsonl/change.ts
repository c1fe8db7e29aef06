/**
 * Change records: one line each, as they are read and as they are written.
 *
 *     {"op":"put","kind":"person","anchor":"7","set":{"name":"Ada"},"name":…,"changedAt":…}   the object is exactly this
 *     {"op":"patch","kind":"person","anchor":"7","set":{…},"add":{"tags":["x"]},"remove":{…}}  the rest stays as it was
 *     {"op":"delete","kind":"person","anchor":"7"}
 */
import type { Change, RawValue, ReadObject } from '#connectors/contract';
import type { Fault } from '#core/errors';
import { parseInstant } from '#core/time';
import type { Scalar } from '#core/values';
import type { Edit } from '../files/item.ts';
import { newRow, type Row } from '../files/row.ts';
import type { JsonlConfig } from './config.ts';
import { attributesOf, exactly, type JsonObject, lineFault, parseLine } from './parse.ts';
import { setPath } from './values.ts';

export type ChangeRecord = ReadObject | Change;

const KEYS = new Set(['op', 'kind', 'anchor', 'set', 'add', 'remove', 'name', 'changedAt']);

/** Throws RollcallError `invalidValue`. What it takes for a change is remembered: see VERSION in key-sections.ts. */
export function changeOf(text: string, line: number, suspect: boolean, file: string, config: JsonlConfig): ChangeRecord {
  const record = parseLine(text, line, suspect, file);
  const fault = (message: string) =>
    lineFault(
      message,
      line,
      file,
      'write changes as {"op":"put|patch|delete","kind":…,"anchor":…,"set":{…}}',
      typeof anchor === 'string' ? anchor : undefined,
    );
  const { op, kind = config.kind, anchor, name, changedAt } = record;
  const unknown = Object.keys(record).find((key) => !KEYS.has(key));
  if (unknown !== undefined) throw fault(`"${unknown.slice(0, 64)}" is no part of a change`);
  if (typeof anchor !== 'string' || anchor === '') throw fault('the anchor is missing, empty or no text');
  if (typeof kind !== 'string' || kind === '') throw fault('the kind is no text');
  if (name !== undefined && typeof name !== 'string') throw fault('the name is no text');
  if (changedAt !== undefined && (typeof changedAt !== 'string' || parseInstant(changedAt) === null))
    throw fault('changedAt is no instant');
  const broken = suspect && !text.isWellFormed();
  if (broken && !(anchor.isWellFormed() && kind.isWellFormed()))
    throw fault('the anchor or the kind holds bytes that are no UTF-8');
  const refused: Fault[] = [];
  const more = { kind, anchor, line, ...(name === undefined ? {} : { name }), ...(changedAt === undefined ? {} : { changedAt }) };
  const part = (key: 'set' | 'add' | 'remove'): Row | undefined => {
    const value = record[key];
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault(`"${key}" is no object`);
    // Read again only where numbers lost digits, and then from the record as a whole.
    const flat = attributesOf(value as JsonObject, broken, () => (exactly(text, line, file) as JsonObject)[key]);
    refused.push(...flat.refused);
    return flat.row;
  };
  const withRefused = <Record extends ChangeRecord>(change: Record): Record =>
    refused.length === 0 ? change : { ...change, refused };
  if (op === 'delete') return { op, kind, anchor, line };
  if (op === 'put') return withRefused({ op, ...more, attributes: part('set') ?? newRow() });
  if (op !== 'patch') throw fault('the op is not put, patch or delete');
  const [set, add, remove] = [part('set'), lists(part('add')), lists(part('remove'))];
  return withRefused({
    op,
    ...more,
    ...(set === undefined ? {} : { set }),
    ...(add === undefined ? {} : { add }),
    ...(remove === undefined ? {} : { remove }),
  });
}

function lists(row: Row | undefined): { [attribute: string]: readonly Scalar[] } | undefined {
  if (row === undefined) return undefined;
  for (const name of Object.keys(row)) row[name] = listOf(row[name]!);
  return row as { [attribute: string]: readonly Scalar[] };
}

function listOf(value: RawValue): readonly Scalar[] {
  return value === null ? [] : Array.isArray(value) ? value : [value as Scalar];
}

/** The attributes a change leaves; null = none. */
export function afterChange(change: ChangeRecord, before: Row | null): Row | null {
  if (change.op === 'delete') return null;
  if (change.op !== 'patch') return change.attributes as Row;
  const after = newRow();
  for (const name of Object.keys(before ?? {})) after[name] = before![name]!;
  for (const [name, value] of Object.entries(change.set ?? {})) after[name] = value;
  for (const [name, values] of Object.entries(change.add ?? {}))
    after[name] = [...new Set([...listOf(after[name] ?? null), ...values])];
  for (const [name, values] of Object.entries(change.remove ?? {})) {
    after[name] = listOf(after[name] ?? null).filter((value) => !values.includes(value));
  }
  return after;
}

/** One line, its newline included. */
export function changeLine({ operation, kind, anchor, set, add, remove }: Edit, name: string | undefined): string {
  if (operation === 'delete') return `${JSON.stringify({ op: 'delete', kind, anchor })}\n`;
  const record: { [key: string]: unknown } = { op: operation === 'create' ? 'put' : 'patch', kind, anchor };
  if (name !== undefined) record['name'] = name;
  for (const [key, entries] of [
    ['set', set],
    ['add', add],
    ['remove', remove],
  ] as const) {
    if (entries.length === 0) continue;
    const part = {};
    for (const [attribute, value] of entries) setPath(part, attribute, value, true);
    record[key] = part;
  }
  return `${JSON.stringify(record)}\n`;
}
