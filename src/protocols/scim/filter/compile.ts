/** A filter, its types checked against the schemas of a resource type → a condition over the folded document. */
import { ALWAYS, type Condition, NEVER, type Path } from '#core/condition';
import { foldCase } from '#core/fold';
import type { ScimAttribute, ScimResourceType } from '../schema.ts';
import { type AttrPath, type Filter, FilterError } from './ast.ts';
import { findAttribute, subAttribute } from './attributes.ts';
import { foldScalar, foldText } from './document.ts';

export interface CompileOptions {
  /** Of attributes that no schema has: `noMatch` takes them as never assigned, `error` refuses the filter. */
  readonly unknown: 'noMatch' | 'error';
}

/** @throws FilterError `invalidFilter` for comparisons that an attribute's type does not have, and for what is never shown */
export function compileFilter(filter: Filter, type: ScimResourceType, options: CompileOptions): Condition {
  return compile(filter, options, (path) => {
    const found = findAttribute(type, path);
    if (found === null) return null;
    const { extension, attribute, sub } = found;
    const at = [...(extension === null ? [] : [extension.prefix]), attribute.name, ...(sub === null ? [] : [sub.name])];
    return { attribute: sub ?? attribute, parent: sub === null ? null : attribute, path: at };
  });
}

/** The filter between brackets, of one value of an attribute (`foldElement`). @throws FilterError `invalidFilter` */
export function compileElement(filter: Filter, attribute: ScimAttribute, options: CompileOptions): Condition {
  return compile(filter, options, (path) => {
    const sub = path.urn === null && path.sub === null ? subAttribute(attribute, path.name) : null;
    return sub === null ? null : { attribute: sub, parent: attribute, path: [sub.name] };
  });
}

interface Target {
  readonly attribute: ScimAttribute;
  readonly parent: ScimAttribute | null;
  readonly path: Path;
}
type Scope = (path: AttrPath) => Target | null;

function compile(filter: Filter, options: CompileOptions, scope: Scope): Condition {
  if ('and' in filter) return { and: filter.and.map((one) => compile(one, options, scope)) };
  if ('or' in filter) return { or: filter.or.map((one) => compile(one, options, scope)) };
  if ('not' in filter) return { not: compile(filter.not, options, scope) };
  if ('element' in filter) {
    const target = targetOf(filter.element, options, scope);
    if (target === null) return NEVER;
    const { attribute, path } = target;
    if (attribute.type !== 'complex' && !attribute.multiValued)
      throw wrong(filter.element, 'it has a single, simple value: brackets do not stand behind it');
    return { any: path, of: compileElement(filter.of, attribute, options) };
  }
  if ('present' in filter) {
    const target = targetOf(filter.present, options, scope);
    return target === null ? NEVER : { present: target.path };
  }
  const target = targetOf(filter.attribute, options, scope);
  if (target === null) return unassigned(filter);
  if (filter.value === null) return nothing(filter, target.path);
  const { attribute, path } = compared(target);
  if (attribute.type === 'complex') throw wrong(filter.attribute, 'it has sub-attributes: name the one to compare');
  return comparison(filter, attribute, path);
}

type Comparing = Extract<Filter, { readonly compare: unknown }>;

/** What has several values is compared by them, as is a complex one that has a `value`: `emails eq "x"` means `emails.value`. */
function compared(target: Target): Target {
  const { attribute, path } = target;
  const sub = attribute.type === 'complex' || attribute.multiValued ? subAttribute(attribute, 'value') : null;
  return sub === null ? target : { attribute: sub, parent: attribute, path: [...path, sub.name] };
}

function targetOf(path: AttrPath, options: CompileOptions, scope: Scope): Target | null {
  const target = scope(path);
  if (target === null && options.unknown === 'error') throw wrong(path, 'no schema has such an attribute');
  if (target?.attribute.returned === 'never' || target?.parent?.returned === 'never')
    throw wrong(path, 'it is never shown, and cannot be asked for');
  return target;
}

function unassigned({ compare, value }: Comparing): Condition {
  const toNothing = value === null || value === '';
  if (compare === 'eq') return toNothing ? ALWAYS : NEVER;
  return compare === 'ne' && !toNothing ? ALWAYS : NEVER;
}

function nothing({ compare, attribute }: Comparing, path: Path): Condition {
  if (compare === 'eq') return { not: { present: path } };
  if (compare === 'ne') return { present: path };
  throw wrong(attribute, `null is compared with eq and ne, not with ${compare}`);
}

function comparison(filter: Comparing, attribute: ScimAttribute, path: Path): Condition {
  const { compare } = filter;
  const inText = compare === 'co' || compare === 'sw' || compare === 'ew';
  const isText = attribute.type === 'string' || attribute.type === 'reference' || attribute.type === 'binary';
  const isOrdered = attribute.type !== 'boolean' && attribute.type !== 'binary';
  if (inText ? !isText : !isOrdered && compare !== 'eq' && compare !== 'ne')
    throw wrong(filter.attribute, `${attribute.type} values are not compared with ${compare}`);
  if (isText && typeof filter.value === 'string' && inText)
    return { compare, path, value: partOf(attribute, compare, filter.value) };
  const value = foldScalar(attribute, filter.value);
  if (value === undefined) throw wrong(filter.attribute, `it is compared with ${EXPECTED[attribute.type]}`);
  // The empty text is no value: see document.ts.
  if (value === '' && (compare === 'eq' || compare === 'ne')) return nothing(filter, path);
  return { compare, path, value };
}

const EXPECTED: { readonly [type in ScimAttribute['type']]: string } = {
  string: 'text in double quotes',
  reference: 'text in double quotes',
  binary: 'text in double quotes',
  boolean: 'true or false',
  integer: 'a number',
  decimal: 'a number',
  dateTime: 'an instant in double quotes, such as "2026-03-01T08:00:00Z"',
  complex: 'nothing',
};

/** Folding takes white space off the ends, which in the middle of a text counts: `sw "Ada "` is not to find Adam. */
function partOf(attribute: ScimAttribute, compare: 'co' | 'sw' | 'ew', value: string): string {
  if (attribute.caseExact) return foldText(attribute, value);
  const before = compare === 'sw' ? '' : '|';
  const behind = compare === 'ew' ? '' : '|';
  const text = foldCase(before + value + behind);
  return text.slice(before.length, text.length - behind.length);
}

function wrong(path: AttrPath, why: string): FilterError {
  return new FilterError('invalidFilter', path.at, `${path.text.slice(0, 100)}: ${why}`);
}
