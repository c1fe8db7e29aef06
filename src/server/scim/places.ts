/** Which part of a SCIM service a path below a base URL names (RFC 7644 3.2), and what may be done there. */
import { ScimError } from '#protocols/scim/errors';
import type { ScimResourceType } from '#protocols/scim/schema';

export type Place =
  | { readonly at: 'root' | 'search' | 'bulk' | 'me' | 'serviceProviderConfig' }
  | { readonly at: 'schemas' | 'resourceTypes'; readonly id: string | null }
  /** `type`: of the endpoint. */
  | { readonly at: 'resources' | 'typeSearch'; readonly type: ScimResourceType }
  | { readonly at: 'resource'; readonly type: ScimResourceType; readonly id: string };

const METHODS: { readonly [at in Place['at']]: readonly string[] } = {
  root: ['GET'],
  search: ['POST'],
  typeSearch: ['POST'],
  bulk: ['POST'],
  me: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  serviceProviderConfig: ['GET'],
  schemas: ['GET'],
  resourceTypes: ['GET'],
  resources: ['GET', 'POST'],
  resource: ['GET', 'PUT', 'PATCH', 'DELETE'],
};

/** `path`: what follows the base URL, percent-decoded by segments. @throws ScimError 404, 405 */
export function placeOf(method: string, path: readonly string[], types: readonly ScimResourceType[]): Place {
  const place = named(path, types);
  if (place === null) throw new ScimError(404, undefined, 'there is nothing at this address');
  // HEAD is GET without its body.
  if (!METHODS[place.at].includes(method === 'HEAD' ? 'GET' : method)) throw new NotForThis(method, METHODS[place.at]);
  return place;
}

/** RFC 9110 15.5.6: the answer says what is allowed. */
export class NotForThis extends ScimError {
  readonly allowed: readonly string[];

  constructor(method: string, allowed: readonly string[]) {
    super(405, undefined, `${method} is not for this address; allowed: ${allowed.join(', ')}`);
    this.allowed = allowed;
  }
}

function named(path: readonly string[], types: readonly ScimResourceType[]): Place | null {
  const [first, second] = path;
  // No id has one, and PostgreSQL has no such text.
  if (second?.includes('\0')) return null;
  if (first === undefined) return { at: 'root' };
  if (path.length > 2) return null;
  const single = second === undefined;
  if (first === '.search' && single) return { at: 'search' };
  if (first === 'Bulk' && single) return { at: 'bulk' };
  if (first === 'Me' && single) return { at: 'me' };
  // Some clients write the name of SCIM 1.1, in the plural.
  if ((first === 'ServiceProviderConfig' || first === 'ServiceProviderConfigs') && single) return { at: 'serviceProviderConfig' };
  if (first === 'Schemas') return { at: 'schemas', id: second ?? null };
  if (first === 'ResourceTypes') return { at: 'resourceTypes', id: second ?? null };
  const type = types.find(({ endpoint }) => endpoint === `/${first}`);
  if (type === undefined) return null;
  if (single) return { at: 'resources', type };
  return second === '.search' ? { at: 'typeSearch', type } : { at: 'resource', type, id: second };
}
