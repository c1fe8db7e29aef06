/** A trial message: whether receivers can be told. */
import type { Configuration } from '#config/model';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { UnknownName } from '#core/unknown-name';
import { deliver, sourceOf } from './deliver.ts';
import { trial } from './message.ts';

export interface Trial {
  readonly receiver: string;
  readonly by: 'webhook' | 'mail';
  /** Null: it took it. */
  readonly fault: Fault | null;
}

/** `names`: none is all. Errors: notFound for a name that the file does not have; configuration where it has none. */
export async function tryReceivers(
  names: readonly string[],
  config: Pick<Configuration, 'notify' | 'access'>,
  { wall, signal }: { readonly wall: () => number; readonly signal: AbortSignal },
): Promise<readonly Trial[]> {
  const all = config.notify.map(({ name }) => name);
  for (const name of names)
    if (!all.includes(name)) throw new UnknownName(`There is no receiver '${name}' under notify.`, name, all);
  if (all.length === 0)
    throw new RollcallError('configuration', 'nobody is told of anything', {
      remedy: 'name receivers under notify: see docs/guide/notifications.md',
    });
  const chosen = config.notify.filter(({ name }) => names.length === 0 || names.includes(name));
  return await Promise.all(
    chosen.map(async (receiver): Promise<Trial> => {
      const { name, to } = receiver;
      const by = 'webhook' in to ? 'webhook' : 'mail';
      try {
        await deliver(receiver, trial(name, sourceOf(config), wall()), signal);
        return { receiver: name, by, fault: null };
      } catch (error) {
        return { receiver: name, by, fault: toFault(error) };
      }
    }),
  );
}
