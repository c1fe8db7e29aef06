/** `life`: when somebody starts, leaves and is gone (SEMANTICS 11). */
import { RollcallError } from '#core/errors';
import { parseDuration } from '#core/time';
import { bareExpression, decided } from './flow.ts';
import type { LifeRule } from './model.ts';
import { type ObjectContext, objectScope } from './object-scope.ts';
import { known, mapping, type Raw, type Report, text, within } from './raw.ts';

const DEFAULT_GRACE = 30 * 86_400_000;

/** Null when anything in it was reported. */
export function compileLife(raw: unknown, context: ObjectContext, outer: Report): LifeRule | null {
  let faults = 0;
  const report: Report = (...fault) => {
    faults++;
    outer(...fault);
  };
  const rule = mapping(raw, report, ['starts', 'ends', 'active', 'grace']);
  if (rule === null) return null;
  const starts = dateAttribute(rule, 'starts', context, report);
  const ends = dateAttribute(rule, 'ends', context, report);
  const written = text(rule, 'active', report);
  const expression = written === null ? null : bareExpression(written, 'bool', objectScope(context), within(report, 'active'));
  if (expression?.reads.some((read) => read === 'active' || read === 'state')) {
    report(['active'], 'who is active cannot depend on who is active', 'use attributes and dates');
  }
  const graceMs = graceOf(rule.get('grace'), within(report, 'grace'));
  return faults > 0 ? null : { starts, ends, active: expression && decided(expression), graceMs };
}

function dateAttribute(rule: Raw, key: 'starts' | 'ends', context: ObjectContext, report: Report): string | null {
  const name = text(rule, key, report);
  if (name === null || !known(name, context.attributes, `${context.kind} attribute`, within(report, key))) return null;
  const { type, multi } = context.attributes.get(name)!;
  if ((type !== 'date' && type !== 'instant') || multi)
    report([key], `${name} holds no single date`, 'use an attribute of type date or instant');
  return name;
}

function graceOf(raw: unknown, report: Report): number {
  if (raw === undefined || raw === null) return DEFAULT_GRACE;
  // The configuration may have read it already.
  if (typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 0) return raw;
  try {
    return parseDuration(String(raw));
  } catch (error) {
    report([], 'this is no duration', error instanceof RollcallError ? error.remedy : undefined);
    return DEFAULT_GRACE;
  }
}
