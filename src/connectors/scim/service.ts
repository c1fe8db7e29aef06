/** One configured server: what it is asked with, and what it can, by the settings, by what is known of it and by what it says of itself. */
import type { OpenContext } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { parseDuration } from '#core/time';
import type { Kind } from '#core/values';
import { resourceTypes } from '#protocols/scim/resource-types';
import type { ScimResourceType } from '#protocols/scim/schema';
import { isObject, type JsonObject } from '#protocols/scim/values';
import { extensionsOf } from '#protocols/scim/written-extensions';
import { type Answer, NotScim } from './answer.ts';
import { type Client, clientOf, type Request } from './client.ts';
import { flagOf, type ScimConfig } from './config.ts';
import { refusal } from './faults.ts';
import { KNOWN, type Paging, type Update } from './targets.ts';
import { authorizationOf } from './token.ts';

/** Where the resources of a kind are. */
export interface Place {
  readonly kind: Kind;
  readonly type: ScimResourceType;
  readonly endpoint: string;
}

/** What the server can. */
export interface Able {
  readonly update: Update;
  readonly paging: Paging;
  /** It compares a version with what there is: If-Match. */
  readonly compares: boolean;
  /** Attributes by which it finds somebody; null: by any. */
  readonly filters: ReadonlySet<string> | null;
}

export interface Service {
  readonly config: ScimConfig;
  readonly context: OpenContext;
  readonly client: Client;
  readonly places: readonly Place[];
  readonly membersPerPatch: number;
  readonly membersShown: boolean;
  /** What it is called in messages. */
  readonly title: string;
  able(signal?: AbortSignal): Promise<Able>;
  /** What a GET answers. Null where it is not there. `what`: for messages. @throws RollcallError */
  get(path: string, what: string, signal?: AbortSignal): Promise<Answer | null>;
  send(request: Request): Promise<Answer>;
  close(): void;
}

export function serviceOf(config: ScimConfig, context: OpenContext): Service {
  const types = resourceTypes(extensionsOf(config.extensions));
  const client = clientOf(config, context.folder, authorizationOf(config, context.folder));
  let able: Promise<Able> | null = null;
  const service: Service = {
    config,
    context,
    client,
    places: Object.entries(config.kinds).map(([kind, { type, endpoint }]) => ({
      kind,
      type: types.find(({ name }) => name === type)!,
      endpoint,
    })),
    membersPerPatch: flagOf(config, 'membersPerPatch') ?? Number.POSITIVE_INFINITY,
    membersShown: flagOf(config, 'membersShown') ?? true,
    title: KNOWN[config.target].title,
    async able(signal) {
      able ??= ableOf(service).catch((error: unknown) => {
        able = null;
        throw error;
      });
      return await (signal === undefined ? able : Promise.race([able, aborted(signal)]));
    },
    async get(path, what, signal) {
      const answer = await client.send({ method: 'GET', path, ...(signal === undefined ? {} : { signal }) });
      if (answer.status === 404) return null;
      if (answer.status !== 200 || answer.body === null) throw refusal(what, answer);
      return answer;
    },
    send: (request) => client.send(request),
    close: () => client.close(),
  };
  return service;
}

function aborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/** A server that says nothing of itself, or only to others, is taken as the RFC has it. */
async function ableOf(service: Service): Promise<Able> {
  const { config, client } = service;
  let said: JsonObject = {};
  // Salesforce has it in the plural, as SCIM 1.1 had.
  for (const path of ['ServiceProviderConfig', 'ServiceProviderConfigs']) {
    const answer = await client.send({ method: 'GET', path }).catch(nothingSaid);
    if (answer === null) continue;
    if (answer.status === 401 || answer.status === 429 || answer.status >= 500) throw refusal('what the server can', answer);
    if (answer.status !== 200 || answer.body === null) continue;
    said = answer.body;
    break;
  }
  const patches = supported(said['patch']);
  const filters = flagOf(config, 'filters') ?? (supported(said['filter']) === false ? [] : null);
  return {
    update: flagOf(config, 'update') ?? (patches === false ? 'put' : 'paths'),
    paging:
      flagOf(config, 'paging') ?? (isObject(said['pagination']) && said['pagination']['cursor'] === true ? 'cursor' : 'index'),
    compares: supported(said['etag']) === true,
    filters: filters === null ? null : new Set(filters),
  };
}

/** Not all have it; what else they answer there is their own. */
function nothingSaid(error: unknown): null {
  if (error instanceof NotScim && error.status === 404) return null;
  throw error;
}

function supported(raw: unknown): boolean | undefined {
  return isObject(raw) && typeof raw['supported'] === 'boolean' ? raw['supported'] : undefined;
}

export function placeOfKind({ places }: Pick<Service, 'places'>, kind: Kind): Place | undefined {
  return places.find((one) => one.kind === kind);
}

/** What clients and proxies make of these is another address. */
const DOTS = /^\.{1,2}$/;

/** Of one resource. @throws RollcallError for an id that no address can hold */
export function pathOf({ endpoint }: Place, id: string): string {
  if (id === '' || DOTS.test(id))
    throw new RollcallError('invalidValue', `"${id}" is no id of a resource`, { remedy: 'look at it in the server' });
  return `${endpoint}/${encodeURIComponent(id)}`;
}

/** Null where there is none. @throws RollcallError for an answer that shows another one: it says nothing of this one */
export async function answerFor(service: Service, place: Place, id: string): Promise<Answer | null> {
  const answer = await service.get(pathOf(place, id), `the look at ${place.kind} ${id}`);
  if (answer !== null && String(answer.body!['id']) !== id)
    throw new RollcallError('unavailable', `the server answers with something else than ${place.kind} ${id}`, {
      remedy: 'see that `url` is the base URL of SCIM',
    });
  return answer;
}

export const visibleSeconds = ({ visibleWithin }: ScimConfig): number => Math.ceil(parseDuration(visibleWithin) / 1000);
