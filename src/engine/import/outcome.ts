/** What came of one read, and why it is not complete. */
import type { ReadEnd } from '#connectors/contract';
import type { Fault } from '#core/errors';
import { grouped } from '#core/text';
import { type EngineConnection, type EngineContext, stateOf } from '../context.ts';

export interface ImportOutcome {
  readonly complete: boolean;
  readonly mode: 'full' | 'delta';
  /** Why it is not complete; null where others wrote meanwhile, and nobody needs to mend anything. */
  readonly reason: Fault | null;
}

/** Answers why it is not complete; null where it is. */
export function report(context: EngineContext, connection: EngineConnection, end: ReadEnd | undefined): Fault | null {
  if (end?.complete) return null;
  const reason = end?.reason ?? {
    kind: 'unavailable' as const,
    message: 'the read ended without saying that it was complete',
    where: {},
  };
  const fault = { ...reason, where: { connection: connection.name, ...reason.where } };
  context.fault(fault);
  context.notice(
    'incompleteRead',
    connection.name,
    `${connection.name}: the read was not complete (${reason.message}); nobody is taken as gone`,
    `${reason.remedy ?? 'mend the source and run again'}${end?.doubted ? `; if it is right, run: rollcall approve ${connection.name} --read` : ''}`,
  );
  return fault;
}

/** What cannot be used may be whoever is missed, or has an account already. */
export function reportRefused(context: EngineContext, connection: EngineConnection, refused: number): Fault {
  const { name } = connection;
  const first = connection.exports.size > 0 && stateOf(context, name).lastCompleteRead === null;
  const message = `${grouped(refused)} ${refused === 1 ? 'object' : 'objects'} cannot be used`;
  const remedy = `'rollcall run ${name} --profile full-import' names them: mend them there, and run again`;
  const rest = `nobody is taken as gone${first ? ', and nobody is given an account there' : ''}`;
  context.notice('incompleteRead', name, `${name}: ${message}; ${rest}`, remedy);
  return { kind: 'invalidValue', message, where: { connection: name }, remedy };
}
