/** SEMANTICS 1 and 16: a push in the middle of the very first generation, when the store has nobody yet. */
import { afterEach, expect, it } from 'vitest';
import { push } from '#runs/index';
import { type Firm, firm } from './firm.ts';

const YAML = `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, mail: mail } }
  guests:
    type: memory
    system: guests
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, mail: mail } }
  badge:
    type: memory
    system: badge
    import:
      person: { join: mail, attributes: { mail: mail, phone: phone } }
  last:
    type: memory
    system: last
    import:
      person: { join: mail, attributes: { mail: mail, room: room } }
`;
let here: Firm;
afterEach(() => here.close());

async function doubtful(): Promise<unknown[]> {
  return (await here.parked('linkDoubtful')).map((one) => (JSON.parse(one.detail) as { candidates: unknown }).candidates);
}

it('who shares a join key with somebody that was pushed meanwhile is looked at again', async () => {
  here = await firm(YAML, ['hr', 'guests', 'badge', 'last']);
  here.system('hr').put('person', 'p1', { id: '1', mail: 'shared@x' });
  here.system('badge').put('person', 'b', { mail: 'shared@x', phone: '7' });
  here.system('last').put('person', 'l', { mail: 'nobody@x' });
  const { orderedIds } = here.store.sync;
  let settled: Promise<unknown> | undefined;
  Object.assign(here.store.sync, {
    orderedIds: async (...asked: Parameters<typeof orderedIds>) => {
      const ids = await orderedIds(...asked);
      if (asked[0] !== 'last') return ids;
      // All links of the run are decided but those of the last connection, and nothing is committed.
      Object.assign(here.store.sync, { orderedIds });
      const change = { kind: 'person', anchor: 'g', attributes: { id: '2', mail: 'shared@x' } };
      const services = { config: here.config, store: here.store, wall: () => here.now };
      settled = (await push({ connection: 'guests', change, by: 'webhook' }, services)).settled;
      return ids;
    },
  });
  await here.run();
  await settled;
  await here.run({ profile: 'delta-sync' });
  const found = await doubtful();
  expect(found).toEqual([[expect.any(Number), expect.any(Number)]]);
  await here.run({ profile: 'full-sync' });
  expect(await doubtful()).toEqual(found);
});
