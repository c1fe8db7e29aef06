import { Validator } from '@seriousme/openapi-schema-validator';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { offerSignIn, type SignInRoutes } from '../auth/routes.ts';
import { openApi } from './openapi.ts';
import { offerWatching, type WatchOptions } from './watch.ts';

test('it is a document of OpenAPI 3.1 as the standard has it', async () => {
  const validator = new Validator();
  const document = JSON.parse(JSON.stringify(openApi('1'))) as Record<string, unknown>;
  expect([await validator.validate(document), validator.version]).toEqual([{ valid: true }, '3.1']);
});

test('what is taken in says that it has no other names, and each name of an address is a parameter', () => {
  type Shape = { readonly [key: string]: unknown };
  const open: string[] = [];
  const look = (shape: unknown, where: string): void => {
    if (typeof shape !== 'object' || shape === null) return;
    const { properties, additionalProperties } = shape as Shape;
    if (properties !== undefined && additionalProperties !== false) open.push(where);
    for (const [name, inner] of Object.entries(shape)) look(inner, `${where}.${name}`);
  };
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { requestBody, parameters }] of Object.entries(methods)) {
      look(requestBody, `${method} ${path}`);
      look(parameters, `${method} ${path}`);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === 'path' && one.required).map(({ name }) => name)).toEqual(named);
    }
  expect(open).toEqual([]);
});

type Described = {
  readonly paths: {
    readonly [path: string]: {
      readonly [method: string]: {
        readonly operationId: string;
        readonly security?: [];
        readonly requestBody?: object;
        readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
      };
    };
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
    '/',
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
