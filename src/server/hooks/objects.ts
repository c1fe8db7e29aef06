/** Which objects a request is about, by its body and by what the file says of it. */
import { RollcallError } from '#core/errors';
import { valueAt } from '#core/json-pointer';
import type { WakeRequest } from '#worker/contract';
import type { Hook } from '#worker/hooks';

/** A body that is JSON; undefined for any other, which only says that something changed. Errors: invalidValue. */
export function jsonOf(type: string | undefined, body: Uint8Array): unknown {
  if (body.length === 0 || !/^application\/(?:[\w.-]+\+)?json(?:\s*;|\s*$)/i.test(type ?? '')) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new RollcallError('invalidValue', 'the body is not JSON in UTF-8');
  }
}

const LONGEST = 1_000;

/** None: it is not said which. */
export function objectsOf(body: unknown, object: Hook['object']): WakeRequest['objects'] {
  const { kind, by, value } = object ?? { kind: valueAt(body, ['kind']), by: null, value: ['anchor'] };
  const values = [valueAt(body, value)].flat().map(textOf);
  if (values.length === 0 || values.includes(null)) return [];
  const named = kind === undefined ? 'person' : textOf(kind);
  if (named === null) return [];
  return values.map((one) => ({ kind: named, by: by === null ? { anchor: one! } : { attribute: by, value: one! } }));
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value !== '' && value.length <= LONGEST && value.isWellFormed() && !value.includes('\0')
    ? value
    : null;
}
