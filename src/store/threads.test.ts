import { expect, test } from 'vitest';
import { startWork, type ThreadPlace } from './threads.ts';

const CODE = `import { threadId } from 'node:worker_threads';
import { serve } from '${new URL('./threads.ts', import.meta.url).href}';
serve((data, port) => {
  if (data === 'dies') throw new Error('of this');
  port.on('message', () => {
    port.postMessage({ data, threadId });
    port.close();
  });
});`;
/** Of each kind there are threads of their own. */
const placeOf = (kind: string): ThreadPlace => ({
  url: new URL(`data:text/javascript,${encodeURIComponent(CODE)}#${kind}`),
  execArgv: [],
});

interface Said {
  readonly data: unknown;
  readonly threadId: number;
}

/** What a thread says when it is let go on. */
function begin(place: ThreadPlace, data: unknown): () => Promise<Said[]> {
  const { port, done } = startWork(place, data);
  const said: Said[] = [];
  port.on('message', (one: Said) => said.push(one));
  return async () => {
    port.postMessage('go on');
    expect(await done).toBeNull();
    return said;
  };
}

test('a thread that is done with one work does the next; what is at the same time has threads of its own', async () => {
  const place = placeOf('several');
  const [one] = await begin(place, 'one')();
  const [two, three] = [begin(place, 'two'), begin(place, 'three')];
  const [[second], [third]] = [await two(), await three()];
  expect([one, second, third]).toMatchObject([{ data: 'one' }, { data: 'two' }, { data: 'three' }]);
  expect(second!.threadId).toBe(one!.threadId);
  expect(third!.threadId).not.toBe(one!.threadId);
});

test('a thread that dies is said to have died, of what, and does nothing more', async () => {
  const place = placeOf('dies');
  const [before] = await begin(place, 'before')();
  expect(await startWork(place, 'dies').done).toMatchObject({ message: 'of this' });
  const [after] = await begin(place, 'after')();
  expect(after).toMatchObject({ data: 'after' });
  expect(after!.threadId).not.toBe(before!.threadId);
});
