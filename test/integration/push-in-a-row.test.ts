/** SEMANTICS 16: requests about one object that come together end as if each had come after the answer to the one before. */
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { push, type ReceiveRequest } from '#runs/index';
import { type Firm, firm } from './firm.ts';

const RULES = `owner: true
    import:
      person: { project: true, attributes: { displayName: displayName } }
      group: { project: true, attributes: { name: displayName, member: { reference: members } } }`;
const YAML = `connections:
  together:
    type: scim-push
    ${RULES}
  apart:
    type: scim-push
    ${RULES}
`;
const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const ACTOR = { kind: 'token', name: 'idp', token: 'abc', source: '127.0.0.1' } as const;

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML, []);
  for (const connection of ['together', 'apart']) await ask(connection, { kind: 'person', anchor: 'first', body: user('taken') });
});
afterEach(() => here.close());

type Request = ReceiveRequest['request'];

async function ask(connection: string, request: Request): Promise<unknown> {
  const services = { config: here.config, store: here.store, wall: () => here.now };
  const { answer, settled } = await push({ connection, request, by: 'scim', actor: ACTOR }, services);
  await settled;
  return answer;
}

const user = (userName: string) => ({ do: 'create', body: { schemas: [`${CORE}:User`], userName } });
const operations = (...list: unknown[]) => ({ schemas: [PATCH], Operations: list });
const member = fc.constantFrom('m1', 'm2', 'm3');
const members = fc.uniqueArray(member, { maxLength: 3 }).map((ids) => ids.map((value) => ({ value })));
const version = fc.constantFrom<{ ifMatch?: string }>({}, {}, {}, { ifMatch: 'W/"1"' }, { ifMatch: 'W/"3"' });

const OF_USER = fc.constantFrom('a', 'b').chain((anchor) =>
  fc.record({
    kind: fc.constant('person'),
    anchor: fc.constant(anchor),
    body: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(`${anchor} 1`, `${anchor} 2`, 'taken').map(user) },
      {
        weight: 5,
        arbitrary: fc
          .record({ path: fc.constantFrom('userName', 'displayName', 'active'), to: fc.constantFrom('1', '2'), version })
          .map(({ path, to, version }) => {
            const value = path === 'active' ? to === '1' : path === 'userName' ? `${anchor} ${to}` : to;
            return { do: 'patch', body: operations({ op: 'replace', path, value }), ...version };
          }),
      },
      fc.constant({ do: 'patch', body: operations({ op: 'replace', path: 'userName', value: 'taken' }) }),
      fc.constant({ do: 'patch', body: operations({ op: 'guess' }) }),
      version.map((of) => ({ do: 'delete', ...of })),
    ),
  }),
);
const OF_GROUP = fc.record({
  kind: fc.constant('group'),
  anchor: fc.constantFrom('g', 'h'),
  body: fc.oneof(
    members.map((of) => ({ do: 'create', body: { schemas: [`${CORE}:Group`], displayName: 'G', members: of } })),
    { weight: 3, arbitrary: members.map((value) => ({ do: 'patch', body: operations({ op: 'add', path: 'members', value }) })) },
    {
      weight: 3,
      arbitrary: member.map((id) => ({ do: 'patch', body: operations({ op: 'remove', path: `members[value eq "${id}"]` }) })),
    },
    members.map((value) => ({ do: 'patch', body: operations({ op: 'replace', path: 'members', value }) })),
    fc.constantFrom('G', 'H').map((value) => ({ do: 'patch', body: operations({ op: 'replace', path: 'displayName', value }) })),
    fc.constant({ do: 'patch', body: operations({ op: 'remove', path: 'members[value sw "m"]' }) }),
    fc.constant({ do: 'delete' }),
  ),
});

/** What of a connection is staged, and found, and what was noted about it. */
async function kept(connection: string): Promise<unknown> {
  const { store } = here;
  const out: unknown[] = [];
  for (const [kind, anchors] of [
    ['person', ['a', 'b', 'first']],
    ['group', ['g', 'h']],
  ] as const) {
    const rows = [...(await store.spaces.byAnchors(connection, kind, anchors))].sort((x, y) =>
      x.anchor!.localeCompare(y.anchor!),
    );
    for (const { id, anchor, seen, presence } of rows) {
      const edges = presence === 'gone' ? [] : await store.spaces.edgesOf([id], { limit: 100 });
      out.push({
        anchor,
        seen,
        presence,
        edges: edges
          .filter(({ state }) => state === 'seen')
          .map(({ key }) => key)
          .sort(),
      });
    }
    const query = { connection, kind, condition: null, keys: null };
    const { rows: found } = await store.pushed.page({ ...query, sort: null, after: null, offset: 0, limit: 100 });
    out.push(found.map((row) => row.anchor).sort());
  }
  const { events } = await store.audit.list({ connection }, { after: 0, limit: 1_000 });
  // Of one object they have an order.
  const told = events.map(({ action, subject, values }) => ({
    of: subject.stagedId,
    action,
    before: values?.before,
    after: values?.after,
  }));
  const ofEach = [...Map.groupBy(told, ({ of }) => of).values()].map((list) =>
    list.map(({ of: _, ...one }) => JSON.stringify(one)),
  );
  out.push(ofEach.map((list) => list.join('\n')).sort());
  return out;
}

it('whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(OF_USER, OF_GROUP), { minLength: 2, maxLength: 14 }), async (requests) => {
      const together = await Promise.all(requests.map((one) => ask('together', one)));
      const apart: unknown[] = [];
      for (const one of requests) apart.push(await ask('apart', one));
      expect(together).toEqual(apart);
      const [one, other] = [await kept('together'), await kept('apart')];
      expect(one).toEqual(other);
      // Clean for the next.
      for (const connection of ['together', 'apart'])
        for (const [kind, anchors] of [
          ['person', ['a', 'b']],
          ['group', ['g', 'h']],
        ] as const)
          for (const anchor of anchors) await ask(connection, { kind, anchor, body: { do: 'delete' } });
    }),
    { numRuns: 20 },
  );
});

it('people who come while others do have numbers close to each other', async () => {
  const names = Array.from({ length: 60 }, (_, i) => `p${i}`);
  await Promise.all(names.map((name) => ask('together', { kind: 'person', anchor: name, body: user(name) })));
  const ids = (await here.store.sync.scanObjects({ after: 0, limit: 1_000 })).map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(names.length);
  // What a batch reserved beside others and did not need is given to nobody.
  expect(Math.max(...ids)).toBeLessThan(2 * ids.length);
});
