/** What may be written into an attribute by hand, and by whom: `pattern`, `min`, `max`, `choices`, `see`, `edit`. Pure. */
import { convert } from '#core/convert';
import { RollcallError } from '#core/errors';
import { lengthOf } from '#core/length';
import { VIEWERS, type Viewer } from '#core/roles';
import { type AttributeType, type Scalar, scalars, type Value } from '#core/values';
import type { Field } from './model.ts';
import { LONGEST_MATCHED, patternFault } from './pattern.ts';
import { known, type Raw, type Report, text, texts, whole, within } from './raw.ts';

export const FIELD_KEYS: readonly string[] = ['pattern', 'minLength', 'min', 'max', 'choices', 'see', 'edit'];

/** Who sees what nothing is said of. */
const USUALLY: readonly Viewer[] = ['administrator', 'operator', 'auditor', 'self'];

/** Anything goes, and nobody edits it. */
export const PLAIN_FIELD: Field = { pattern: null, minLength: null, min: null, max: null, choices: null, see: USUALLY, edit: [] };

/** Whatever is wrong is reported. */
export function compileField(raw: Raw, type: AttributeType, report: Report): Field {
  const pattern = text(raw, 'pattern', report);
  const minLength = whole(raw, 'minLength', report);
  const choices = raw.has('choices') ? choicesOf(raw.get('choices'), type, within(report, 'choices')) : null;
  if ((pattern !== null || minLength !== null) && type.type !== 'string')
    report([pattern !== null ? 'pattern' : 'minLength'], `is for text, and this is ${type.type}`, 'take it away');
  const fault = pattern === null ? null : patternFault(pattern);
  if (fault !== null) report(['pattern'], fault, 'write a simpler one, such as ^[0-9]{4}$');
  if (minLength !== null && type.maxLength !== undefined && minLength > type.maxLength)
    report(['minLength'], `is more than maxLength, ${type.maxLength}`, 'make it smaller');
  const [min, max] = (['min', 'max'] as const).map((key) => bound(raw.get(key), type, within(report, key))) as [
    Scalar | null,
    Scalar | null,
  ];
  if (min !== null && max !== null && min > max) report(['min'], `is more than max, ${String(max)}`, 'swap them');
  return {
    pattern: fault === null ? pattern : null,
    minLength,
    min,
    max,
    choices,
    see: raw.has('see') ? viewersOf(raw, 'see', report) : USUALLY,
    edit: viewersOf(raw, 'edit', report),
  };
}

const BOUNDED = ['integer', 'decimal', 'date', 'instant'];

function bound(value: unknown, type: AttributeType, report: Report): Scalar | null {
  if (value === undefined || value === null) return null;
  if (!BOUNDED.includes(type.type)) {
    report([], `is for numbers and dates, and this is ${type.type}`, 'take it away, or say minLength and maxLength');
    return null;
  }
  return scalarOf(value, type, report);
}

function choicesOf(value: unknown, type: AttributeType, report: Report): readonly Scalar[] | null {
  if (!Array.isArray(value) || value.length === 0) {
    report([], 'must be a list with something in it', 'write [one, two]');
    return null;
  }
  if (type.type === 'binary' || type.type === 'reference') {
    report([], `is not for ${type.type}`, 'take it away');
    return null;
  }
  return value.flatMap((one, i) => scalarOf(one, type, within(report, i)) ?? []);
}

function scalarOf(value: unknown, type: AttributeType, report: Report): Scalar | null {
  try {
    return scalars(convert(value, { ...type, multi: false }))[0] ?? null;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    report([], error.message, error.remedy);
    return null;
  }
}

function viewersOf(raw: Raw, key: 'see' | 'edit', report: Report): readonly Viewer[] {
  const viewers = new Map(VIEWERS.map((viewer) => [viewer as string, true]));
  const named = texts(raw, key, report).filter((one) => known(one.text, viewers, 'role', within(report, ...one.path)));
  return VIEWERS.filter((viewer) => named.some((one) => one.text === viewer));
}

/** What somebody typed as a value of this attribute. Errors: invalidValue, which says what would be taken. */
export function fieldValue(raw: unknown, type: AttributeType & { readonly field: Field }): Value {
  const value = convert(typeof raw === 'string' && raw.trim() === '' ? null : raw, type);
  for (const one of scalars(value)) {
    const fault = faultOf(one, type.field);
    if (fault !== null) throw new RollcallError('invalidValue', fault.message, { remedy: fault.remedy });
  }
  return value;
}

function faultOf(value: Scalar, field: Field): { readonly message: string; readonly remedy: string } | null {
  if (field.choices !== null && !field.choices.includes(value)) {
    const shown = field.choices.slice(0, 20).map(String).join(', ');
    return { message: 'the value is none of the choices', remedy: `choose one of ${shown}` };
  }
  if (field.min !== null && value < field.min)
    return { message: `the value is less than ${String(field.min)}`, remedy: `take ${String(field.min)} or more` };
  if (field.max !== null && value > field.max)
    return { message: `the value is more than ${String(field.max)}`, remedy: `take ${String(field.max)} or less` };
  if (typeof value !== 'string') return null;
  if (field.minLength !== null && lengthOf(value, field.minLength) < field.minLength)
    return { message: `the value is shorter than ${field.minLength} characters`, remedy: 'write more' };
  if (field.pattern === null) return null;
  if (value.length > LONGEST_MATCHED)
    return { message: 'the value is too long for its pattern', remedy: `write at most ${LONGEST_MATCHED} characters` };
  if (new RegExp(field.pattern, 'u').test(value)) return null;
  return { message: `the value does not match ${field.pattern}`, remedy: 'write it so that it does' };
}
