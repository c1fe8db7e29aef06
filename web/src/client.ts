/** The only way to the service: a function for each of its calls, typed by what it says of itself (api.ts). */
import { type Api, type Problem, ROUTES } from './api.ts';
import { eventsIn } from './sse.ts';

export { type Api, PAGES } from './api.ts';

export interface ClientOptions {
  /** `https://rollcall.example.org`; in a page of the service: `location.origin`. */
  readonly url: string;
  /** Without one the browser's session is meant. */
  readonly token?: string;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface How {
  /** Of what is to be done once, however often it is asked for: a new one for each (Idempotency-Key). */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

export type Call<Name extends keyof Api> = (
  ...given: Record<string, never> extends Api[Name]['input']
    ? [input?: Api[Name]['input'], how?: How]
    : [input: Api[Name]['input'], how?: How]
) => Promise<Api[Name]['answer']>;

/** What happens, by its name; values of people are in none of them. */
export interface ServiceEvent {
  readonly what: string;
  readonly [field: string]: unknown;
}

export type Client = { readonly [Name in keyof Api]: Call<Name> } & {
  /** From now on, until the connection ends or `signal` ends it; whoever wants to go on calls again. Errors: ApiProblem. */
  events(how?: Pick<How, 'signal'>): AsyncGenerator<ServiceEvent>;
};

/** Whatever went wrong: what the service says, or that it was not reached. */
export class ApiProblem extends Error {
  /** 0: there was no answer. */
  readonly status: number;
  /** By it is decided what to do next. */
  readonly kind: string;
  readonly where: Problem['where'];
  readonly remedy: string | undefined;
  /** What is wrong, one by one, where that is said: `where.attribute` of an edit. */
  readonly faults: NonNullable<Problem['faults']>;
  /** Not before so many seconds. */
  readonly retryAfter: number | undefined;

  constructor(
    said: Pick<Problem, 'status' | 'kind' | 'detail' | 'where' | 'remedy' | 'faults'>,
    retryAfter?: number,
    cause?: unknown,
  ) {
    super(said.detail, cause === undefined ? undefined : { cause });
    this.name = 'ApiProblem';
    this.status = said.status;
    this.kind = said.kind;
    this.where = said.where;
    this.remedy = said.remedy;
    this.faults = said.faults ?? [];
    this.retryAfter = retryAfter;
  }
}

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };
type Fields = { readonly [name: string]: unknown };

export function createClient({ url, token, fetch: ask = fetch }: ClientOptions): Client {
  /** What the session's own pages send along with whatever changes something. */
  let csrf: string | null = null;

  const asked = async (method: string, path: string, { headers: given, ...init }: Init): Promise<Response> => {
    const headers: Record<string, string> = { ...given };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    else if (method !== 'GET' && csrf !== null) headers['x-csrf-token'] = csrf;
    let response: Response;
    try {
      response = await ask(new URL(path, url).href, { ...init, method, headers, credentials: 'same-origin' });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiProblem({ status: 0, kind: 'unavailable', detail: 'the service was not reached' }, undefined, error);
    }
    if (!response.ok) throw await problemOf(response);
    return response;
  };

  const call = async (name: keyof Api, input: Fields, { key, signal }: How): Promise<unknown> => {
    const [method, template] = ROUTES[name];
    const left: { [name: string]: unknown } = { ...input };
    const path = template.replace(/\{([a-zA-Z]+)\}/g, (_, field: string) => {
      const text = encodeURIComponent(String(left[field]));
      delete left[field];
      return text;
    });
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': JSON.stringify(key) };
    const ends = signal === undefined ? {} : { signal };
    if (method === 'GET') return await answerOf(await asked(method, path + queryOf(left), { headers, ...ends }));
    headers['content-type'] = 'application/json';
    const answer = await answerOf(await asked(method, path, { headers, body: JSON.stringify(left), ...ends }));
    if (name === 'signOut') csrf = null;
    return answer;
  };

  const noted = async (name: keyof Api, input: Fields, how: How): Promise<unknown> => {
    const answer = await call(name, input, how);
    if (typeof answer === 'object' && answer !== null && 'csrf' in answer) csrf = String(answer.csrf);
    return answer;
  };

  async function* events({ signal }: Pick<How, 'signal'> = {}): AsyncGenerator<ServiceEvent> {
    const response = await asked('GET', '/api/events', signal === undefined ? {} : { signal });
    for await (const { data } of eventsIn(response.body!)) yield JSON.parse(data) as ServiceEvent;
  }

  const calls = Object.keys(ROUTES).map((name) => [
    name,
    (input: Fields = {}, how: How = {}) => noted(name as keyof Api, input, how),
  ]);
  return { ...(Object.fromEntries(calls) as { [Name in keyof Api]: Call<Name> }), events };
}

function queryOf(fields: Fields): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined && value !== null) for (const one of [value].flat()) query.append(name, String(one));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

async function answerOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return isJson ? await response.json() : await response.text();
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  const text = await response.text();
  const usual = { status: response.status, kind: 'internal', detail: `the service answered ${response.status}` };
  let said: Partial<Problem> = {};
  // A proxy may answer instead of the service, in whatever form.
  if (response.headers.get('content-type')?.startsWith('application/problem+json')) said = JSON.parse(text) as Problem;
  return new ApiProblem({ ...usual, ...said }, Number.isFinite(after) ? after : undefined);
}
