/** The value domain at the store's border (STORE 1): texts of Unicode scalar values without U+0000, safe integers. */
import { RollcallError } from '#core/errors';

/** @throws invalidValue naming the place. Walks plain data; bytes are taken as they are. */
export function checkDomain(value: unknown, place: string): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed() || value.includes('\0')) refuse(place, 'a text holds U+0000 or half a surrogate pair');
  } else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) refuse(place, `${value} is not an integer within ±2^53`);
  } else if (typeof value === 'object' && value !== null) {
    if (ArrayBuffer.isView(value)) return;
    if (Array.isArray(value)) for (let i = 0; i < value.length; i++) checkDomain(value[i], place);
    else for (const name in value) checkDomain((value as { [name: string]: unknown })[name], name);
  } else if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol')
    refuse(place, `${typeof value} is not storable`);
}

function refuse(place: string, why: string): never {
  throw new RollcallError('invalidValue', `${place}: ${why}`, {
    where: { attribute: place },
    remedy: 'carry a larger integer as a decimal string; leave out what is not text',
  });
}
