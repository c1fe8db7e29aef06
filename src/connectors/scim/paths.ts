/** What the name of an attribute means in a resource that is written: `name.givenName`, `emails.work`, `roles.value`, `staff.badge`. */
import type { WriteValue } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { checkText } from '#core/text';
import { isBlob } from '#core/values';
import { type Field, fieldsOf } from '#protocols/scim/fields';
import { VALUE } from '#protocols/scim/image';
import type { ScimAttribute, ScimResourceType } from '#protocols/scim/schema';

export type Json = string | number | boolean;

export interface Path {
  readonly attribute: string;
  readonly field: Field;
  /** Of several values: that of this type, or `primary`. Null: all of them, or there is one. */
  readonly kind: string | null;
  /** Null: the attribute itself. */
  readonly sub: ScimAttribute | null;
}

const TYPE = /^[a-z][\w-]{0,63}$/;

/** @throws RollcallError for what nobody can write */
export function pathFor(type: ScimResourceType, attribute: string): Path {
  const { core, coreByName, extensions } = fieldsOf(type);
  const externalId = coreByName.get('externalId')!;
  const field = [externalId, ...core, ...extensions.flatMap((one) => one.fields)]
    .filter(({ image }) => attribute === image || attribute.startsWith(`${image}.`))
    .sort((a, b) => b.image.length - a.image.length)[0];
  if (field === undefined)
    throw invalid(
      attribute,
      `a ${type.name} has no attribute "${attribute}"`,
      'name its schema under `extensions`, or correct the export',
    );
  if (field.attribute.mutability === 'readOnly')
    throw invalid(attribute, `${field.image} is the server's to write`, 'take it out of the export');
  const parts = attribute === field.image ? [] : attribute.slice(field.image.length + 1).split('.');
  const path = field.subs.length === 0 ? null : field.attribute.multiValued ? ofSeveral(field, parts) : ofOne(field, parts);
  if (field.subs.length === 0 ? parts.length > 0 : path === null)
    throw invalid(attribute, `${field.image} has no such part`, `write ${exampleOf(field)}`);
  return { attribute, field, ...(path ?? { kind: null, sub: null }) };
}

type Part = Pick<Path, 'kind' | 'sub'>;

function ofOne(field: Field, parts: readonly string[]): Part | null {
  const sub = parts.length > 1 ? undefined : field.subsByName.get(parts[0] ?? VALUE);
  return sub === undefined || sub.mutability === 'readOnly' ? null : { kind: null, sub };
}

function ofSeveral(field: Field, [kind, name, ...more]: readonly string[]): Part | null {
  if (kind === undefined) return { kind: null, sub: null };
  const value = field.subsByName.get(VALUE);
  if (kind === VALUE && value !== undefined && name === undefined) return { kind: null, sub: value };
  const sub = name === undefined ? value : field.subsByName.get(name);
  return !TYPE.test(kind) || sub === undefined || more.length > 0 ? null : { kind, sub };
}

function exampleOf({ image, subs, attribute, subsByName }: Field): string {
  const [first] = subs;
  if (first === undefined) return image;
  if (!attribute.multiValued) return `${image}.${first.name}`;
  return subsByName.has(VALUE) ? `${image}.work` : `${image}.work.${first.name}`;
}

/** Undefined for what says that there is none. @throws RollcallError */
export function jsonOf(value: WriteValue | undefined, { type }: ScimAttribute, attribute: string): Json | undefined {
  const one = Array.isArray(value) ? alone(value, attribute) : value;
  if (one === null || one === undefined || one === '') return undefined;
  if (one instanceof Uint8Array) {
    if (type === 'binary') return Buffer.from(one).toString('base64');
    throw invalid(attribute, 'it takes no bytes', 'take it out of the export');
  }
  if (isBlob(one)) throw invalid(attribute, 'the value is a reference to bytes, not the bytes');
  const text = String(one);
  if (type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw invalid(attribute, 'it is true or false');
  }
  if (type === 'integer' || type === 'decimal') {
    const number = Number(text);
    if (Number.isFinite(number) && text.trim() !== '' && (type === 'decimal' || Number.isSafeInteger(number))) return number;
    throw invalid(attribute, type === 'integer' ? 'it is a whole number' : 'it is a number');
  }
  try {
    return checkText(text);
  } catch (error) {
    throw invalid(attribute, (error as Error).message, 'remove it in the source');
  }
}

/** Of a list, each once. */
export function jsonsOf(value: WriteValue | undefined, of: ScimAttribute, attribute: string): readonly Json[] {
  const all = (Array.isArray(value) ? value : [value ?? null]) as readonly WriteValue[];
  return [...new Set(all.flatMap((one) => jsonOf(one, of, attribute) ?? []))];
}

function alone(value: readonly unknown[], attribute: string): Exclude<WriteValue, readonly unknown[]> {
  if (value.length > 1) throw invalid(attribute, `it has one value, and here are ${value.length}`, 'choose one in the rule');
  return (value[0] ?? null) as Exclude<WriteValue, readonly unknown[]>;
}

export function invalid(attribute: string, message: string, remedy?: string): RollcallError {
  return new RollcallError('invalidValue', message, { where: { attribute }, ...(remedy === undefined ? {} : { remedy }) });
}
