/** Connections of which others may tell that something changed there. */
import type { ServeOptions } from '#operations/operation';

type Configuration = ServeOptions['config'];
export type Hook = Configuration['connections'][number]['hook'];

/** By connection: those that are read. Reaches no system. */
export async function hooksOf({ connections, folder, limits }: Configuration): Promise<ReadonlyMap<string, Hook>> {
  const hooks = new Map<string, Hook>();
  for (const { name, definition, settings, hook } of connections) {
    const open = definition.open(settings, { connection: name, folder, limits, warn: () => undefined });
    if (open.read !== undefined) hooks.set(name, hook);
    await open.close();
  }
  return hooks;
}
