/** What comes from outside about one object. */

import type { Change, ReadObject, ReceivedRequest } from '#connectors/contract';
import type { AuditActor, AuditEvent } from '#store/contract';

export interface PushRequest {
  readonly connection: string;
  /** The whole object (`put`, or no `op`), what of it changed (`patch`), or that it is not there any more (`delete`). */
  readonly change: ReadObject | Change;
  readonly by: string;
  /** For the audit log, in the transaction that stages it. */
  readonly noted?: AuditEvent;
}

/** For a connection that receives: what it makes of the object as it is then. */
export interface ReceiveRequest {
  readonly connection: string;
  readonly request: ReceivedRequest;
  readonly by: string;
  /** For the audit log. */
  readonly actor: AuditActor;
}

export type Arrival = PushRequest | ReceiveRequest;

export function subjectOf(arrival: Arrival): Pick<ReceivedRequest, 'kind' | 'anchor'> {
  return 'change' in arrival ? arrival.change : arrival.request;
}

/** Whose arrivals keep their order. */
export function objectOf(arrival: Arrival): string {
  const { kind, anchor } = subjectOf(arrival);
  return [arrival.connection, kind, anchor].join('\u0000');
}
