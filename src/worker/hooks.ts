/** Connections of which others may tell that something changed there, or to which they push what it is. */
import type { Receiver } from '#connectors/contract';
import type { ServeOptions } from '#operations/operation';

type Configuration = ServeOptions['config'];

export interface Hook {
  readonly secret: string | null;
  /** Which object a request is about, where there is something to look at. */
  readonly object: Configuration['connections'][number]['hook']['object'];
  /** Of one whose objects come in the body; null: it is read. */
  readonly requests: NonNullable<Receiver['hook']>['requests'] | null;
}

/** By connection. Reaches no system. */
export async function hooksOf({ connections, folder, limits }: Configuration): Promise<ReadonlyMap<string, Hook>> {
  const hooks = new Map<string, Hook>();
  for (const { name, definition, settings, hook } of connections) {
    const open = definition.open(settings, { connection: name, folder, limits, warn: () => undefined });
    const { secret, object } = hook;
    const requests = open.receive?.hook?.requests ?? null;
    if (open.read !== undefined || requests !== null) hooks.set(name, { secret, object, requests });
    await open.close();
  }
  return hooks;
}
