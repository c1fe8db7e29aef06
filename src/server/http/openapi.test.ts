import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { offerSignIn, type SignInRoutes } from '../auth/routes.ts';
import { openApi } from './openapi.ts';
import { offerWatching, type WatchOptions } from './watch.ts';

type Described = {
  readonly paths: {
    readonly [path: string]: { readonly [method: string]: { readonly operationId: string; readonly security?: [] } };
  };
};
const { paths } = openApi('1') as Described;

test('every address has its place in the description, what signs somebody in included', () => {
  const app = Fastify();
  const offered: string[] = [];
  app.addHook('onRoute', ({ method, url }) => void offered.push(`${String(method).toLowerCase()} ${url}`));
  // Nothing of it is called here.
  offerSignIn(app, { oidc: {} } as SignInRoutes);
  offerWatching(app, {} as WatchOptions);
  const missing = offered.filter((one) => {
    const [method, path] = one.split(' ') as [string, string];
    return method !== 'head' && !/\.(?:js|css)$/.test(path) && paths[path]?.[method] === undefined;
  });
  expect([offered.length > 10, missing]).toEqual([true, []]);
});

test('each has an id of its own; only what signs in, and what says nothing of anybody, is open to all', () => {
  const all = Object.entries(paths).flatMap(([path, methods]) => Object.values(methods).map((one) => ({ path, ...one })));
  expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
  const open = all.filter(({ security }) => security?.length === 0).map(({ path }) => path);
  expect([...new Set(open)].sort()).toEqual([
    '/api/openapi.json',
    '/healthz',
    '/oidc/callback',
    '/oidc/sign-in',
    '/password',
    '/readyz',
    '/setup',
    '/sign-in',
  ]);
});
