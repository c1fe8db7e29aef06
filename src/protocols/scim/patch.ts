/**
 * PATCH (RFC 7644 3.5.2): operations one after the other, all of them or none.
 *
 * Tolerant: the case of `op`, of keys and of names does not count; without a path a key may be any path (`name.givenName`, one with a
 * URN, one with a filter) and readOnly ones are passed over; attributes that no schema has are ignored; no operations are no
 * change; a filter that selects nothing makes what it speaks of; a remove may name values. Strict: none of this.
 */
import { checkSame, extensionNamed, requireValue } from './body.ts';
import { refusal } from './errors.ts';
import { type Field, fieldOf, fieldsOf, isMembers, subOf } from './fields.ts';
import type { Filter, PatchPath } from './filter/ast.ts';
import { compileElement } from './filter/compile.ts';
import { parsePath } from './filter/parse.ts';
import { patchComplex, patchSub } from './patch-complex.ts';
import { type Op, patchAll, patchSelected } from './patch-elements.ts';
import { idsNamed, MemberChanges, type MemberEdits, patchMembers } from './patch-members.ts';
import { type Operation, readOperations } from './patch-operations.ts';
import { type Complex, Draft, fieldValue, type Plain, type Resource, sameValue } from './resource.ts';
import type { ScimExtension, ScimResourceType } from './schema.ts';
import { invalid, isObject, type JsonObject, Reading, type ReadOptions, readValue, set, settled, shown } from './values.ts';

export interface PatchOptions extends ReadOptions {
  /** The ids of the members that each of `memberFilters` selects, in their order, once that was asked. */
  readonly selected?: readonly (readonly string[])[];
}

export type Patched =
  | { readonly resource: Resource | 'unchanged'; readonly members: MemberEdits | null }
  /**
   * What the members are that these filters select (`members[type eq "Group"]` has `type eq "Group"`) is to be found out, among the
   * present ones; then the same again with `selected`.
   */
  | { readonly memberFilters: readonly Filter[] };

/** `present` has its `id` and is left as it is; what comes of it has its `id` and `meta`. @throws ScimError 400, 413 */
export function applyPatch(body: unknown, present: Resource, type: ScimResourceType, options: PatchOptions): Patched {
  const reading = new Reading(options);
  const patch = new Patch(present, type, reading, options.selected);
  for (const operation of readOperations(body, reading)) patch.operation(operation);
  return patch.result();
}

class Patch {
  readonly #present: Resource;
  readonly #type: ScimResourceType;
  readonly #reading: Reading;
  readonly #draft: Draft;
  readonly #touched = new Set<Field>();
  readonly #members = new MemberChanges();
  readonly #selected: readonly (readonly string[])[];
  readonly #filters: Filter[] = [];

  constructor(present: Resource, type: ScimResourceType, reading: Reading, selected: readonly (readonly string[])[] = []) {
    this.#present = present;
    this.#type = type;
    this.#reading = reading;
    this.#draft = new Draft(present);
    this.#selected = selected;
  }

  operation({ op, path, value }: Operation): void {
    if (path !== null && path.toLowerCase() !== this.#type.schema.id.toLowerCase()) this.#at(parsePath(path), op, value);
    else if (op === 'remove') throw refusal('noTarget', 'a remove without a path has no target');
    else {
      const one: unknown = Array.isArray(value) && value.length === 1 && this.#reading.tolerant ? value[0] : value;
      if (!isObject(one))
        throw refusal('invalidValue', `a${op === 'add' ? 'n add' : ' replace'} without a path has an object as its value`);
      this.#each(one, op);
    }
  }

  /** Attributes by name, extensions by URN. */
  #each(value: JsonObject, op: Op): void {
    for (const key of Object.keys(value)) {
      const field = fieldOf(this.#type, null, key, this.#reading.tolerant);
      const extension = field === undefined ? extensionNamed(this.#type, key, this.#reading) : undefined;
      if (field !== undefined) this.#whole(field, op, value[key], true);
      else if (extension !== undefined) this.#extension(extension, op, value[key]);
      else if (!this.#reading.tolerant) throw refusal('invalidSyntax', `no schema has an attribute ${shown(key)}`);
      else if (/[.:[]/.test(key)) this.#at(parsePath(key), op, value[key]);
    }
  }

  #extension(extension: ScimExtension, op: Op, value: unknown): void {
    if (value === undefined || value === null) {
      const { fields } = fieldsOf(this.#type).extensions.find((one) => one.extension === extension)!;
      if (op !== 'add')
        for (const field of fields) if (this.#draft.get(field) !== undefined) this.#whole(field, op, undefined, true);
      return;
    }
    if (!isObject(value)) throw invalid(extension.schema.id, 'it is an extension: write an object');
    for (const key of Object.keys(value)) {
      const field = fieldOf(this.#type, extension.schema.id, key);
      if (field !== undefined) this.#whole(field, op, value[key], true);
      else if (!this.#reading.tolerant) throw refusal('invalidSyntax', `no schema has an attribute ${shown(key)}`);
    }
  }

  #at(path: PatchPath, op: Op, value: unknown): void {
    const { attribute, filter } = path;
    const extension =
      filter === null && path.sub === null ? extensionNamed(this.#type, attribute.text, this.#reading) : undefined;
    if (extension !== undefined) {
      this.#extension(extension, op, op === 'remove' ? undefined : value);
      return;
    }
    const urn =
      attribute.urn === null ? null : (extensionNamed(this.#type, attribute.urn, this.#reading)?.schema.id ?? attribute.urn);
    const field = fieldOf(this.#type, urn, attribute.name, this.#reading.tolerant);
    const name = path.sub ?? attribute.sub;
    const sub = field === undefined || name === null ? null : subOf(field, name);
    if (field === undefined || sub === undefined) {
      if (this.#reading.tolerant) return;
      throw refusal('invalidPath', `no schema has an attribute ${shown(attribute.text)}`);
    }
    if (filter === null && sub === null) this.#whole(field, op, value, false);
    else if (!this.#isWritable(field, value, false)) return;
    else if (isMembers(field)) this.#someMembers(field, filter, sub !== null, op);
    else if (sub?.mutability === 'readOnly') throw readOnly(`${field.image}.${sub.name}`);
    else if (field.attribute.multiValued) {
      this.#store(field, patchSelected(field, this.#several(field), { filter, sub }, op, value, this.#reading), op);
    } else if (filter === null && sub !== null)
      this.#store(field, patchSub(field, this.#draft.get(field) as Complex | undefined, sub, op, value, this.#reading), op);
    else throw refusal('invalidPath', `${field.image}: it has a single value, which no filter selects`);
  }

  /** `amongOthers`: it stands in an object with others, as a client read it. */
  #whole(field: Field, op: Op, value: unknown, amongOthers: boolean): void {
    if (!this.#isWritable(field, value, amongOthers)) return;
    const { multiValued } = field.attribute;
    if (isMembers(field)) patchMembers(this.#members, field, op, value, this.#reading);
    else if (multiValued) this.#store(field, patchAll(field, this.#several(field), op, value, this.#reading), op);
    else if (field.subs.length > 0)
      this.#store(field, patchComplex(field, this.#draft.get(field) as Complex | undefined, op, value, this.#reading), op);
    else {
      const one = op === 'remove' ? undefined : readValue(field, value, this.#reading);
      if (one !== undefined || op !== 'add') this.#store(field, one, op);
    }
  }

  #several(field: Field): readonly Plain[] {
    return (this.#draft.get(field) as readonly Plain[] | undefined) ?? [];
  }

  /** @throws ScimError `mutability` */
  #isWritable(field: Field, value: unknown, amongOthers: boolean): boolean {
    if (field.image === 'schemas') return false;
    if (field.attribute.mutability !== 'readOnly') return true;
    const same = field.image === 'id' && value === this.#present['id'];
    if (same || (amongOthers && this.#reading.tolerant && field.image !== 'id')) return false;
    throw readOnly(field.image);
  }

  #someMembers(field: Field, filter: Filter | null, sub: boolean, op: Op): void {
    if (filter === null || sub || op === 'replace')
      throw refusal('mutability', 'members: add and remove members, their sub-attributes cannot be changed');
    const ids = idsNamed(filter) ?? this.#select(field, filter);
    if (op === 'remove') this.#members.remove(ids);
    else this.#members.add(ids);
  }

  #select(field: Field, filter: Filter): readonly string[] {
    compileElement(filter, field.attribute, { unknown: this.#reading.tolerant ? 'noMatch' : 'error' });
    this.#filters.push(filter);
    return this.#selected[this.#filters.length - 1] ?? [];
  }

  /** Lists as they are: they are put in order in the end. */
  #store(field: Field, value: Plain | undefined, op: Op): void {
    const before = this.#draft.get(field);
    const after = Array.isArray(value) && value.length === 0 ? undefined : value;
    if (field.attribute.required && after === undefined && op === 'remove')
      throw refusal('mutability', `${field.image}: it is required`);
    requireValue(field, after);
    if (field.attribute.mutability === 'immutable' && before !== undefined) checkSame(field.image, before, after);
    if (field.attribute.returned === 'never') return;
    this.#draft.set(field, after);
    this.#touched.add(field);
  }

  result(): Patched {
    if (this.#filters.length > this.#selected.length) return { memberFilters: this.#filters };
    let changed = false;
    for (const field of this.#touched) {
      if (field.attribute.multiValued) this.#draft.set(field, this.#inOrder(field, this.#several(field)));
      requireValue(field, this.#draft.get(field));
      changed ||= !sameValue(this.#draft.get(field), fieldValue(this.#present, field));
    }
    return { resource: changed ? this.#draft.resource() : 'unchanged', members: this.#members.edits() };
  }

  #inOrder(field: Field, values: readonly Plain[]): Plain | undefined {
    if (field.subs.length > 0) return settled(field, values as readonly Complex[], this.#reading);
    if (values.length > this.#reading.limits.values)
      throw invalid(field.image, `there are more than the ${this.#reading.limits.values} values allowed`);
    return set(values);
  }
}

function readOnly(where: string): Error {
  return refusal('mutability', `${where}: only this service writes it`);
}
