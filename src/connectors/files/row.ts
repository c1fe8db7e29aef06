import type { RawValue } from '#connectors/contract';
import { bare } from '#core/values';

/** Attributes of one object, by names from outside. */
export interface Row {
  [attribute: string]: RawValue;
}

/** A record on which `__proto__`, `constructor` and every other name mean only themselves. */
export function newRow(): Row {
  return bare<RawValue>();
}
