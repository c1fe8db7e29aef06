/** A value that the target does not take costs its attribute, not the account (SEMANTICS 9): what else is to be written is sent without it. */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { parseImage } from '#core/canonical';
import type { Fault } from '#core/errors';
import { foldCase } from '#core/fold';
import { type Attributes, bare, hasAny } from '#core/values';
import type { Sending } from './translate.ts';

export interface Sent {
  readonly sendings: readonly Sending[];
  readonly results: readonly WriteResult[];
}

interface Tried {
  readonly at: number;
  /** With generated values, which no sending has. */
  readonly item: WriteItem;
  readonly sending: Sending;
  readonly first: Fault;
  /** What the target said since the first answer. */
  readonly faults: readonly Fault[];
}

/**
 * Where an answer names the attribute, that one becomes part of what is left to send, where it is refused by itself: so it is told and
 * listed by itself. Where the rest is refused for a value as well, or `inTime` says that nothing more may be sent, the first answer stands;
 * `tell` is told what no answer says any more. `resend` writes like the first time.
 */
export async function sendWithout(
  { sendings, results }: Sent,
  items: readonly WriteItem[],
  resend: (items: readonly WriteItem[]) => Promise<readonly WriteResult[]>,
  inTime: () => boolean,
  tell: (sending: Sending, fault: Fault) => void,
): Promise<Sent> {
  const out = { sendings: [...sendings], results: [...results] };
  let trying = results.flatMap((result, at) =>
    result.ok || result.unknown
      ? []
      : without({ at, item: items[at]!, sending: sendings[at]!, first: result.fault, faults: [] }, result.fault),
  );
  const tellAll = ({ at, sending }: Tried, faults: readonly Fault[]): void => {
    for (const fault of faults) if (refusedOf(fault, sendings[at]!)) tell(sending, fault);
  };
  while (trying.length > 0 && inTime()) {
    const answers = await resend(trying.map(({ item }) => item));
    trying = trying.flatMap((tried, i) => {
      const answer = answers[i]!;
      if (!answer.ok && !answer.unknown && answer.fault.kind === 'invalidValue') {
        const faults = [...tried.faults, answer.fault];
        const next = without({ ...tried, faults }, answer.fault);
        if (next.length === 0) tellAll(tried, faults);
        return next;
      }
      // What is left of it says by itself what is refused.
      if (answer.ok || answer.unknown) out.sendings[tried.at] = tried.sending;
      else tellAll(tried, [tried.first, ...tried.faults]);
      out.results[tried.at] = answer;
      return [];
    });
  }
  for (const tried of trying) tellAll(tried, tried.faults);
  return out;
}

/** Empty where the answer names no attribute of it, or nothing else is left. */
function without({ item, sending, ...tried }: Tried, fault: Fault): readonly Tried[] {
  const attribute = refusedOf(fault, sending);
  if (attribute === null) return [];
  const left = itemWithout(item, attribute);
  const isEmpty = !hasAny(left.set) && !hasAny(left.add ?? {}) && !hasAny(left.remove ?? {}) && left.name === undefined;
  if (isEmpty && item.operation === 'update') return [];
  const wish = parseImage(sending.row.export!.wanted!)[attribute]!;
  const rest: Attributes = Object.assign(bare(), sending.rest, { [attribute]: wish });
  const made = sending.made && less(sending.made, attribute);
  const sent = less(sending.sent, attribute);
  return [{ ...tried, item: left, sending: { ...sending, item: itemWithout(sending.item, attribute), sent, rest, made } }];
}

function itemWithout({ add, remove, seen, ...item }: WriteItem, attribute: string): WriteItem {
  return {
    ...item,
    // To a system that knows attempts again this is another one, and the same whenever it is sent.
    attempt: `${item.attempt}-`,
    set: less(item.set, attribute),
    ...(seen === undefined ? {} : { seen: less(seen, attribute) }),
    ...(add === undefined ? {} : { add: less(add, attribute) }),
    ...(remove === undefined ? {} : { remove: less(remove, attribute) }),
  };
}

/** Whether an account is enabled is never left for later, and neither are generated values: they are not among what is `sent`. */
function refusedOf({ kind, where: { attribute } }: Fault, { sent, rule, item }: Sending): string | null {
  if (kind !== 'invalidValue' || attribute === undefined || item.operation === 'delete') return null;
  const name = Object.keys(sent).find((one) => foldCase(one) === foldCase(attribute));
  return name === undefined || name === rule.enabled?.attribute ? null : name;
}

function less<T>(all: { readonly [name: string]: T }, attribute: string): { [name: string]: T } {
  const out = bare<T>();
  for (const name in all) if (name !== attribute) out[name] = all[name]!;
  return out;
}
