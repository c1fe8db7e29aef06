import { expect, it } from 'vitest';
import type { ServiceThread } from '#worker/thread';
import { replaceable } from './replaceable.ts';

/** Which threads were begun, and which have ended. */
function threads(): { readonly log: string[]; readonly start: () => Promise<ServiceThread> } {
  const log: string[] = [];
  let last = 0;
  const start = async (): Promise<ServiceThread> => {
    const name = ++last;
    log.push(`begins ${name}`);
    return {
      ask: async () => name,
      died: new Promise(() => undefined),
      async stop() {
        log.push(`ends ${name}`);
      },
    };
  };
  return { log, start };
}

it('whoever asks while it is replaced is answered by the new one', async () => {
  const { log, start } = threads();
  const works = await replaceable(start);
  const done = works.replace();
  expect(await works.ask({ ask: 'stop' })).toBe(2);
  await done;
  expect(log).toEqual(['begins 1', 'ends 1', 'begins 2']);
});

it('stopped while it is replaced, the new one ends as well', async () => {
  const { log, start } = threads();
  const works = await replaceable(start);
  await Promise.all([works.replace(), works.stop()]);
  expect(log).toEqual(['begins 1', 'ends 1', 'begins 2', 'ends 2']);
});

it('once it is stopped no new one begins', async () => {
  const { log, start } = threads();
  const works = await replaceable(start);
  await works.stop();
  await expect(works.replace()).rejects.toMatchObject({ kind: 'unavailable' });
  expect(log).toEqual(['begins 1', 'ends 1']);
});
