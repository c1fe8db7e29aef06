import { expect, test } from 'vitest';
import { together } from './contract.ts';

test('what is said in one step goes together; what cannot be passed on is refused alone', async () => {
  const sent: (readonly unknown[])[] = [];
  const refused: unknown[] = [];
  const say = together<unknown>(
    (all) => void sent.push(structuredClone(all)),
    queueMicrotask,
    (one, error) => void refused.push([one, (error as Error).name]),
  );
  say(1);
  say(2);
  await null;
  expect(sent).toEqual([[1, 2]]);
  const bad = (): void => undefined;
  say(3);
  say(bad);
  say(4);
  await null;
  await null;
  expect(sent).toEqual([[1, 2], [3], [4]]);
  expect(refused).toEqual([[bad, 'DataCloneError']]);
});
