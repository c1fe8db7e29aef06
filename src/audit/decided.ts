/** A store in which decisions leave an event in the transaction that notes them. */
import type { AuditActor, DecisionRow, Store } from '#store/contract';
import { auditEvent } from './event.ts';

/** `caller`: by what way whoever decides came; the name is that which the decision has. Only for decisions: runs know a store by its identity. */
export function audited(store: Store, caller: AuditActor): Store {
  const { decisions } = store;
  return {
    ...store,
    decisions: {
      ...decisions,
      record: (decision, dirty) => decisions.record(decision, dirty, [eventOf(decision, caller)]),
    },
  };
}

function eventOf(decision: Omit<DecisionRow, 'id' | 'revokedAt'>, caller: AuditActor) {
  const { kind, connection, stagedId, objectId, at, reason, by } = decision;
  const { rows: _rows, members: _members, discarded: _discarded, ...detail } = JSON.parse(decision.detail) as LongDetail;
  return auditEvent({
    at,
    action: `decision.${'revokes' in detail ? 'revoke' : kind}`,
    actor: { ...caller, name: by },
    subject: {
      ...(connection === null ? {} : { connection }),
      ...(stagedId === null ? {} : { stagedId }),
      ...(objectId === null ? {} : { objectId }),
    },
    after: { reason, ...detail },
  });
}

/** The list of what was discarded may be long; the decision keeps it. */
interface LongDetail {
  readonly rows?: unknown;
  readonly members?: unknown;
  readonly discarded?: unknown;
  readonly [name: string]: unknown;
}
