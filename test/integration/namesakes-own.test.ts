/** SEMANTICS 12: of namesakes each gets the first value that is free for them, in batches of any size. */
import { expect, it } from 'vitest';
import { firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const LOGIN = 'person.displayName.lower()';

async function loginsOf(counting: string, batch: number): Promise<Record<string, unknown>> {
  const here = await firm(
    hrAndDirectory({
      top: `gates: { ${unlimited('create', 'update', 'attribute')} }
attributes: { person: { login: { unique: { candidates: ['\${${LOGIN}}', '\${${counting}}'], uniqueIn: [dir.uid, dir.alias] } } } }`,
      read: 'displayName: name, site: site',
      written: 'uid: login',
    }),
  );
  here.batch = batch;
  try {
    for (let n = 1; n <= 8; n++)
      here.system('hr').put('person', `p${n}`, { id: `p${n}`, name: 'Smith', site: n % 2 === 0 ? 'b' : 'a' });
    here.system('dir').put('person', 'x6', { number: 'p6', alias: ['smith5', 'sam'] });
    await here.first();
    return Object.fromEntries(
      here
        .system('dir')
        .objects()
        .map(({ attributes }) => [attributes.number, attributes.uid]),
    );
  } finally {
    await here.close();
  }
}

it.each([
  ['an alias of one of them', `${LOGIN} + string(n)`, { p5: 'smith6', p6: 'smith5', p7: 'smith7', p8: 'smith8' }],
  [
    'candidates that part late',
    `n < 4 ? ${LOGIN} + string(n) : ${LOGIN} + person.site + string(n)`,
    { p4: 'smithb4', p5: 'smitha4', p6: 'smithb5', p7: 'smitha5', p8: 'smithb6' },
  ],
])('%s', async (_, counting, logins) => {
  const all = await loginsOf(counting, 1_000);
  expect(all).toMatchObject({ p1: 'smith', p2: 'smith2', p3: 'smith3', ...logins });
  expect(await loginsOf(counting, 1)).toEqual(all);
});
