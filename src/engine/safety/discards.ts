/**
 * What a person discarded (SEMANTICS 8) is barred until its cause changes: each attribute of a change, and the name, by itself
 * and with its value, so that it stays barred when something else of the account changes; a create or a delete as a whole.
 */
import { canonicalJson, parseImage } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { type Attributes, bare, hasAny } from '#core/values';
import type { ExportColumns, StagedRow } from '#store/contract';

type Change = Pick<ExportColumns, 'operation' | 'wanted' | 'wantedName'>;
type Account = Pick<StagedRow, 'id' | 'export'>;

/** What of a change nobody discarded. */
export interface Undiscarded {
  readonly wanted: Attributes | null;
  readonly name: string | null;
}

/** Everything that this change makes, as the store keeps what was discarded: digests, with spaces between. */
export function discardOf(id: number, change: Change): string {
  return [...digests(id, change).values()].join(' ');
}

/** What of an earlier discard speaks of this change, too; null = nothing. */
export function standing(id: number, change: Change, discarded: string): string | null {
  const before = new Set(discarded.split(' '));
  return [...digests(id, change).values()].filter((one) => before.has(one)).join(' ') || null;
}

/** null when a person discarded all of it. */
export function undiscarded({ id, export: wish }: Account): Undiscarded | null {
  const { operation, wantedName: name, discarded } = wish!;
  const wanted = wish!.wanted === null ? null : parseImage(wish!.wanted);
  if (discarded === null) return { wanted, name };
  const barred = new Set(discarded.split(' '));
  const made = digests(id, wish!);
  if (operation !== 'update') return [...made.values()].some((one) => barred.has(one)) ? null : { wanted, name };
  const left = { wanted: bare(), name: name !== null && !barred.has(made.get(NAME)!) ? name : null };
  for (const attribute in wanted) if (!barred.has(made.get(attribute)!)) left.wanted[attribute] = wanted[attribute]!;
  return left.name === null && !hasAny(left.wanted) ? null : left;
}

export function isDiscarded(account: Account): boolean {
  return account.export!.discarded !== null && undiscarded(account) === null;
}

/** Parts of the change as gates count and hold them, without what was discarded. */
export function partsLeft(account: Account): readonly string[] {
  const parts = JSON.parse(account.export!.parts) as string[];
  if (account.export!.discarded === null || account.export!.operation !== 'update') return parts;
  const left = undiscarded(account);
  if (left === null) return [];
  const attributes = Object.keys(left.wanted ?? {});
  const isUpdate = (attribute: string): boolean => parts.includes(`attribute:${attribute}`);
  return parts.filter((part) => {
    if (part === 'update') return left.name !== null || attributes.some(isUpdate);
    // What enables and disables is the one attribute that is no update.
    if (part === 'enable' || part === 'disable') return !attributes.every(isUpdate);
    return attributes.includes(part.slice(part.indexOf(':') + 1));
  });
}

/** No attribute is called so. */
const NAME = '';

/** By attribute; of a create or delete, of which all stands or falls together, one. */
function digests(id: number, { operation, wanted, wantedName }: Change): ReadonlyMap<string, string> {
  const digest = (...of: readonly unknown[]): string => sha256Hex(canonicalJson([id, operation, ...of])).slice(0, 16);
  if (operation !== 'update') return new Map([[NAME, digest()]]);
  const out = new Map<string, string>();
  if (wantedName !== null) out.set(NAME, digest(wantedName));
  const image = wanted === null ? bare() : parseImage(wanted);
  for (const attribute in image) out.set(attribute, digest(attribute, image[attribute]!));
  return out;
}
