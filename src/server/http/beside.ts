/** What the description of the API says of addresses that no operation is behind: signing in and out, events, and what watches the service. */
import type { z } from 'zod';
import { LINKED, NAMED, SESSION, SET_UP, SIGNED_OUT } from '../auth/shapes.ts';
import { PROBLEM_TYPE } from './problems.ts';
import { pathFields } from './routes.ts';
import { jsonSchema } from './shapes.ts';

interface Beside {
  readonly id: string;
  readonly summary: string;
  /** Whoever it is; otherwise with a token or a session. */
  readonly open?: true;
  /** With the cookie of a session, and nothing else. */
  readonly session?: true;
  /** A text is a media type. */
  readonly takes?: z.ZodType | string;
  readonly query?: readonly string[];
  /** Status → what is answered; a text is a media type. */
  readonly answers: { readonly [status: number]: z.ZodType | string | null };
}

const HTML = 'text/html';
const page = (id: string, summary: string): Beside => ({ id, summary, open: true, answers: { 200: HTML } });

/** Method and path → what is there. */
const BESIDE: { readonly [place: string]: Beside } = {
  'get /': page('home', 'What this is, and where to go on'),
  'get /sign-in': page('signInPage', 'The page where somebody signs in'),
  'get /setup': page('setUpPage', 'The page where the first administrator is made; the link that the service prints leads there'),
  'get /password': page('passwordPage', 'The page where somebody chooses a password; the link of an invitation leads there'),
  'post /sign-in': {
    id: 'signIn',
    summary: 'Sign in with a name and a password; the session is a cookie',
    open: true,
    takes: NAMED,
    answers: { 200: SESSION },
  },
  'post /setup': {
    id: 'setUp',
    summary: 'Make the first administrator, by a link that is good once',
    open: true,
    takes: SET_UP,
    answers: { 200: SESSION },
  },
  'post /password': {
    id: 'choosePassword',
    summary: 'Choose a password, by a link that is good once',
    open: true,
    takes: LINKED,
    answers: { 204: null },
  },
  'get /session': { id: 'session', summary: 'Who is signed in', session: true, answers: { 200: SESSION } },
  'post /sign-out': { id: 'signOut', summary: 'Sign out', session: true, answers: { 200: SIGNED_OUT } },
  'get /oidc/sign-in': {
    id: 'signInElsewhere',
    summary: 'On to the identity provider; only where rollcall.yaml names one',
    open: true,
    answers: { 303: null },
  },
  'get /oidc/callback': {
    id: 'signedInElsewhere',
    summary: 'Back from the identity provider, by the browser that went there; only where rollcall.yaml names one',
    open: true,
    query: ['code', 'state', 'iss', 'error', 'error_description'],
    answers: { 303: null },
  },
  'get /api/events': {
    id: 'events',
    summary: 'What happens, as it happens: server-sent events, each with its name and one line of JSON',
    answers: { 200: 'text/event-stream' },
  },
  'get /api/audit/export': {
    id: 'auditExport',
    summary: 'The whole audit log as JSON Lines, as `rollcall audit export` writes it',
    answers: { 200: 'application/x-ndjson' },
  },
  'post /hooks/{connection}': {
    id: 'wake',
    summary:
      'A system tells that something of it has changed, with a token for that connection or, where rollcall.yaml says hook:, with a signature',
    takes: '*/*',
    answers: { 200: 'application/json', 202: 'application/json' },
  },
  'get /api/openapi.json': { id: 'openApi', summary: 'This description', open: true, answers: { 200: 'application/json' } },
  'get /healthz': { id: 'healthz', summary: 'Whether the process answers', open: true, answers: { 200: 'text/plain' } },
  'get /readyz': {
    id: 'readyz',
    summary: 'Whether the service can be used: 503 while it cannot',
    open: true,
    answers: { 200: 'text/plain' },
  },
  'get /metrics': { id: 'metrics', summary: 'Metrics for Prometheus', answers: { 200: 'text/plain' } },
};

export function besidePaths(problem: object): { [path: string]: { [method: string]: object } } {
  const paths: { [path: string]: { [method: string]: object } } = {};
  for (const [place, beside] of Object.entries(BESIDE)) {
    const [method, path] = place.split(' ') as [string, string];
    paths[path] ??= {};
    paths[path][method] = described(beside, pathFields(path), problem);
  }
  return paths;
}

function described(
  { id, summary, open, session, takes, query = [], answers }: Beside,
  named: readonly string[],
  problem: object,
): object {
  const parameter = (where: 'path' | 'query') => (name: string) => ({
    name,
    in: where,
    required: where === 'path',
    schema: { type: 'string' },
  });
  const responses = Object.entries(answers).map(([status, what]) => [
    status,
    { description: summary, ...content(what, 'output') },
  ]);
  return {
    operationId: id,
    summary,
    ...(open ? { security: [] } : session ? { security: [{ session: [] }] } : {}),
    parameters: [...named.map(parameter('path')), ...query.map(parameter('query'))],
    ...(takes === undefined ? {} : { requestBody: { required: true, ...content(takes, 'input') } }),
    responses: { ...Object.fromEntries(responses), default: problem },
  };
}

function content(what: z.ZodType | string | null, io: 'input' | 'output'): object {
  if (what === null) return {};
  if (typeof what !== 'string') return { content: { 'application/json': { schema: jsonSchema(what, io) } } };
  return {
    content: {
      [what]: { schema: what === 'application/json' ? { type: 'object', additionalProperties: {} } : { type: 'string' } },
    },
  };
}

/** What every answer that is none of these is. */
export const OTHERWISE: object = {
  description: 'What is wrong, where, and what to do',
  content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
};
