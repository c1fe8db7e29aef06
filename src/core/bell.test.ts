import { expect, it } from 'vitest';
import { createBell } from './bell.ts';

it('tells what was rung while nobody heard it once, and what is rung later again', async () => {
  const bell = createBell();
  const stop = new AbortController();
  const heard = bell.heard(stop.signal);
  for (let n = 0; n < 3; n++) bell.ring();
  expect(await heard.next()).toEqual({ done: false, value: undefined });
  const next = heard.next();
  bell.ring();
  expect(await next).toMatchObject({ done: false });
  const last = heard.next();
  stop.abort();
  expect(await last).toMatchObject({ done: true });
});

it('fails after what was rung before', async () => {
  const bell = createBell();
  const heard = bell.heard(new AbortController().signal);
  bell.ring();
  bell.fail(new Error('gone'));
  expect(await heard.next()).toMatchObject({ done: false });
  await expect(heard.next()).rejects.toThrow('gone');
});

it('ends at once when nobody is to hear it any more', async () => {
  const bell = createBell();
  bell.ring();
  expect(await bell.heard(AbortSignal.abort()).next()).toMatchObject({ done: true });
});
