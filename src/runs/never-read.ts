/** Connections that nobody reads, and how what they know comes here all the same. */
import type { Services } from './model.ts';
import { openConnection } from './services.ts';

/** `written`: nothing comes from there. */
export type Told = 'pushed' | 'edited' | 'written';

/** By connection. Reaches no system. */
export async function neverRead(config: Services['config']): Promise<ReadonlyMap<string, Told>> {
  const found = new Map<string, Told>();
  for (const connection of config.connections) {
    const open = openConnection(connection, config, () => undefined);
    if (open.read === undefined) found.set(connection.name, open.receive ? 'pushed' : open.write ? 'written' : 'edited');
    await open.close();
  }
  return found;
}
