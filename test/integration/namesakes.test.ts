/** SEMANTICS 12: however many share a name, each gets the next counter, over batches of a run and from run to run. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

let here: Firm;
afterEach(() => here.close());

it('the counter goes on without a gap', async () => {
  here = await firm(
    hrAndDirectory({
      top: `gates: { ${unlimited('create', 'update', 'attribute')} }
attributes: { person: { login: { unique: { candidates: ['\${person.displayName.lower()}', '\${person.displayName.lower() + string(n)}'], uniqueIn: [dir.uid] } } } }`,
      written: 'uid: login',
    }),
  );
  const put = (n: number) => here.system('hr').put('person', `p${n}`, { id: `p${n}`, name: n % 2 === 0 ? 'Smith' : 'SMITH' });
  // Taken by an account of nobody, far ahead.
  here.system('dir').put('person', 'x', { uid: 'smith900' });
  for (let n = 0; n < 1_200; n++) put(n);
  await here.first();
  for (let n = 1_200; n < 1_210; n++) put(n);
  await here.run();
  const logins = here
    .system('dir')
    .objects()
    .map(({ attributes }) => Number(String(attributes.uid).replace('smith', '') || 1))
    .sort((a, b) => a - b);
  expect(logins).toEqual(Array.from({ length: 1_211 }, (_, i) => i + 1));
});
