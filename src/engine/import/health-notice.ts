/** What a run says of a read that is not believed, and of attributes that fell out; a plan says the same of the last read. */
import { grouped } from '#core/text';
import type { EngineConnection, EngineContext } from '../context.ts';
import type { Outage } from './health.ts';

export function noticeOutage(context: EngineContext, connection: EngineConnection, outage: Outage): void {
  const { name } = connection;
  const { kind, attribute, filledBefore, filledNow, unlisted } = outage;
  const approve = `if it is right, run: rollcall approve ${name} --attribute ${kind}.${attribute}`;
  const meant = unlisted?.meant == null ? '' : `did you mean '${unlisted.meant}'? `;
  context.notice(
    'outage',
    name,
    unlisted
      ? `${name}: attribute ${attribute} is missing there altogether; it was filled in ${grouped(filledBefore)} objects, and the last values stay`
      : `${name}: attribute ${attribute} was filled in ${grouped(filledBefore)} objects and is now in ${grouped(filledNow)}; the last values stay`,
    unlisted ? `${meant}see: rollcall check ${name}; ${approve}` : `check ${systemOf(connection)}; ${approve}`,
  );
}

/** `sick`: what is wrong with it. `absent`: what was to be read and is not there. */
export function noticeUnhealthy(
  context: EngineContext,
  connection: EngineConnection,
  sick: string,
  absent: string | undefined,
): void {
  const { name } = connection;
  const what = absent === undefined ? sick : `${absent} does not exist, and ${sick}`;
  const check = absent === undefined ? `check ${systemOf(connection)}` : 'put it back, or check its path';
  const right = absent === undefined ? 'if it is right' : 'if it is to be made anew';
  context.notice(
    'incompleteRead',
    name,
    `${name}: ${what}. Nobody is taken as gone`,
    `${check}; ${right}, run: rollcall approve ${name} --read`,
  );
}

/** What is looked at where a connection shows something strange. */
export function systemOf({ exports, owner, imports }: EngineConnection): string {
  return exports.size === 0 ? 'the source' : owner || imports.size > 0 ? 'that system' : 'the target';
}
