/** A phase of a run, as a step of its trace. */
import { traced } from '#core/tracing';
import type { EngineConnection, EngineContext } from '#engine/index';
import type { Phase } from './model.ts';

export function phase<T>(
  name: Phase,
  { run }: Pick<EngineContext, 'run'>,
  connection: Pick<EngineConnection, 'name'> | null,
  work: () => Promise<T>,
): Promise<T> {
  return traced(name, { 'rollcall.run': run, ...(connection === null ? {} : { 'rollcall.connection': connection.name }) }, work);
}
