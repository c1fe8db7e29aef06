/** The client of web/ is what the service says of itself, and stands by itself. */
import { expect, test } from 'vitest';
import { ROUTES } from '#server/http/routes';
import { clientText } from '../../scripts/write-client.ts';
import { ROUTES as CALLS, PAGES } from '../../web/src/api.ts';
import { projectFiles, read } from './tree.ts';

test('it is current', () => expect(read('web/src/api.ts')).toBe(clientText()));

test('it has a call for every operation, and for signing in and out', () => {
  const called = new Set(Object.values(CALLS).map(([method, path]) => `${method} ${path}`));
  const beside = ['POST /sign-in', 'POST /setup', 'POST /password', 'GET /session', 'POST /sign-out', 'GET /readyz'];
  const wanted = [...ROUTES.map(({ method, path }) => `${method} ${path}`), ...beside];
  expect(wanted.filter((one) => !called.has(one))).toEqual([]);
  expect(PAGES.signInElsewhere).toBe('/oidc/sign-in');
});

test('it imports nothing but itself, and nothing else asks the service by its own means', () => {
  const files = projectFiles().filter((file) => /^web\/.*\.tsx?$/.test(file) && !file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(2);
  const imported = files.flatMap((file) =>
    [...read(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name!),
  );
  expect(imported.filter((name) => !name.startsWith('./'))).toEqual([]);
  const asks = files.filter((file) => /\bfetch\b|EventSource|XMLHttpRequest/.test(read(file)));
  expect(asks).toEqual(['web/src/client.ts']);
});
