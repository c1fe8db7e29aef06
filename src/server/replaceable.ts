/** The working thread as the parts that answer know it: one that may be replaced by a new one, which whoever asks meanwhile waits for. */
import { RollcallError } from '#core/errors';
import type { ServiceThread } from '#worker/thread';

export interface Replaceable extends ServiceThread {
  /** What is at hand ends first. Errors: of starting the new one; then there is none, and `died` says so. `unavailable` once it is stopped. */
  replace(): Promise<void>;
}

export async function replaceable(start: () => Promise<ServiceThread>): Promise<Replaceable> {
  const death = Promise.withResolvers<RollcallError>();
  const listen = (thread: ServiceThread): ServiceThread => {
    void thread.died.then(death.resolve);
    return thread;
  };
  let stopped = false;
  let current = Promise.resolve(listen(await start()));
  return {
    ask: async (request) => await (await current).ask(request),
    died: death.promise,
    async replace() {
      // Nobody would end it.
      if (stopped) throw halted();
      const before = current;
      current = (async () => {
        await (await before).stop();
        return listen(await start());
      })();
      await current.catch((error: RollcallError) => {
        death.resolve(error);
        throw error;
      });
    },
    async stop() {
      stopped = true;
      await (await current.catch(() => null))?.stop();
    },
  };
}

/** The answer to whoever comes too late. */
export function halted(): RollcallError {
  return new RollcallError('unavailable', 'the service is stopping', { remedy: 'try again when it is back' });
}
