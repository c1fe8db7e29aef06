/**
 * What the loop that answers and the loop that works say to each other (docs/decisions/0023): plain data, copied between threads.
 */
import type { Fault } from '#core/errors';
import type { ServeOptions, Session } from '#operations/operation';
import type { ReceiveRequest, WakeRequest } from '#runs/index';
import type { AccessReads, AuditEvent, Store } from '#store/contract';
import type { ServiceEvent } from './events.ts';

/** `works` writes the store and does everything that goes on by itself; `reads` answers beside it what takes long. */
export type Role = 'works' | 'reads';

/** What a thread is started with. */
export interface ServiceThreadData {
  readonly thread: 'service';
}

/** The first thing that it is told. */
export interface ServiceOptions {
  readonly role: Role;
  /** Path of rollcall.yaml. */
  readonly file: string;
  /** Null: nothing is traced. */
  readonly traces: ServeOptions['config']['telemetry']['traces'];
}

export function isServiceThread(told: unknown): told is ServiceThreadData {
  return typeof told === 'object' && told !== null && 'thread' in told && told.thread === 'service';
}

export type { Answered, ReceiveRequest, WakeRequest, Woken } from '#runs/index';

export type AccessWrite = Exclude<keyof Store['access'], keyof AccessReads>;
export const ACCESS_WRITES: readonly AccessWrite[] = [
  'addAccount',
  'changeAccount',
  'addToken',
  'rotateToken',
  'revokeToken',
  'addSession',
  'endSessions',
  'addLink',
  'redeemLink',
  'touch',
];

export type Request =
  | {
      readonly ask: 'operation';
      readonly name: string;
      readonly input: unknown;
      readonly caller: Session['caller'];
      readonly url: Session['url'];
      /** A key of the caller, and all that they sent: answered by an Answered. */
      readonly once?: { readonly key: string; readonly sent: object };
    }
  /** What signing in and using tokens writes. */
  | { readonly ask: 'access'; readonly name: AccessWrite; readonly input: readonly unknown[] }
  /** Answered when the person is worked out, durably; what is to be sent is on its way then. */
  | {
      readonly ask: 'receive';
      readonly receive: ReceiveRequest;
      /** Asked again with the same text within two days it is not carried out again: what was answered is answered. */
      readonly once?: string;
    }
  /** Somebody says that something has changed: answered with `Woken`. */
  | { readonly ask: 'wake'; readonly wake: WakeRequest }
  /** Notes something in the audit log that changes nothing else. */
  | { readonly ask: 'note'; readonly events: readonly AuditEvent[] }
  /** Ends when what is at hand has ended. */
  | { readonly ask: 'stop' };

/** `trace`: `traceparent` of what it belongs to. */
export type Asked = Request & { readonly id: number; readonly trace?: string | undefined };

export type Told =
  | { readonly id: number; readonly ok: true; readonly answer: unknown }
  /**
   * `wrong`: what was asked for cannot be done as it is (core/unknown-name). What nobody has `foreseen` may hold anything in its message:
   * who comes over the network is not told it.
   */
  | { readonly id: number; readonly ok: false; readonly fault: Fault; readonly wrong: boolean; readonly foreseen: boolean }
  | { readonly event: ServiceEvent };

/**
 * What is said within one step of a loop is one message: each has its price. `later`: has it sent soon after that step. What cannot be
 * passed on is `refused` alone; the rest goes on.
 */
export function together<T>(
  send: (all: readonly T[]) => void,
  later: (send: () => void) => void,
  refused: (one: T, error: unknown) => void,
): (one: T) => void {
  let said: T[] = [];
  const sendThese = (all: readonly T[]): void => {
    try {
      send(all);
    } catch (error) {
      if (all.length === 1) refused(all[0]!, error);
      else for (const one of all) sendThese([one]);
    }
  };
  const sendAll = (): void => {
    const all = said;
    said = [];
    sendThese(all);
  };
  return (one) => {
    if (said.push(one) === 1) later(sendAll);
  };
}
