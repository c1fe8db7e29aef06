/** Filters of what applications read: whatever is there and whatever is asked, the store leaves out nobody for whom the predicate holds. */
import { expect, it } from 'vitest';
import { loadConfiguration } from '#config/load';
import { imageText } from '#core/canonical';
import { holds } from '#core/condition';
import { normalForm } from '#core/matching';
import { attributes } from '#core/values';
import { compileFilter } from '#protocols/scim/filter/compile';
import { foldDocument } from '#protocols/scim/filter/document';
import { parseFilter } from '#protocols/scim/filter/parse';
import { servedBases } from '#scim-view/base';
import { listOf, type Position } from '#scim-view/list';
import { itemsOf } from '#scim-view/resources';
import { RandomConditions } from '#store/conformance/random-conditions';
import { beginRun, commit, type Opened, object } from '#store/conformance/sample';
import { CONNECTORS } from '../../src/registry.ts';
import { firm } from './firm.ts';

const STAFF = 'urn:example:scim:staff:1.0:User';
const YAML = `
attributes: { person: { badge: { matching: exact }, floor: integer, vip: boolean, codes: { type: string, multi: true }, from: date } }
connections:
  hr:
    type: memory
    system: hr
    import:
      person:
        join: [login]
        project: true
        attributes:
          { login: login, givenName: given, mail: mail, aliases: aliases, badge: badge, floor: floor, vip: vip, codes: codes, from: from, manager: { reference: boss } }
scim:
  all:
    users:
      attributes:
        { emails.other: aliases, staff.badge: badge, staff.floor: floor, staff.vip: vip, staff.codes: codes, staff.from: from }
    extensions: [{ schema: '${STAFF}', prefix: staff }]
  some: { users: { filter: 'active eq true and not (name.givenName eq "ada")' } }
`;

const TEXTS = [
  'ada',
  'Ada',
  'ADA ',
  'a  b',
  'A b',
  'é',
  'E\u0301',
  'ß',
  'SS',
  'a\u00adda',
  '\u212a',
  '%',
  "'",
  '"',
  '\\',
  '',
  ' ',
  'x',
];
const PATHS = ['userName', 'name.givenName', 'emails', 'emails.value', `${STAFF}:badge`, `${STAFF}:codes`, `${STAFF}:from`];

it('what is found is what the predicate says, and pages are of it', async () => {
  const here = await firm(YAML, ['hr']);
  const random = new RandomConditions(20_261_122);
  const one = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const maybe = <T>(value: T): T | null => (random.below(4) === 0 ? null : value);
  const some = <T>(of: () => T): T[] => Array.from({ length: random.below(3) }, of);
  try {
    const people = Array.from({ length: 150 }, (_, i) => ({
      id: i + 1,
      login: maybe(one(TEXTS)),
      image: {
        givenName: maybe(one(TEXTS)),
        mail: maybe(one(TEXTS)),
        aliases: [...new Set(some(() => one(TEXTS)))].sort(),
        badge: maybe(one(TEXTS)),
        floor: maybe(one([0, 1, -1, 7, '123456789012345678901'])),
        vip: maybe(random.below(2) === 0),
        codes: [...new Set(some(() => one(TEXTS)))].sort(),
        from: maybe(one(['2026-01-01', '2026-02-01'])),
        manager: maybe(1 + random.below(170)),
      },
    }));
    const opened = { ...(await beginRun(here.store)), store: here.store } as Opened;
    await commit(opened, {
      objects: people.map(({ id, login, image }) =>
        object(id, {
          attributes: imageText(attributes(Object.entries({ ...image, login }))),
          state: one(['active', 'leaving', 'expected', 'gone'] as const),
          notes: '{"*":[1,1000]}',
        }),
      ),
      keys: {
        add: people.flatMap(({ id, login }) => keysOf(login).map((norm) => ({ scope: 'join:person.login', norm, owner: id }))),
        remove: [],
      },
    });
    const rows = await here.store.sync.scanObjects({ after: 0, limit: 1_000 });
    for (const [name, base] of servedBases(here.config)) {
      const [served] = base.types;
      const all = await itemsOf(rows, served!, base, here);
      expect(all.length).toBeGreaterThan(name === 'all' ? 90 : 20);
      const leaf = (): string => {
        const kind = random.below(7);
        const path = one(name === 'all' ? PATHS : PATHS.slice(0, 2));
        if (kind === 0) return `${path} pr`;
        if (kind === 1) return `active eq ${one(['true', 'false'])}`;
        if (kind === 2)
          return name === 'all' ? `${STAFF}:floor ${one(['eq', 'ne', 'gt', 'ge', 'lt', 'le'])} ${one([0, 1, 7])}` : 'id pr';
        if (kind === 3) return name === 'all' ? `${STAFF}:vip ${one(['eq', 'ne'])} ${one(['true', 'false'])}` : 'meta.version pr';
        if (kind === 4 && name === 'all')
          return `emails[type eq "${one(['work', 'other'])}" and value ${one(['eq', 'co', 'sw'])} ${text()}]`;
        if (kind === 5) return `manager.value eq "${1 + random.below(170)}"`;
        return `${path} ${one(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'le'])} ${text()}`;
      };
      const text = (): string => JSON.stringify(one(TEXTS));
      const filter = (deep: number): string => {
        const kind = deep === 0 ? 3 : random.below(5);
        if (kind === 0) return `(${filter(deep - 1)} and ${filter(deep - 1)})`;
        if (kind === 1) return `(${filter(deep - 1)} or ${filter(deep - 1)})`;
        return kind === 2 ? `not (${filter(deep - 1)})` : leaf();
      };
      for (let n = 0; n < 60; n++) {
        const asked = filter(2);
        const condition = compileFilter(parseFilter(asked), served!.type, { unknown: 'error' });
        const expected = all
          .filter(({ resource }) => holds(condition, foldDocument(resource, served!.type)))
          .map(({ row }) => row.id);
        const whole = await listOf(asked, served!, { whole: true, mostMs: 60_000 }, base, here);
        const page = await whole.page({ sort: null, after: null, offset: 0, limit: 1_000 });
        expect({ asked, found: page.items.map(({ row }) => row.id) }).toEqual({ asked, found: expected });
        expect({ asked, count: await whole.count() }).toEqual({ asked, count: expected.length });
        if (n % 6 > 0) continue;
        // Without any time a page is what was found so far, and the pages together are all.
        const found: number[] = [];
        for (let after: Position | null = null; ; ) {
          const some = await listOf(asked, served!, { whole: false, mostMs: n % 12 === 0 ? 0 : 60_000 }, base, here);
          const { items, more, position }: Awaited<ReturnType<typeof some.page>> = await some.page({
            sort: null,
            after,
            offset: 0,
            limit: 7,
          });
          found.push(...items.map(({ row }) => row.id));
          if (!more) break;
          after = position;
        }
        expect({ asked, found }).toEqual({ asked, found: expected });
      }
    }
  } finally {
    await here.close();
  }
});

function keysOf(login: string | null): string[] {
  const norm = login === null ? '' : normalForm(login, 'caseIgnore');
  return norm === '' ? [] : [norm];
}

it('what is wrong with what is to be served is named with its place', async () => {
  const here = await firm(YAML, ['hr']);
  try {
    const faults = async (scim: string): Promise<readonly string[]> => {
      const text = `${YAML.slice(0, YAML.indexOf('scim:'))}scim:\n  apps: ${scim}\n`;
      const loaded = await loadConfiguration({
        file: 'rollcall.yaml',
        definitions: CONNECTORS,
        env: {},
        readFile: async () => text,
      });
      return loaded.ok ? [] : loaded.faults.map(({ message }) => message);
    };
    expect(await faults('{ users: { attributes: { emails: mail } } }')).toEqual([
      'scim.apps.users.attributes.emails: it names none of several values',
    ]);
    expect(await faults('{ users: { attributes: { nickName: logni } } }')).toEqual([
      'scim.apps.users.attributes.nickName: there is no person attribute logni',
    ]);
    expect(await faults('{ users: { attributes: { title: manager } } }')).toEqual([
      'scim.apps.users.attributes.title: this is a reference',
    ]);
    expect(await faults("{ users: { filter: 'nickName eq' } }")).toEqual([expect.stringContaining('scim.apps.users.filter: ')]);
    expect(await faults("{ groups: { attributes: { displayName: name }, filter: 'members pr' } }")).toEqual([
      'scim.apps.groups.filter: who is served is not decided by groups and members',
    ]);
    expect(await faults('{ users: false, groups: false }')).toEqual(['scim.apps: nothing is served']);
    expect(await faults('{}')).toEqual([]);
  } finally {
    await here.close();
  }
});
