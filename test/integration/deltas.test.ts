/** SEMANTICS 1, 6 and 16: what a change feed says gets in, whatever happens while it is read, and the next full read agrees. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';

const YAML = `store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 1000 }, update: { percent: 100, count: 1000 }, attribute: { percent: 100, count: 1000 } }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, mail: mail } }
  dir:
    type: memory
    system: dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName, mail: mail } }
`;

let here: Firm;
afterEach(() => here.close());

async function begin(people = 3): Promise<void> {
  here = await firm(YAML);
  for (let i = 1; i <= people; i++) here.system('hr').put('person', `${i}`, { id: `${i}`, name: 'Old' });
  await here.run();
  await here.approve('dir');
  await here.run();
}

const account = (id: string) => here.system('dir').get('person', id)?.attributes;

it('a store that fails while changes are staged: they are read again', async () => {
  await begin();
  const hr = here.system('hr');
  for (const change of [{ name: 'A' }, { name: 'B' }, { name: 'C', mail: 'c@x' }]) hr.put('person', '1', { id: '1', ...change });
  const { stage } = here.store.spaces;
  let stages = 0;
  Object.assign(here.store.spaces, {
    stage: async (...batch: Parameters<typeof stage>) => {
      if (++stages === 2) throw new Error('database or disk is full');
      return await stage(...batch);
    },
  });
  const report = await here.run();
  expect(report.faults).toMatchObject([{ message: expect.stringContaining('disk is full'), where: { connection: 'hr' } }]);
  Object.assign(here.store.spaces, { stage });
  await here.run();
  expect(account('1')).toMatchObject({ cn: 'C', mail: 'c@x' });
});
