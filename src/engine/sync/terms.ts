/** Values as a target has them: references in its own terms. */
import { equivalent } from '#core/matching';
import { scalars, type Value } from '#core/values';
import type { ExportFlow } from '#rules/model';
import { referenceText } from './accounts.ts';
import type { TargetView } from './wishes.ts';

/** Equivalent, references as the target calls who they mean. */
export function equal(want: Value, now: Value, flow: ExportFlow, target: TargetView): boolean {
  if (!flow.reference) return equivalent(want, now, flow.type);
  const texts = termsOf(want, flow.reference.by, target);
  const type = flow.reference.by === 'name' ? { ...flow.type, matching: 'dn' as const } : flow.type;
  return equivalent(texts.length === 0 ? null : flow.type.multi ? texts : texts[0]!, now, type);
}

/** References as the target calls who they mean. */
export function termsOf(want: Value, by: NonNullable<ExportFlow['reference']>['by'], target: TargetView): string[] {
  return scalars(want).map((ref) => referenceText(target.accounts.get((ref as unknown as { object: number }).object), by) ?? '');
}
