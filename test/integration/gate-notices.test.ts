/** A hold is told once in each run, as it stands at its end, however often the run looks at it. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create')} }`,
  read: 'displayName: name, manager: { reference: boss }',
  written: 'cn: displayName, boss: { value: manager, by: anchor }',
});
let here: Firm;
afterEach(() => here.close());

const IDS = Array.from({ length: 20 }, (_, i) => `p${String(i).padStart(2, '0')}`);
const person = (id: string, more: object = {}) => here.system('hr').put('person', id, { id, name: `Person ${id}`, ...more });

async function begin(): Promise<void> {
  here = await firm(YAML);
  for (const id of IDS) person(id);
  await here.first();
  expect(here.system('dir').objects()).toHaveLength(20);
  here.now += 25 * HOUR;
}
const gates = (notices: readonly { kind: string; hold: number | null; message: string }[]) =>
  notices.filter((one) => one.kind === 'gate').map(({ hold, message }) => [hold, message]);

it('one cause that trips two gates: a notice of each hold, with its number', async () => {
  await begin();
  person('p99');
  for (const id of IDS.slice(0, 7)) person(id, { boss: 'p19' });
  for (const id of IDS.slice(7, 15)) person(id, { boss: 'p99' });
  const { notices } = await here.run();
  expect(here.system('dir').get('person', 'p99')).toBeDefined();
  const holds = (await here.store.exports.holds('dir')).filter((one) => one.closedAt === null);
  expect(holds.map(({ part, count }) => [part, count])).toEqual([
    ['attribute:boss', 15],
    ['update', 15],
  ]);
  expect(gates(notices)).toEqual([
    [holds[0]!.id, 'dir: 15 changes of kind "attribute:boss" are held: over the limit of 5; other changes go on'],
    [holds[1]!.id, 'dir: 15 changes of kind "update" are held: over the limit of 5; other changes go on'],
  ]);
});
