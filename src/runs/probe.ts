/** Whether a system answers again: the smallest request that its connector has. */
import { type Fault, toFault } from '#core/errors';
import { OWN_KINDS } from './back-off.ts';
import type { Services } from './model.ts';
import { openConnection } from './services.ts';

/** Null where it answers, whatever it says. */
export async function probe(name: string, { config }: Pick<Services, 'config'>): Promise<Fault | null> {
  const connection = config.connections.find((one) => one.name === name)!;
  const open = openConnection(connection, config, () => undefined);
  try {
    await open.test();
    return null;
  } catch (error) {
    const fault = toFault(error, { connection: name });
    return OWN_KINDS.has(fault.kind) ? fault : null;
  } finally {
    await open.close().catch(() => undefined);
  }
}
