/**
 * Sets that are shared: where a flow decides only about its own values, or several systems are merged, the memory of what is
 * ours holds the values Rollcall added, not the whole set (SEMANTICS 3 and 9).
 */
import { canonicalSet } from '#core/canonical';
import { normalForm } from '#core/matching';
import { type AttributeType, type Scalar, scalars, type Value } from '#core/values';
import type { ExportFlow, ExportRule } from '#rules/model';
import type { EngineContext } from '../context.ts';

export function isShared(context: Pick<EngineContext, 'kinds'>, rule: ExportRule, flow: ExportFlow): boolean {
  if (!flow.type.multi || flow.reference !== null) return false;
  const attributes = context.kinds.get(rule.kind)!.attributes;
  return flow.values === 'ours' || flow.reads.some((read) => attributes.get(read)?.strategy === 'merge');
}

/** Attributes of this target that are shared. */
export function sharedIn(context: Pick<EngineContext, 'kinds'>, rules: Iterable<ExportRule>): ReadonlyMap<string, AttributeType> {
  const out = new Map<string, AttributeType>();
  for (const rule of rules) for (const flow of rule.flows) if (isShared(context, rule, flow)) out.set(flow.attribute, flow.type);
  return out;
}

/** What is ours after `sent` replaced `seen`: what was ours and stays, and what was not there before. */
export function oursAfter(seen: Value, ours: Value, sent: Value, type: AttributeType): Value {
  const norm = (v: Scalar): string => normalForm(v, type.matching);
  const had = new Set(scalars(seen).map(norm));
  const mine = new Set(scalars(ours).map(norm));
  const all = scalars(sent).filter((v) => mine.has(norm(v)) || !had.has(norm(v)));
  return all.length === 0 ? null : canonicalSet(all);
}

/** A shared set as a connection's own contribution: its own values, and those of ours that it took out. */
export function ownOf(
  seen: Value | undefined,
  ours: Value | undefined,
  type: AttributeType,
): { readonly own: Value | undefined; readonly removed: readonly Scalar[] } {
  const norm = (v: Scalar): string => normalForm(v, type.matching);
  const mine = new Set(scalars(ours ?? null).map(norm));
  const there = new Set(scalars(seen ?? null).map(norm));
  const own = scalars(seen ?? null).filter((v) => !mine.has(norm(v)));
  return {
    own: own.length === 0 ? undefined : canonicalSet(own),
    removed: scalars(ours ?? null).filter((v) => !there.has(norm(v))),
  };
}

/** The set without these values; known to be empty when nothing is left of it. */
export function without(value: Value | undefined, removed: readonly Scalar[], type: AttributeType): Value | undefined {
  if (removed.length === 0 || value === undefined) return value;
  const gone = new Set(removed.map((v) => normalForm(v, type.matching)));
  const rest = scalars(value).filter((v) => !gone.has(normalForm(v, type.matching)));
  return rest.length === 0 ? null : canonicalSet(rest);
}

/** Of the values taken out, those that the set would have without that. */
export function stillOffered(removed: readonly Scalar[], value: Value | undefined, type: AttributeType): readonly Scalar[] {
  const offered = new Set(scalars(value ?? null).map((v) => normalForm(v, type.matching)));
  return removed.filter((v) => offered.has(normalForm(v, type.matching)));
}
