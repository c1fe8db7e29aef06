/** The description of the API (OpenAPI 3.1), made from the same definitions that check and answer requests. */

import { onlyReads } from '#operations/all';
import { besidePaths, OTHERWISE } from './beside.ts';
import { pathFields, ROUTES, type Route } from './routes.ts';
import { jsonSchema, saidBeside } from './shapes.ts';

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'kind'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    kind: { type: 'string', description: 'What to do next depends on it.' },
    where: { type: 'object', additionalProperties: {} },
    remedy: { type: 'string' },
    faults: {
      type: 'array',
      description: 'What is wrong, one by one: of an edit its attributes.',
      items: {
        type: 'object',
        required: ['kind', 'message', 'where'],
        properties: {
          kind: { type: 'string' },
          message: { type: 'string' },
          where: { type: 'object', additionalProperties: {} },
          remedy: { type: 'string' },
        },
      },
    },
  },
};

const KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 257, description: 'Such as a UUID: with the same one it is done once.' },
};

export function openApi(version: string): object {
  const paths = besidePaths(OTHERWISE);
  for (const route of ROUTES) {
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = described(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Rollcall', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'rollcall', description: 'With TLS its name begins with __Host-.' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: 'As GET /session answers it.' },
      },
    },
    security: [{ token: [] }, { session: [], csrf: [] }],
  };
}

function described({ method, path, operation, summary }: Route): object {
  const input = jsonSchema(operation.input, 'input');
  const named = pathFields(path);
  const said = saidBeside(named, input);
  const inPath = named.map((name) => ({ name, in: 'path', required: true, schema: input.properties![name]! }));
  const inQuery = Object.entries(method === 'GET' ? said.properties! : {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: said.required!.includes(name),
    schema,
  }));
  const parameters = [...inPath, ...inQuery, ...(method === 'POST' && !onlyReads(operation) ? [KEY] : [])];
  return {
    operationId: operation.name.replace(/[ -](.)/g, (_, letter: string) => letter.toUpperCase()),
    summary,
    description: `Takes the permission ${operation.permission}.`,
    parameters,
    ...(method === 'POST' ? { requestBody: { required: true, content: { 'application/json': { schema: said } } } } : {}),
    responses: {
      200: { description: summary, content: { 'application/json': { schema: jsonSchema(operation.output, 'output') } } },
      default: OTHERWISE,
    },
  };
}
