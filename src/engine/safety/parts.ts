/**
 * The parts of a change as gates count and hold them (SEMANTICS 8): the kind of change, each attribute, each attribute that
 * becomes empty. A part is a short text: `create`, `update`, `disable`, `enable`, `delete`, `attribute:mail`, `empty:mail`,
 * `member`.
 */
import { canonicalJson, sameValue } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { type Attributes, scalars, type Value } from '#core/values';
import type { ExportColumns, ExportOperation } from '#store/contract';

/** The part of a hold over what was left out when others of a first plan were approved. It stands for no kind of change. */
export const FIRST_PLAN = 'firstPlan';

export interface EnabledRule {
  readonly attribute: string;
  readonly on: Value;
  readonly off: Value;
}

export function partsOf(
  operation: ExportOperation,
  wanted: Attributes | null,
  renamed: boolean,
  enabled: EnabledRule | null,
): string[] {
  if (operation !== 'update' || wanted === null) return [operation];
  const parts = new Set<string>();
  if (renamed) parts.add('update');
  for (const attribute in wanted) for (const part of partsOfAttribute(attribute, wanted[attribute]!, enabled)) parts.add(part);
  return [...parts].sort();
}

/** Parts of one changed attribute. Enabling and disabling are kinds of their own, not updates. */
export function partsOfAttribute(attribute: string, value: Value, enabled: EnabledRule | null): readonly string[] {
  if (enabled?.attribute === attribute) {
    if (sameValue(value, enabled.off)) return ['disable'];
    if (sameValue(value, enabled.on)) return ['enable'];
  }
  const parts = ['update', `attribute:${attribute}`];
  if (scalars(value).length === 0) parts.push(`empty:${attribute}`);
  return parts;
}

/** Names exactly one change of one account: what an approval covers. Another wish for the same account has another digest. */
export function changeDigest(
  id: number,
  change: Pick<ExportColumns, 'operation' | 'wanted' | 'wantedAnchor' | 'wantedName'>,
): string {
  return sha256Hex(canonicalJson([id, change.operation, change.wanted, change.wantedAnchor, change.wantedName]));
}

/** What is kept of an approval: the digest of the change, and of a new group with how many members it was shown. */
export function approvalOf(digest: string, members: number | null): string {
  return members === null ? digest : `${digest} ${members}`;
}

export function isApprovalOf(approved: string | null, digest: string | null): boolean {
  return approved !== null && approved.split(' ')[0] === digest;
}

/** With how many members a new group was shown to who approved it; none where they follow from nothing that was shown. */
export function membersApproved(approved: string | null): number {
  return Number(approved?.split(' ')[1] ?? 0);
}
