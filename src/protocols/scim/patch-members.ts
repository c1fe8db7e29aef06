/** What a PATCH makes of the members of a group, without a look at them: a group of 100,000 costs as much as one of ten. */
import { refusal } from './errors.ts';
import type { Field } from './fields.ts';
import type { Filter } from './filter/ast.ts';
import { readMembers } from './members.ts';
import type { Reading } from './values.ts';

/** To be carried out in this order; who is a member already, or is none, is no fault. No id is in both `add` and `remove`. */
export interface MemberEdits {
  /** All members there are from then on; null where the present ones stay. `add` and `remove` are empty then. */
  readonly replace: readonly string[] | null;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export class MemberChanges {
  #all: Set<string> | null = null;
  readonly #add = new Set<string>();
  readonly #remove = new Set<string>();

  add(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#all !== null) this.#all.add(id);
      else {
        this.#add.add(id);
        this.#remove.delete(id);
      }
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#all !== null) this.#all.delete(id);
      else {
        this.#remove.add(id);
        this.#add.delete(id);
      }
    }
  }

  replace(ids: readonly string[]): void {
    this.#all = new Set(ids);
    this.#add.clear();
    this.#remove.clear();
  }

  edits(): MemberEdits | null {
    if (this.#all === null && this.#add.size === 0 && this.#remove.size === 0) return null;
    return { replace: this.#all === null ? null : [...this.#all], add: [...this.#add], remove: [...this.#remove] };
  }
}

/** The ids that `value eq "a" or value eq "b"` names; null for a filter that only a look at the members answers. */
export function idsNamed(filter: Filter): readonly string[] | null {
  if ('or' in filter) {
    const all = filter.or.map(idsNamed);
    return all.every((ids) => ids !== null) ? all.flat() : null;
  }
  if (!('compare' in filter) || filter.compare !== 'eq' || typeof filter.value !== 'string') return null;
  const { urn, name, sub } = filter.attribute;
  return urn === null && sub === null && name.toLowerCase() === 'value' ? [filter.value] : null;
}

/** An operation on all of `members`. */
export function patchMembers(
  changes: MemberChanges,
  field: Field,
  op: 'add' | 'remove' | 'replace',
  raw: unknown,
  reading: Reading,
): void {
  if (op === 'add') changes.add(readMembers(field, raw, reading));
  else if (op === 'replace') changes.replace(readMembers(field, raw, reading));
  // Entra names the members to remove in a value; by the RFC, which has none there, this would empty the group.
  else if (raw === undefined || raw === null) changes.replace([]);
  else if (reading.tolerant) changes.remove(readMembers(field, raw, reading));
  else throw refusal('invalidValue', 'members: a remove has no value: name members by members[value eq "id"]');
}
