/** What pages of the guide show as a request is one that is taken. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { LINKED, NAMED, SET_UP } from '../auth/shapes.ts';
import { pathFields, ROUTES } from './routes.ts';
import { jsonSchema, refuseUnknown } from './shapes.ts';

const GUIDE = new URL('../../../docs/guide/', import.meta.url);
const SIGNS_IN = new Map<string, z.ZodType | null>([
  ['/sign-in', NAMED],
  ['/setup', SET_UP],
  ['/password', LINKED],
  ['/sign-out', null],
]);

const shown = readdirSync(GUIDE)
  .filter((name) => name.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(new URL(page, GUIDE), 'utf8').matchAll(/^```http\n(.*?)^```$/gms)].map(([, text]) => {
      const [head, body] = text!.split('\n\n');
      const [method, path] = head!.split('\n')[0]!.split(' ') as [string, string];
      return { page, method, path, body: body === undefined ? undefined : (JSON.parse(body) as object) };
    }),
  );

it('there are some', () => expect(shown.length).toBeGreaterThan(5));

it.each(shown)('$page: $method $path', ({ method, path, body }) => {
  const signs = SIGNS_IN.get(path);
  if (signs !== undefined) {
    expect(signs === null ? body === undefined : signs.safeParse(body).success).toBe(true);
    return;
  }
  const route = ROUTES.find((one) => one.method === method && patternOf(one.path).test(path));
  expect(route).toBeDefined();
  const { input } = route!.operation;
  const given = { ...patternOf(route!.path).exec(path)!.groups, ...body };
  const schema = jsonSchema(input, 'input');
  refuseUnknown(given, schema);
  const filled = { by: 'Ada', who: { roles: [], person: 1 } };
  const asked = Object.fromEntries(Object.entries(filled).filter(([name]) => schema.properties?.[name] !== undefined));
  expect(input.safeParse({ ...given, ...asked }).error).toBeUndefined();
});

function patternOf(path: string): RegExp {
  const fields = pathFields(path).reduce((so, name) => so.replace(`{${name}}`, `(?<${name}>[^/]+)`), path);
  return new RegExp(`^${fields}$`);
}
