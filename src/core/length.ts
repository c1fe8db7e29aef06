/** How long a value is, as systems limit it. */
import { RollcallError } from './errors.ts';

/** Characters (code points) of a text, bytes of bytes; 0 of anything else. A text that cannot be longer than `most` is not counted. */
export function lengthOf(value: unknown, most = 0): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'string') return 0;
  if (value.length <= most) return value.length;
  let count = 0;
  for (const _ of value) count++;
  return count;
}

/** A value, or a list of them, against the most that a system takes of `attribute`. @throws RollcallError invalidValue, that names both */
export function checkLength(attribute: string, value: unknown, most: number | undefined): void {
  if (most === undefined) return;
  for (const one of Array.isArray(value) ? value : [value]) {
    const length = lengthOf(one, most);
    if (length <= most) continue;
    const unit = typeof one === 'string' ? 'characters' : 'bytes';
    throw new RollcallError('invalidValue', `${attribute} has ${length} ${unit}, and the system takes ${most}`, {
      where: { attribute },
      remedy:
        typeof one === 'string' ? `shorten it in the source, or in the rule: .first(${most})` : 'make it smaller in the source',
    });
  }
}
