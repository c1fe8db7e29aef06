/** SEMANTICS 1: who competes in one run is served by rank of the connection, then anchor, in batches of any size. */
import { expect, it } from 'vitest';
import { firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const yaml = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute', 'disable', 'delete')} }
attributes: { person: { login: { unique: { onRename: regenerate, candidates: ['\${person.displayName.lower()}', '\${person.displayName.lower() + string(n)}'], uniqueIn: [dir.uid] } } } }`,
  dir: 'mode: on\nprotect: [p2]\ndeprovision: { action: delete }',
  written: 'uid: login, cn: displayName',
});

/** p10 is new and named as p3 is now: who is named anew, who came back, and who gave the name away. */
async function loginsOf(story: { leaves: boolean; gives: boolean }, batch: number): Promise<Record<string, unknown>> {
  const here = await firm(yaml);
  here.batch = batch;
  const put = (id: string, name: string): void => here.system('hr').put('person', id, { id, name });
  const later = async (): Promise<void> => {
    here.now += HOUR;
    await here.run();
  };
  try {
    put('p1', 'Cy');
    put('p3', 'Bob');
    put('p4', 'Cy');
    await here.first();
    if (story.leaves) {
      here.system('hr').remove('person', 'p3');
      await later();
      await later();
    }
    for (const id of ['p10', 'p11', 'p3']) put(id, 'Cy');
    if (story.gives) put('p1', 'Dan');
    await later();
    await later();
    return Object.fromEntries(
      here
        .system('dir')
        .objects()
        .map(({ anchor, attributes }) => [anchor, attributes.uid]),
    );
  } finally {
    await here.close();
  }
}

it.each([
  { leaves: false, gives: false },
  { leaves: true, gives: false },
  { leaves: true, gives: true },
])('known and new people of one name get their logins in the order of anchors: %o', async (story) => {
  const logins = await loginsOf(story, 1_000);
  expect(logins).toEqual({ p1: story.gives ? 'dan' : 'cy', p10: 'cy3', p11: 'cy4', p3: 'cy5', p4: 'cy2' });
  expect([await loginsOf(story, 1), await loginsOf(story, 2)]).toEqual([logins, logins]);
});

it('a protected account keeps its place though it is linked last', async () => {
  const at = async (batch: number): Promise<readonly unknown[]> => {
    const here = await firm(
      yaml.replace(
        'join: employeeId, attributes: { employeeId: number',
        'join: employeeId, project: true, attributes: { displayName: cn, employeeId: number',
      ),
    );
    here.batch = batch;
    try {
      for (const id of ['p1', 'p2', 'p3']) here.system('dir').put('person', id, { number: `n${id}`, cn: 'Cy' });
      here.system('hr').put('person', 'x', { id: 'x', name: 'Bob' });
      await here.run();
      const all = await here.store.sync.scanObjects({ after: 0, limit: 100 });
      return all
        .map(({ attributes }) => JSON.parse(attributes))
        .map((a) => [a.employeeId, a.login])
        .sort();
    } finally {
      await here.close();
    }
  };
  const all = await at(1_000);
  expect(all).toEqual([
    ['np1', 'cy'],
    ['np2', 'cy2'],
    ['np3', 'cy3'],
    ['x', 'bob'],
  ]);
  expect([await at(1), await at(2)]).toEqual([all, all]);
});
