/** Docs/decisions/0010: however many pushes come, a cycle goes on between them, in each of its phases; and they go on beside it. */
import { expect, it } from 'vitest';
import { push } from '#runs/index';
import { firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute')} }`,
  read: 'displayName: name',
  others: `guests:
  type: memory
  system: guests
  owner: true
  import: { person: { join: employeeId, project: true, attributes: { employeeId: id, room: room } } }`,
  written: 'cn: displayName, room: room',
});

const PEOPLE = 60;
/** As an identity provider that never ends: so many are always asked for. */
const AT_ONCE = 6;

it('a cycle comes to its end while pushes never end', async () => {
  const here = await firm(YAML, ['hr', 'guests', 'dir']);
  try {
    await here.store.spaces.saveState('dir', { mode: 'on' }, null);
    const hire = (name: string): void => {
      for (let i = 0; i < PEOPLE; i++) here.system('hr').put('person', `h${i}`, { id: `h${i}`, name });
    };
    hire('New');
    await here.run();
    hire('Married');
    let ended = false;
    let worked = 0;
    const services = { config: here.config, store: here.store, wall: () => here.now };
    here.batch = 5;
    const cycle = here.run().finally(() => {
      ended = true;
    });
    const pushes = async (who: number): Promise<void> => {
      for (let n = 0; !ended; n++) {
        const change = { kind: 'person', anchor: `g${who}`, attributes: { id: `g${who}`, room: String(n) } };
        const pushed = await push({ connection: 'guests', change, by: 'webhook' }, services);
        await pushed.worked;
        if (!ended) worked++;
        expect(await pushed.settled).toMatchObject({ status: 'done' });
      }
    };
    await Promise.all([cycle, ...Array.from({ length: AT_ONCE }, (_, who) => pushes(who))]);
    expect(await cycle).toMatchObject({ status: 'done' });
    expect(worked).toBeGreaterThan(AT_ONCE);
    expect(here.system('dir').get('person', 'h0')!.attributes).toMatchObject({ cn: 'Married' });
    await here.run();
    expect(here.system('dir').objects()).toHaveLength(PEOPLE + AT_ONCE);
  } finally {
    await here.close();
  }
});
