/** What the command line can do can be done over HTTP, but for what is of one machine. */
import { expect, test } from 'vitest';
import { COMMANDS } from '#cli/commands/index';
import { openApi } from '#server/http/openapi';
import { ROUTES } from '#server/http/routes';

const LOCAL: { readonly [command: string]: string } = {
  init: 'writes the first rollcall.yaml, before there is a service',
  serve: 'is the service',
  live: 'listens as the service does by itself',
  'audit verify-file': 'reads a file of this machine, and needs no store',
  completion: 'is for the shell',
};

const idOf = (name: string): string => name.replace(/[ -](.)/g, (_, letter: string) => letter.toUpperCase());

test('each command has a route, or a reason why there is none', () => {
  const { paths } = openApi('') as {
    readonly paths: { readonly [path: string]: { readonly [method: string]: { operationId: string } } };
  };
  const offered = new Set(Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId)));
  const missing = COMMANDS.map(({ name }) => name).filter((name) => !offered.has(idOf(name)));
  expect(missing.sort()).toEqual(Object.keys(LOCAL).sort());
  expect(ROUTES.length).toBeGreaterThan(40);
});
