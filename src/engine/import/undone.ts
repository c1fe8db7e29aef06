/** What of a change that nobody answered a later complete read proves not to be done: the gates counted it as sent (SEMANTICS 8). */
import { parseImage } from '#core/canonical';
import { equivalent } from '#core/matching';
import { freeParts } from '#core/parts';
import { type Attributes, bare, isBlob, scalars, type Value } from '#core/values';
import type { StagedRow } from '#store/contract';
import type { EngineConnection } from '../context.ts';
import { ruleOf } from '../export/translate.ts';
import { parseSteps } from '../lifecycle/steps.ts';
import { partsOf } from '../safety/parts.ts';
import { typeIn } from './settle.ts';

/** Its parts; what was approved was never counted, and what cannot be told stays counted. */
export function undoneParts(connection: EngineConnection, row: StagedRow, held: ReadonlySet<string>): readonly string[] {
  const wish = row.export!;
  const rule = ruleOf(connection, row.kind);
  // A wish that was never sent itself took the place of the one that was.
  if (!rule || wish.approved !== null || wish.attempts === 0) return [];
  if (wish.operation !== 'update') return [wish.operation];
  const wanted = wish.wanted === null ? bare() : parseImage(wish.wanted);
  const seen = row.seen === null ? bare() : parseImage(row.seen);
  const { unanswered } = parseSteps(row.steps);
  const undone: Attributes = bare();
  for (const name in wanted) {
    const value = wanted[name]!;
    if (unanswered ? !(name in unanswered) : isReference(value)) continue;
    if (!equivalent(seen[name], value, typeIn(connection, name))) undone[name] = value;
  }
  // What a gate holds was not sent.
  return freeParts(partsOf('update', undone, false, rule.enabled), held);
}

function isReference(value: Value): boolean {
  return scalars(value).some((scalar) => typeof scalar === 'object' && !isBlob(scalar));
}
