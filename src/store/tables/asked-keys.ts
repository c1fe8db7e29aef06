/** Which keys a question about keys looks for, in which of the two tables. */
import type { KeyRow, StagedKey } from '../contract.ts';
import { isUnique, strongTwin } from '../writes/keys.ts';

export const KEY_TABLES = ['object_key', 'unique_key'] as const;
export type KeyTable = (typeof KEY_TABLES)[number];

/** The scope under which that table has it: a plain join scope has its unique twin in the other. Null: it has none of these. */
export function storedScope(table: KeyTable, scope: string): string | null {
  return isUnique(scope) === (table === 'unique_key') ? scope : table === 'unique_key' ? strongTwin(scope) : null;
}

export interface AskedKeys {
  /** Interned scope and normal form. */
  readonly asked: readonly (readonly [number, string])[];
  /** A row of scope, normal form, owner under the scope that was asked for. */
  row(row: readonly unknown[]): KeyRow;
}

export function askedKeys(
  table: KeyTable,
  wanted: readonly StagedKey[],
  termId: (text: string) => number | undefined,
): AskedKeys {
  const asked: [number, string][] = [];
  const asScope = new Map<number, string>();
  for (const { scope, norm } of wanted) {
    const stored = storedScope(table, scope);
    const term = stored === null ? undefined : termId(stored);
    if (term === undefined) continue;
    asked.push([term, norm]);
    asScope.set(term, scope);
  }
  return {
    asked,
    row: ([scope, norm, owner]) => ({ scope: asScope.get(Number(scope))!, norm: String(norm), owner: Number(owner) }),
  };
}
