/**
 * What a target answered, checked before anything of it is used: what no store keeps costs the item that it concerns, not the
 * answers of its batch.
 */
import type { ReadObject, WriteItem, WriteResult } from '#connectors/contract';
import { type Fault, toFault } from '#core/errors';
import { checkText } from '#core/text';

/** `tell` is told what cannot be used. Without an account that can be named it is not known what became of the item. */
export function usable(item: WriteItem, result: WriteResult, tell: (fault: Fault) => void): WriteResult {
  if (!result.ok) return result;
  const where = { object: item.anchor ?? item.name ?? item.kind };
  try {
    checkText(result.anchor);
    if (result.name !== undefined) checkText(result.name);
    for (const value of Object.values(result.holds ?? {}).flat()) if (typeof value === 'string') checkText(value);
  } catch (error) {
    const fault = toFault(error, where);
    return { ok: false, unknown: true, fault: { ...fault, message: `its answer cannot be used: ${fault.message}` } };
  }
  if (result.object === undefined) return result;
  try {
    checkObject(result.object);
    return result;
  } catch (error) {
    const fault = toFault(error, where);
    tell({ ...fault, message: `what its answer shows cannot be used: ${fault.message}` });
    const { object: _object, ...rest } = result;
    return rest;
  }
}

/** Throws invalidValue for an object that cannot even be told from others. */
export function checkObject({ anchor, kind }: ReadObject): void {
  checkText(anchor);
  checkText(kind);
}
