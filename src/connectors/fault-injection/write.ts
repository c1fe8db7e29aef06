/** Writes that are refused, are done without an answer, are answered in part, or become something else. */
import type { RawAttributes, RawValue, WriteItem, WriteResult, Writer } from '#connectors/contract';
import { toFault } from '#core/errors';
import type { Scalar } from '#core/values';
import { call, type Death, delays, die, type Injection, lost, refusal, rewritten, unanswered } from './outcomes.ts';
import type { FaultAction } from './rules.ts';
import type { Operation } from './script.ts';

export function faultyWriter(injection: Injection, writer: Writer): Writer {
  return {
    ...writer,
    write: (items) => faultyWrite(injection, writer, items),
    ...(writer.commit ? { commit: () => call(injection, { on: 'commit' }, () => writer.commit!()) } : {}),
  };
}

/** What becomes of an item: its answer, or its place among those that are sent. */
type Fate = WriteResult | { readonly sent: number };

interface Met {
  readonly operation: Operation;
  readonly actions: readonly FaultAction[];
}

async function faultyWrite(injection: Injection, writer: Writer, items: readonly WriteItem[]): Promise<readonly WriteResult[]> {
  const sent: WriteItem[] = [];
  const fates: Fate[] = [];
  const met: Met[] = [];
  let last: { readonly death: Death; readonly operation: Operation } | undefined;
  for (const item of items) {
    const { operation: on, kind, anchor } = item;
    const operation: Operation = { on, kind, item, ...(anchor === null ? {} : { anchor }) };
    const actions = injection.script(operation);
    met.push({ operation, actions });
    await delays(injection, operation, actions, 'before');
    const refused = actions.find((action) => 'refuse' in action);
    if (refused !== undefined) {
      injection.happened?.(refused, operation);
      fates.push(refusedAnswer(injection, refused, item));
      continue;
    }
    const death = actions.find((action) => 'die' in action);
    if (death?.die !== 'before') sent.push(rewrittenItem(injection, operation, item, actions));
    fates.push(death === undefined ? { sent: sent.length - 1 } : unanswered(injection));
    if (death === undefined) continue;
    if ((death.how ?? 'unknown') !== 'unknown') {
      last = { death, operation };
      break;
    }
    injection.happened?.(death, operation);
  }
  const answers = sent.length === 0 ? [] : await writer.write(sent);
  for (const { operation, actions } of met) await delays(injection, operation, actions, 'after');
  const results = fates.flatMap((fate) => ('sent' in fate ? (answers[fate.sent] ?? []) : fate));
  if (last === undefined) return results;
  injection.happened?.(last.death, last.operation);
  await die(last.death.how);
  if (last.death.how === 'unavailable') throw lost(injection);
  // What may be half done ends in an error that claims nothing (contract: Writer).
  if (last.death.how === 'throw') throw new Error(lost(injection).message);
  if (last.death.how === 'cut') return results.slice(0, -1);
  return [...results, ...items.slice(results.length).map(() => unanswered(injection))];
}

function refusedAnswer(
  injection: Injection,
  action: Extract<FaultAction, { refuse: unknown }>,
  { anchor }: WriteItem,
): WriteResult {
  const error = refusal(injection, action);
  const wait = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  return { ok: false, fault: toFault(error, anchor === null ? {} : { object: anchor }), ...wait };
}

/** What the system is told in place of the item. */
function rewrittenItem(injection: Injection, operation: Operation, item: WriteItem, actions: readonly FaultAction[]): WriteItem {
  let out = item;
  for (const action of actions) {
    if (!('rewrite' in action)) continue;
    injection.happened?.(action, operation);
    const each = <Value extends RawValue>(values: { readonly [name: string]: Value }): { [name: string]: Value } =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => {
          const how = Object.hasOwn(action.rewrite, name) ? action.rewrite[name] : undefined;
          return [name, how === undefined ? value : (rewritten(value, how) as Value)];
        }),
      );
    out = {
      ...out,
      set: each(out.set) as RawAttributes,
      ...(out.add ? { add: each<readonly Scalar[]>(out.add) } : {}),
      ...(out.remove ? { remove: each<readonly Scalar[]>(out.remove) } : {}),
    };
  }
  return out;
}
