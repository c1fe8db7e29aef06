import type { ConnectionState } from '#store/contract';
import { type EngineConnection, type EngineContext, stateOf } from '../context.ts';

export type Mode = 'observe' | 'hold' | 'on';

/**
 * What may happen to a target now (SEMANTICS 7): `observe` decides and shows; `hold` decides and keeps; `on` sends. A target
 * observes until its first plan is approved, whatever the file says.
 */
export function modeOf(context: EngineContext, connection: EngineConnection): Mode {
  return modeIn(connection, stateOf(context, connection.name));
}

/** The same by what is known of a connection: nothing before its first run. */
export function modeIn(
  { mode }: Pick<EngineConnection, 'mode'>,
  state: Pick<ConnectionState, 'mode' | 'held'> | undefined,
): Mode {
  if (mode === 'observe' || state?.mode !== 'on') return 'observe';
  return mode === 'hold' || state.held !== null ? 'hold' : 'on';
}
