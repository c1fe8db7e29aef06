/** Hearing of changes. */
import { must, mustBe } from './must.ts';
import { applyChanges, type Case, expectObjects, held, readAll, SEED } from './scene.ts';

/** Longer than any system takes that is well. */
const SOON_MS = 10_000;

export const WATCHING: readonly Case[] = [
  {
    name: 'changes are heard as they happen',
    needs: ['watch'],
    async run(scene) {
      const { bench, connection } = scene;
      must(connection.read!.watch !== undefined, 'a connector that can be listened to has a `watch` (contract: Reader.watch)');
      const stop = new AbortController();
      const deltas = connection.read!.deltas !== false;
      let cursor = deltas ? await connection.read!.cursor!() : null;
      const before = (await held(connection)).objects;
      const heard = connection.read!.watch!(stop.signal)[Symbol.asyncIterator]();
      const hear = async (sentence: string): Promise<void> => {
        const late = AbortSignal.timeout(SOON_MS);
        const silence = Promise.withResolvers<'silence'>();
        late.addEventListener('abort', () => silence.resolve('silence'));
        const next = await Promise.race([heard.next(), silence.promise]);
        must(next !== 'silence' && next.done !== true, sentence);
      };
      await hear('it yields once as soon as it listens (contract: Reader.watch)');
      let after = before;
      /** The place is told by the read alone: a ring may come before another change, or once more. */
      const until = async (shows: (objects: typeof before) => boolean): Promise<void> => {
        for (;;) {
          await hear('it yields soon after each change, and what changed is then read (contract: Reader.watch)');
          if (cursor === null) after = (await held(connection)).objects;
          else {
            const { objects, end } = await readAll(connection, { since: cursor });
            cursor = end.next ?? cursor;
            after = applyChanges(after, objects);
          }
          if (shows(after)) return;
        }
      };
      await bench.change!({ set: { key: 'a', text: 'Ada 2' } });
      await until((objects) => JSON.stringify(objects).includes('Ada 2'));
      await bench.change!({ put: { key: 'd', text: 'Dé' } });
      await bench.change!({ remove: 'b' });
      await until((objects) => objects.length === SEED.length && JSON.stringify(objects).includes('Dé'));
      const [ada, , cy] = SEED;
      expectObjects(
        scene,
        after,
        [{ ...ada!, text: 'Ada 2' }, cy!, { key: 'd', text: 'Dé' }],
        'reads, one after each ring, come to what is there (contract: Reader.watch, Reader.read)',
      );
      stop.abort();
      const ended = async (): Promise<boolean> => {
        for (let next = await heard.next(); ; next = await heard.next()) if (next.done) return true;
      };
      mustBe(await ended(), true, 'it ends when its `signal` is aborted (contract: Reader.watch)');
    },
  },
];
