/** Sets of which a target may not show all are changed value by value: written whole, what it does not show would be lost (SEMANTICS 6). */
import { parseImage, sameValue } from '#core/canonical';
import { bare, isBlob, type Scalar, scalars, type Value } from '#core/values';
import type { StagedRow } from '#store/contract';
import { parseSteps } from '../lifecycle/steps.ts';

export interface SetEdit {
  readonly add: readonly Scalar[];
  readonly remove: readonly Scalar[];
}

/** Null when a value can only be written with the whole set. */
export function setEdit(row: StagedRow, attribute: string, wanted: Value): SetEdit | null {
  const seen = valuesIn(row.seen, attribute);
  // What was sent, or may have been, is to be taken away as well when it is not wanted any more.
  const there = [
    ...seen,
    ...valuesIn(row.sent, attribute),
    ...(parseSteps(row.steps).unanswered?.[attribute] ?? []).flatMap(scalars),
  ];
  const edit = { add: without(scalars(wanted), seen), remove: without(there, scalars(wanted)) };
  return [...edit.add, ...edit.remove].some(isBlob) ? null : edit;
}

function valuesIn(image: string | null, attribute: string): readonly Scalar[] {
  return scalars((image === null ? bare() : parseImage(image))[attribute] ?? null);
}

function without(some: readonly Scalar[], others: readonly Scalar[]): Scalar[] {
  return some.filter((value) => !others.some((other) => sameValue(other, value)));
}
