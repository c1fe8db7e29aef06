import { createContext, runInContext } from 'node:vm';
import { expect, it } from 'vitest';
import { SCRIPT } from './pages.ts';

const REFUSALS: readonly (readonly [answer: object, said: string])[] = [
  [{ detail: 'A password has 12 signs.', remedy: 'Choose a longer one.' }, 'A password has 12 signs. Choose a longer one.'],
  [{ detail: 'this link is not good', remedy: 'sign in' }, 'this link is not good: sign in.'],
  [{ detail: 'no' }, 'no.'],
];

it.each(REFUSALS)('what is refused is told in sentences: %o', async (answer, text) => {
  const said = { textContent: '' };
  const form: { onsubmit?: (event: object) => Promise<void> } = {};
  const page = createContext({
    document: { getElementById: () => said, querySelector: () => form },
    location: { pathname: '/password', hash: '#secret' },
    FormData: class {
      *[Symbol.iterator](): Generator<[string, string]> {
        yield ['password', 'x'];
      }
    },
    fetch: async () => ({ ok: false, json: async () => answer }),
  });
  runInContext(SCRIPT, page);
  await form.onsubmit!({ preventDefault: () => undefined });
  expect(said.textContent).toBe(text);
});
