/**
 * Generated values on their way (SEMANTICS 9): made just before the write, given to the target with it, handed on once the target
 * has said that it took them, and forgotten with the batch. What was not handed on stays in the wish: another one is set for it.
 */
import { randomInt } from 'node:crypto';
import type { WriteItem, WriteResult } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { type Fault, toFault } from '#core/errors';
import { HIDDEN } from '#core/generated';
import { makePassword } from '#core/password';
import { bare } from '#core/values';
import type { Delivery, SecretFlow } from '#rules/model';
import type { ExportAnswer } from '#store/contract';
import { backOff, NOT_DONE } from './answers.ts';
import { owing } from './owed.ts';
import type { Session } from './sending.ts';
import type { Sending } from './translate.ts';

/** Deliveries on their way at a time. */
const AT_ONCE = 8;

/** Where a batch has secrets it is small: every one is to be handed on before the batch counts as answered. */
export const MOST_SECRET = 100;

export interface Ready {
  readonly sendable: readonly Sending[];
  /** Of those that wait because nobody could be told their value. */
  readonly waiting: readonly ExportAnswer[];
}

/** Nothing is generated that is known to reach nobody. */
export async function readyToTell({ context, connection }: Session, sendings: readonly Sending[]): Promise<Ready> {
  const faults = new Map<Delivery, Fault | null>();
  for (const delivery of new Set(sendings.flatMap(({ secrets }) => secrets.map(({ deliver }) => deliver)))) {
    const fault = await context.canDeliver(delivery).then(
      () => null,
      (error: unknown) => toFault(error, { connection: connection.name }),
    );
    faults.set(delivery, fault);
    if (fault !== null) context.fault(fault);
  }
  const sendable: Sending[] = [];
  const waiting: ExportAnswer[] = [];
  for (const sending of sendings) {
    const fault = sending.secrets.map(({ deliver }) => faults.get(deliver)).find((one) => one != null);
    const { attempts, revision, approved } = sending.row.export!;
    if (fault == null) sendable.push(sending);
    else {
      // branch: retries: nobody can be told a generated value
      waiting.push({
        ...NOT_DONE,
        staged: sending.row.id,
        revision,
        approved: approved !== null,
        fault: canonicalJson(fault),
        notBefore: context.wall() + backOff(attempts),
      });
    }
  }
  return { sendable, waiting };
}

export interface Secrets {
  readonly items: readonly WriteItem[];
  /** A fault in which the target, or its connector, repeats what it was sent. */
  hide(fault: Fault): Fault;
  /** Hands on what the target took. In the order of the items. Answers the sendings with what is still owed as their rest. */
  tell(sendings: readonly Sending[], results: readonly WriteResult[]): Promise<readonly Sending[]>;
}

/** `leftMs`: until others may believe the attempt lost, and set and hand on another value themselves: ours would come too late. */
export function generateSecrets(session: Session, sendings: readonly Sending[], leftMs: () => number): Secrets {
  const made = sendings.map(({ secrets }) => secrets.map((flow) => ({ flow, value: makePassword(flow.policy, randomInt) })));
  const all = made.flatMap((of) => of.map(({ value }) => value));
  const items = sendings.map(({ item }, i) => {
    if (made[i]!.length === 0) return item;
    const set = Object.assign(bare<WriteItem['set'][string]>(), item.set);
    for (const { flow, value } of made[i]!) set[flow.attribute] = value;
    return { ...item, set };
  });
  return {
    items,
    hide: (fault) => (all.length === 0 ? fault : hidden(fault, all)),
    async tell(written, results) {
      if (all.length === 0) return written;
      const out = [...written];
      for (let n = 0; n < out.length; n += AT_ONCE) {
        const some = written.slice(n, n + AT_ONCE);
        out.splice(
          n,
          AT_ONCE,
          ...(await Promise.all(some.map((one, i) => tellOne(session, one, made[n + i]!, results[n + i]!, leftMs)))),
        );
      }
      return out;
    },
  };
}

interface Made {
  readonly flow: SecretFlow;
  readonly value: string;
}

async function tellOne(
  session: Session,
  sending: Sending,
  made: readonly Made[],
  result: WriteResult,
  leftMs: () => number,
): Promise<Sending> {
  const { context, connection, writer } = session;
  const { row, item } = sending;
  if (!result.ok || made.length === 0) return sending;
  if (item.operation === 'create' && row.export!.attempts > 0 && writer.creates?.by === 'idempotencyKey') {
    // branch: retries: a create that may have been done before, with another value
    return owing(sending);
  }
  const told: string[] = [];
  for (const { flow, value } of made) {
    const { attribute, deliver } = flow;
    const { anchor, name = item.name ?? row.name } = result;
    const account = { connection: connection.name, kind: row.kind, anchor, name, object: row.objectId };
    try {
      await context.deliver(deliver, { ...account, attribute, value }, leftMs());
      told.push(attribute);
    } catch (error) {
      const where = { connection: connection.name, object: anchor, attribute };
      const fault = hidden(toFault(error, where), [value]);
      const message = `nobody was told what ${attribute} is now: ${fault.message}`;
      context.fault({ ...fault, message, where: { ...fault.where, ...where } }, { subject: 'staged', id: row.id });
    }
  }
  return owing(sending, told);
}

function hidden(fault: Fault, values: readonly string[]): Fault {
  const spellings = values.flatMap((value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString('base64'),
  ]);
  const hide = (text: string): string => spellings.reduce((rest, one) => rest.replaceAll(one, HIDDEN), text);
  const where = Object.fromEntries(
    Object.entries(fault.where).map(([key, text]) => [key, typeof text === 'string' ? hide(text) : text]),
  );
  const remedy = fault.remedy === undefined ? {} : { remedy: hide(fault.remedy) };
  return { ...fault, message: hide(fault.message), where, ...remedy };
}
