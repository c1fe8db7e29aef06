/** SEMANTICS 6: a read that is short, broken, empty or lost a column proves nothing; nobody is gone by it. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { FaultRule } from '#connectors/fault-injection/index';
import { announce, parameters } from './driver.ts';
import { engineHouse } from './engine-house.ts';
import type { Organisation } from './organisation.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';

/** Of the large ones. */
const RUNS = 2;

beforeAll(() => announce('absence'));

const wrong: fc.Arbitrary<FaultRule['do']> = fc.oneof(
  fc.nat({ max: 3 }).map((limit) => ({ limit })),
  fc.nat({ max: 3 }).map((breakAfter) => ({ breakAfter })),
  fc.nat({ max: 3 }).map((cutAfter) => ({ cutAfter })),
  fc.constant({ breakAfterPage: 0 }),
  fc.constant({ repeatPage: 1 }),
  fc.constant({ refuse: 'permission' as const }),
);

it('a bad read changes nobody, and the next good one finds all as it was', async () => {
  await fc.assert(
    fc.asyncProperty(organisation(shape, true), wrong, fc.constantFrom('hr', 'dir'), async (org, fault, connection) => {
      const house = await engineHouse(org);
      try {
        await house.settle();
        const before = await house.end();
        house.script(connection, { on: 'read', after: 0, times: 1, do: fault });
        await house.once('full-import');
        await house.once('cycle');
        expect(await house.end()).toEqual(before);
        await house.once('full-import');
        await house.settle();
        expect(await house.end()).toEqual(before);
      } finally {
        await house.close();
      }
    }),
    parameters(8),
  );
});

const CROWD = 120;
/** What each of a crowd has: a column that more than half of them lose is an outage, though the system does not list its columns. */
const COLUMNS = ['first', 'last', 'department', 'phone', 'mail', 'id'];

/** As many people as it takes for an outage to be provable, beside those of a random organisation. */
function crowded(org: Organisation): Organisation {
  const hr = org.systems['hr']!;
  const crowd = Array.from({ length: CROWD }, (_, i) => ({
    kind: 'person',
    anchor: `crowd-${i}`,
    attributes: {
      id: `C${i}`,
      first: 'Kim',
      last: `Nr ${i}`,
      department: i % 2 === 0 ? 'Sales' : 'Research',
      phone: `1${i}`,
      mail: `c${i}@example.org`,
      status: 'staff',
    },
  }));
  return { ...org, systems: { ...org.systems, hr: { ...hr, objects: [...crowd, ...hr.objects] } } };
}

it('columns that a large source lost change nobody, and are believed when they are back', async () => {
  const large = organisation(shape, true).map(crowded);
  const hidden = fc.subarray(COLUMNS, { minLength: 1 });
  let outages = 0;
  await fc.assert(
    fc.asyncProperty(large, hidden, async (org, hide) => {
      const house = await engineHouse(org);
      try {
        await house.settle();
        const before = await house.end();
        house.script('hr', { on: 'read', after: 0, times: 1, do: { hide } });
        outages += (await house.once('full-import')).notices.filter((notice) => notice.kind === 'outage').length;
        await house.once('cycle');
        expect(await house.end()).toEqual(before);
        await house.once('full-import');
        await house.settle();
        expect(await house.end()).toEqual(before);
      } finally {
        await house.close();
      }
    }),
    parameters(RUNS),
  );
  expect(outages).toBeGreaterThan(0);
});
