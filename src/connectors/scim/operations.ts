/**
 * What turns a resource into another one, as operations of a PATCH (RFC 7644 3.5.2), each about no more than what changes, in the form
 * that the server takes.
 */
import type { Field } from '#protocols/scim/fields';
import { VALUE } from '#protocols/scim/image';
import { isObject, type JsonObject } from '#protocols/scim/values';
import { type Edit, elementOf, listed, typeOf, valueAt } from './edited.ts';
import type { Path } from './paths.ts';
import type { Update } from './targets.ts';

export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path?: string;
  readonly value?: unknown;
}

export const PATCH_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

type Form = Exclude<Update, 'put'>;

/** None where nothing changes. */
export function operationsFor(before: JsonObject, after: JsonObject, edits: readonly Edit[], form: Form): readonly Operation[] {
  const changed = edits.filter(({ path: { field } }) => !isEqual(valueAt(before, field), valueAt(after, field)));
  const fields = [...new Set(changed.map(({ path }) => path.field))];
  const of = fields.map((field) => ({
    field,
    paths: changed.filter(({ path }) => path.field === field).map(({ path }) => path),
    was: valueAt(before, field),
    is: valueAt(after, field),
  }));
  return form === 'values' ? withoutPaths(of) : of.flatMap((one) => (form === 'plain' ? plain(one) : filtered(one)));
}

interface Changed {
  readonly field: Field;
  readonly paths: readonly Path[];
  readonly was: unknown;
  readonly is: unknown;
}

export function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

const nameOf = ({ urn, attribute }: Field): string => (urn === null ? attribute.name : `${urn}:${attribute.name}`);

const written = (path: string, value: unknown): Operation =>
  value === undefined ? { op: 'remove', path } : { op: 'replace', path, value };

function plain({ field, paths, was, is }: Changed): readonly Operation[] {
  const name = nameOf(field);
  if (field.attribute.multiValued || field.subs.length === 0) return [written(name, is)];
  // A value that is a key is replaced with all that says whose it was.
  if (is === undefined || paths.some(({ sub }) => sub!.name === VALUE)) return [written(name, keyOf(is))];
  return subsOf(was, is, paths).map((sub) => written(`${name}.${sub}`, partOf(is, sub)));
}

function keyOf(value: unknown): unknown {
  return isObject(value) && value[VALUE] !== undefined ? { [VALUE]: value[VALUE] } : value;
}

function subsOf(was: unknown, is: unknown, paths: readonly Path[]): readonly string[] {
  const subs = new Set(paths.map(({ sub }) => sub!.name));
  return [...subs].filter((sub) => !isEqual(partOf(was, sub), partOf(is, sub)));
}

function partOf(record: unknown, name: string): unknown {
  return isObject(record) && Object.hasOwn(record, name) ? record[name] : undefined;
}

function filtered(changed: Changed): readonly Operation[] {
  const { field, paths, was, is } = changed;
  if (!field.attribute.multiValued || field.subs.length === 0 || is === undefined) return plain(changed);
  const [before, after] = [listed(was).filter(isObject), listed(is).filter(isObject)];
  const operations = paths.every(({ kind }) => kind !== null) ? byKind(before, after, changed) : byElement(before, after, field);
  return operations ?? plain(changed);
}

/** Null where a filter would find another one, or several. */
function byKind(before: readonly JsonObject[], after: readonly JsonObject[], { field, paths }: Changed): Operation[] | null {
  const out: Operation[] = [];
  const kinds = new Set(paths.map((path) => path.kind!));
  // The primary one may be one of the others.
  if (kinds.has('primary') && kinds.size > 1) return null;
  for (const kind of kinds) {
    const there = elementOf(before, kind);
    if (there === undefined) {
      out.push({ op: 'add', path: nameOf(field), value: after.filter((one) => !before.includes(one) && isOf(one, kind)) });
      continue;
    }
    const filter = filterFor(there, before);
    if (filter === null) return null;
    const now = after.find((one) => one === there || filterFor(one, after) === filter);
    if (now === undefined) out.push({ op: 'remove', path: `${nameOf(field)}[${filter}]` });
    else
      for (const sub of subsOf(
        there,
        now,
        paths.filter((path) => path.kind === kind),
      ))
        out.push(written(`${nameOf(field)}[${filter}].${sub}`, partOf(now, sub)));
  }
  return out;
}

function isOf(element: JsonObject, kind: string): boolean {
  return kind === 'primary' ? typeOf(element) === '' : typeOf(element) === kind;
}

function filterFor(element: JsonObject, all: readonly JsonObject[]): string | null {
  const type = element['type'];
  if (typeof type === 'string' && all.filter((one) => typeOf(one) === typeOf(element)).length === 1)
    return `type eq ${JSON.stringify(type)}`;
  return element['primary'] === true ? 'primary eq true' : null;
}

function byElement(before: readonly JsonObject[], after: readonly JsonObject[], { urn, attribute }: Field): Operation[] | null {
  const name = urn === null ? attribute.name : `${urn}:${attribute.name}`;
  const gone = before.filter((one) => !after.includes(one));
  const made = after.filter((one) => !before.includes(one));
  const filters = gone.map((one) => {
    const value = one[VALUE];
    const isAlone = before.filter((other) => other[VALUE] === value).length === 1;
    return typeof value === 'string' && isAlone ? `value eq ${JSON.stringify(value)}` : null;
  });
  if (filters.includes(null)) return null;
  return [
    ...filters.map((filter): Operation => ({ op: 'remove', path: `${name}[${filter}]` })),
    ...(made.length === 0 ? [] : [{ op: 'add', path: name, value: made } as const]),
  ];
}

/** One value with all that is there, as identity providers send it; what is cleared goes by its path. */
function withoutPaths(all: readonly Changed[]): readonly Operation[] {
  const value: { [name: string]: unknown } = {};
  const removed: Operation[] = [];
  for (const { field, paths, was, is } of all) {
    if (is === undefined) removed.push({ op: 'remove', path: nameOf(field) });
    else {
      if (field.urn === null) value[field.attribute.name] = is;
      else value[field.urn] = { ...(value[field.urn] as object | undefined), [field.attribute.name]: is };
      if (!field.attribute.multiValued && field.subs.length > 0)
        for (const sub of subsOf(was, is, paths))
          if (partOf(is, sub) === undefined) removed.push({ op: 'remove', path: `${nameOf(field)}.${sub}` });
    }
  }
  return [...(Object.keys(value).length === 0 ? [] : [{ op: 'replace', value } as const]), ...removed];
}
