/** Against the real server: the one that `rollcall serve` has for identity providers. */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Client, servedTo, USER } from '../../../test/integration/scim-client.ts';
import { connectorConformance, type SeedObject } from '../conformance/index.ts';
import { scim } from './index.ts';

const STAFF = 'urn:example:scim:staff:1.0:User';
const extensions = [{ schema: STAFF, prefix: 'staff', attributes: { tags: { type: 'string', multi: true, caseExact: true } } }];

let close: () => Promise<void>;
let client: Client;
/** Of the seeds that are there: who has which id. */
const ids = new Map<string, string>();

beforeAll(async () => {
  const { here, clients } = await servedTo(
    ['site'],
    `connections: { site: { type: scim-push, extensions: ${JSON.stringify(extensions)} } }`,
  );
  close = here.close;
  client = clients.site;
  // A service of its own takes long to begin on a machine that is busy.
}, 60_000);
afterAll(() => close?.());

async function seed({ key, text, other, list }: SeedObject): Promise<void> {
  const { body } = await client.post('/Users', {
    schemas: [USER],
    userName: key,
    displayName: text,
    title: other,
    ...(list === undefined ? {} : { [STAFF]: { tags: list } }),
  });
  ids.set(key, body.id);
}

const nobody = 'the server gives the ids';

connectorConformance(
  // Each skip is named with what is lacking and why, from `lacks` below.
  { describe, test, skip: (name) => test.skip(name) },
  {
    definition: scim,
    kind: 'person',
    attributes: { text: 'displayName', other: 'title', list: 'staff.tags' },
    anchor: (key) => ids.get(key) ?? crypto.randomUUID(),
    creates: 'lookup',
    lacks: {
      callerAnchors: nobody,
      deltas: 'a filter by the time of the last change shows nobody who is gone',
      watch: 'SCIM calls nobody',
      commit: 'each request is done when it is answered',
      fingerprint: 'a server has no digest of its content',
    },
    async make(seeds) {
      for (const id of ids.values()) await client.delete(`/Users/${id}`);
      ids.clear();
      for (const one of seeds) await seed(one);
      const config = { url: client.base, token: client.token, extensions, pageSize: 2, visibleWithin: '0s' };
      return {
        config,
        folder: '.',
        ruin: async () => {
          config.url = `${client.base}-gone`;
        },
        dispose: async () => undefined,
      };
    },
  },
);
