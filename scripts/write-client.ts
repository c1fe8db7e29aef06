/** Writes web/src/api.ts: the shapes and addresses of every call of the service, from its own description (OpenAPI). */
import { writeFile } from 'node:fs/promises';
import { type Schema, typeText } from '#cli/json-guide';
import { openApi } from '#server/http/openapi';
import { optionsOf } from './options.ts';

interface Content {
  readonly [media: string]: { readonly schema: Schema };
}
interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: { readonly [status: string]: { readonly content?: Content } };
}
interface Document {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Described } };
  readonly components: { readonly schemas: { readonly Problem: Schema } };
}

/** Where a browser goes by itself, or takes a file from, a system with bytes of its own form, and what goes on and on. */
type Place = 'call' | 'page' | 'other';

function placeOf({ responses, requestBody }: Described): Place {
  const [status, answer] = Object.entries(responses).find(([one]) => one !== 'default')!;
  const [media] = Object.keys(answer.content ?? {});
  if (status === '303' || media === 'text/html' || media === 'application/x-ndjson') return 'page';
  const isJson = requestBody === undefined || 'application/json' in requestBody.content;
  return isJson && media !== 'text/event-stream' ? 'call' : 'other';
}

function inputOf({ parameters, requestBody }: Described): Schema {
  const fields = parameters.filter((one) => one.in !== 'header');
  const body = requestBody?.content['application/json']?.schema;
  return {
    type: 'object',
    properties: { ...Object.fromEntries(fields.map((one) => [one.name, one.schema])), ...body?.properties },
    required: [...fields.filter((one) => one.required).map((one) => one.name), ...(body?.required ?? [])],
  };
}

function answerOf({ responses }: Described): string {
  const [, { content }] = Object.entries(responses).find(([one]) => one !== 'default')!;
  if (content === undefined) return 'null';
  const schema = content['application/json']?.schema;
  return schema === undefined ? 'string' : typeText(schema, '    ');
}

export function clientText(): string {
  // Of the version nothing is written.
  const { paths, components } = openApi('') as Document;
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ method: method.toUpperCase(), path, one, place: placeOf(one) })),
  );
  const calls = all.filter(({ place }) => place === 'call');
  const pages = all.filter(({ place, method }) => place === 'page' && method === 'GET');
  const shapes = calls.map(({ one }) => {
    const input = typeText(inputOf(one), '    ');
    return `  /** ${one.summary}. */\n  ${one.operationId}: {\n    input: ${input};\n    answer: ${answerOf(one)};\n  };\n`;
  });
  const routes = calls.map(({ method, path, one }) => `  ${one.operationId}: ['${method}', '${path}'],\n`);
  return `/** Made from the description of the API by scripts/write-client.ts; a test holds it to that. */

export interface Problem ${typeText(components.schemas.Problem, '')}

export interface Api {
${shapes.join('')}}

/** Method and address of each; what stands in braces is taken from the input. */
export const ROUTES: { readonly [Name in keyof Api]: readonly [method: 'GET' | 'POST', path: string] } = {
${routes.join('')}};

/** Where a browser goes by itself, or takes a file from. */
export const PAGES = {
${pages.map(({ path, one }) => `  ${one.operationId}: '${path}',\n`).join('')}} as const;
`;
}

if (import.meta.main) {
  optionsOf(import.meta.url, {});
  await writeFile(new URL('../web/src/api.ts', import.meta.url), clientText());
}
