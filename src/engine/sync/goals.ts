/** What one attribute of an account, or its name, is to become, against what the target holds. */
import { canonicalSet, sameValue } from '#core/canonical';
import { parentDn, parseDn } from '#core/dn';
import { equivalent, normalForm } from '#core/matching';
import { type Attributes, isBlob, type Scalar, scalars, type Value } from '#core/values';
import type { ExportFlow, ExportRule } from '#rules/model';
import type { StagedRow } from '#store/contract';
import { referenceText } from './accounts.ts';
import type { Evaluated } from './evaluate.ts';
import { equal } from './terms.ts';
import type { TargetView } from './wishes.ts';

/** Object ids as `{"object":id}`; they become text when they are sent. */
export function references(value: Value, flow: ExportFlow, target: TargetView, awaits: number[]): Value {
  const list = scalars(value).map((id) => {
    if (referenceText(target.accounts.get(Number(id)), flow.reference!.by) === null) awaits.push(Number(id));
    return { object: Number(id) } as unknown as Scalar;
  });
  return list.length === 1 && !flow.type.multi ? list[0]! : list;
}

/** What the attribute is to hold; undefined = leave alone: what it refers to has no account here yet. */
export function goal(
  flow: ExportFlow,
  value: Value,
  current: Attributes,
  confirmed: Attributes,
  target: TargetView,
  awaits: number[],
): Value | undefined {
  if (flow.reference) {
    if (scalars(value).length === 0) return null;
    const before = awaits.length;
    const want = references(value, flow, target, awaits);
    return awaits.length > before ? undefined : want;
  }
  if (flow.values === 'ours') {
    const ours = scalars(confirmed[flow.attribute] ?? null);
    const rest = scalars(current[flow.attribute] ?? null).filter((v) => !ours.some((o) => sameValue(o, v)));
    const all = canonicalSet([...rest, ...scalars(value)]);
    return all.length === 0 ? null : all;
  }
  return value;
}

/** Exactly: a value that is only equivalent is written. */
export function sameGoal(want: Value, now: Value, flow: ExportFlow, target: TargetView): boolean {
  return flow.reference ? equal(want, now, flow, target) : sameValue(nothing(want), nothing(now));
}

function nothing(value: Value): Value {
  return scalars(value).length === 0 ? null : value;
}

/** What is remembered of a wish that came true: a reference in the target's own terms. */
export function plain(want: Value, now: Value): Value {
  return scalars(want).some((v) => typeof v === 'object' && !isBlob(v)) ? now : want;
}

/** Of a shared set, values that are gone everywhere are nobody's any more. One that somebody took out while others still offer it is remembered. */
export function forgetOurs(one: Evaluated, flow: ExportFlow, agreed: Attributes, want: Value, now: Value): void {
  const ours = scalars(agreed[flow.attribute] ?? null);
  if (ours.length === 0) return;
  const kept = [...scalars(want), ...scalars(now), ...flow.reads.flatMap((read) => one.suppressed.get(read) ?? [])].map((v) =>
    normalForm(v, flow.type.matching),
  );
  const rest = ours.filter((v) => kept.includes(normalForm(v, flow.type.matching)));
  if (rest.length === ours.length) return;
  if (rest.length === 0) delete agreed[flow.attribute];
  else agreed[flow.attribute] = canonicalSet(rest);
}

/** The name to change to, or null. Without `move` an account stays under its parent. */
export function renamed(wanted: string | null, row: StagedRow, rule: ExportRule): string | null {
  if (wanted === null || row.name === null) return null;
  const same = (a: string, b: string): boolean => equivalent(a, b, { type: 'string', multi: false, matching: 'dn' });
  if (same(wanted, row.name)) return null;
  if (rule.move) return wanted;
  const parts = parseDn(wanted);
  const parent = parentDn(row.name);
  if (parts === null || !parent) return wanted === row.name ? null : wanted;
  const rdn = wanted.slice(0, wanted.length - (parentDn(wanted)?.length ?? 0)).replace(/,\s*$/, '');
  const kept = `${rdn},${parent}`;
  return same(kept, row.name) ? null : kept;
}
