/** A record, and what is known of its object → what is staged, and the answer. Pure. */
import type { Change, Present, RawAttributes, Received, ReceivedRequest, Receiver, Refusal } from '#connectors/contract';
import type { AuditAction } from '#core/audit-actions';
import { pointerOf, valueAt } from '#core/json-pointer';
import type { WebhookPushConfig } from './config.ts';
import { anchorOf, attributesOf, isGone, type JsonObject, orderOf, recordsOf } from './records.ts';

/** Of one record. */
export type RecordAnswer =
  | { readonly became: 'taken' | 'gone' | 'older' }
  /** What is wrong, in words without values. */
  | { readonly refused: readonly string[] };

/** `clears`: attributes that are empty where a whole record has nothing of them. */
export function receiver(config: WebhookPushConfig, clears: readonly string[]): Receiver {
  const { kind, whole, gone } = config;
  const stepsOf = (pointer: string): readonly string[] => pointerOf(pointer)!;
  const [records, anchor] = [stepsOf(config.records), stepsOf(config.anchor)];
  const order = config.order === undefined ? null : stepsOf(config.order);
  const goneAt = gone === undefined ? null : stepsOf(gone.value);

  /** As flattening names it. */
  const orderName = order?.join('.') ?? '';
  const isOlder = (record: JsonObject, { attributes }: Present): boolean => {
    if (order === null || attributes === null) return false;
    const [now, before] = [orderOf(valueAt(record, order)), orderOf(attributes[orderName])];
    return now !== null && before !== null && now < before;
  };

  const change = (
    { kind: of, anchor: key }: ReceivedRequest,
    record: JsonObject,
    { attributes: before }: Present,
  ): Change | Put => {
    const attributes = attributesOf(record);
    if (!whole && before !== null) return { op: 'patch', kind: of, anchor: key, set: attributes };
    for (const name of clears) attributes[name] ??= null;
    return { kind: of, anchor: key, attributes };
  };

  return {
    hook: {
      requests: (body) =>
        recordsOf(body, records).map((record) => {
          // What cannot be taken is told before anything is.
          attributesOf(record);
          return { kind, anchor: anchorOf(record, anchor), body: record };
        }),
    },
    receive(request, present): Received {
      const record = request.body as JsonObject;
      const { attributes: before } = present;
      if (isOlder(record, present)) return answer({ became: 'older' });
      const noted = (action: AuditAction, after: unknown) => ({ action, before: before ?? undefined, after });
      if (gone !== undefined && isGone(record, goneAt!, gone.is)) {
        if (before === null) return answer({ became: 'gone' });
        const deleted: Change = { op: 'delete', kind: request.kind, anchor: request.anchor };
        return { ...answer({ became: 'gone' }), staged: { change: deleted, noted: noted('hook.delete', undefined), refused } };
      }
      const action: AuditAction = before === null ? 'hook.create' : 'hook.update';
      const staged = { change: change(request, record, present), noted: noted(action, record), refused };
      return { ...answer({ became: 'taken' }), staged };
    },
  };
}

interface Put {
  readonly kind: string;
  readonly anchor: string;
  readonly attributes: RawAttributes;
}

function answer(became: RecordAnswer): { readonly answer: RecordAnswer } {
  return { answer: became };
}

function refused(why: Refusal): RecordAnswer {
  if ('taken' in why) return { refused: [`${why.taken} is taken by another object`] };
  return {
    refused: why.faults.map(({ message, where }) => (where.attribute === undefined ? message : `${where.attribute}: ${message}`)),
  };
}
