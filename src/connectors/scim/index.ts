/**
 * A server of SCIM 2.0 (RFC 7643, 7644, 9865) as a source and as a target. The guide is docs/guide/scim.md.
 *
 *   config, targets     settings; how servers differ, as flags
 *   client, token       requests; who asks
 *   answer, faults      answers and their limits; what a refusal means
 *   service             one server: what it can
 *   objects             resources as objects
 *   pages, read         lists; everything
 *   look-up             one, or those with a value
 *   paths, edited       what an attribute's name means; a resource with other values
 *   operations          what turns one into the other
 *   asks, propose       a first rollcall.yaml
 *   write, writing      a batch; one item · create, update, members, delete
 */
import type { ConnectorDefinition } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Kind } from '#core/values';
import { imageTypes } from '#protocols/scim/image-types';
import { asks } from './asks.ts';
import { flagOf, type ScimConfig, scimConfig } from './config.ts';
import { lookUp } from './look-up.ts';
import { pagesOf } from './pages.ts';
import { propose } from './propose.ts';
import { readAll } from './read.ts';
import { type Service, serviceOf } from './service.ts';
import { scimWriter } from './write.ts';

export const scim: ConnectorDefinition<ScimConfig> = {
  type: 'scim',
  title: 'SCIM 2.0 server',
  maturity: 'alpha',
  config: scimConfig,
  asks,
  propose,
  secrets: () => ['password'],
  cannot,
  open(config, context) {
    const service = serviceOf(config, context);
    return {
      test: () => tested(service),
      discoverSchema: async () => ({
        complete: false,
        kinds: Object.fromEntries(service.places.map(({ kind, type }) => [kind, imageTypes(type)])),
      }),
      read: { deltas: false, moving: true, read: ({ signal, resume }) => readAll(service, signal, resume) },
      write: scimWriter(service),
      lookup: (by, kind) => lookUp(service, by, kind),
      clock: { now: clockOf(service) },
      close: async () => service.close(),
    };
  },
};

function cannot(config: ScimConfig, kind: Kind): { disable?: string; delete?: string } {
  if (!Object.hasOwn(config.kinds, kind) || config.kinds[kind]!.type !== 'User') return {};
  return {
    ...(flagOf(config, 'inactive') === 'deleted'
      ? { disable: 'it deletes whoever is not active: use delete, or say `inactive: kept` where they stay' }
      : {}),
    ...(flagOf(config, 'deletesUsers') === false ? { delete: 'it deletes no users: use action: disable alone' } : {}),
  };
}

/** What there is of a first page, with who may read it. */
async function tested(service: Service): Promise<string> {
  const { update, paging, compares } = await service.able();
  const seen: string[] = [];
  for (const place of service.places)
    for await (const { resources } of pagesOf(service, place)) {
      seen.push(`${place.endpoint} (${resources.length} on the first page)`);
      break;
    }
  return `${seen.join(', ')}; changed by ${update}, read by ${paging}${compares ? ', with versions' : ''}`;
}

/** The header Date, to the second. Asked of several servers behind one address it might go back; it does not. */
function clockOf(service: Service): (signal: AbortSignal) => Promise<number> {
  let last = 0;
  return async (signal) => {
    signal.throwIfAborted();
    const { headers } = await service.send({ method: 'GET', path: 'ServiceProviderConfig', signal });
    const said = Date.parse(headers.date ?? '');
    if (Number.isNaN(said))
      throw new RollcallError('unavailable', 'the server does not say what time it is', { remedy: 'nothing is to be done' });
    last = Math.max(last, said);
    return last;
  };
}
