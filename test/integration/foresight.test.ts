/** What links are foreseen to bring is asked batch by batch, for what is in the batch (docs/decisions/0008). */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';

const yaml = `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } } }
  ad:
    type: memory
    system: ad
    import: { person: { join: employeeId, attributes: { employeeId: number, mail: mail } } }
  crm:
    type: memory
    system: crm
    import: { person: { join: mail, project: true, attributes: { mail: mail, phone: phone } } }
`;
const PEOPLE = 40;

let here: Firm;
afterEach(() => here.close());

it('a first run that joins by what another system brings asks for each person a few times, however many batches there are', async () => {
  here = await firm(yaml, ['hr', 'ad', 'crm']);
  here.batch = 4;
  for (let i = 0; i < PEOPLE; i++) {
    here.system('hr').put('person', `h${i}`, { id: `${i}`, name: `n${i}` });
    here.system('ad').put('person', `a${i}`, { number: `${i}`, mail: `m${i}@example.org` });
    here.system('crm').put('person', `c${i}`, { mail: `m${i}@example.org`, phone: `${i}` });
  }
  const { spaces } = here.store;
  const accounts = spaces.accounts.bind(spaces);
  let asked = 0;
  spaces.accounts = (connection, objects) => {
    asked += objects.length;
    return accounts(connection, objects);
  };
  await here.run();
  expect((await here.store.people.counts())['person']).toBe(PEOPLE);
  for (let i = 0; i < PEOPLE; i++)
    expect((await here.account('crm', `c${i}`))!.objectId).toBe((await here.account('hr', `h${i}`))!.objectId);
  expect(asked).toBeLessThanOrEqual(3 * PEOPLE);
});
