import { type EngineConnection, type EngineContext, stateOf } from '../context.ts';

/**
 * What may happen to a target now (SEMANTICS 7): `observe` decides and shows; `hold` decides and keeps; `on` sends. A target
 * observes until its first plan is approved, whatever the file says.
 */
export function modeOf(context: EngineContext, connection: EngineConnection): 'observe' | 'hold' | 'on' {
  const state = stateOf(context, connection.name);
  if (connection.mode === 'observe' || state.mode !== 'on') return 'observe';
  return connection.mode === 'hold' || state.held !== null ? 'hold' : 'on';
}
