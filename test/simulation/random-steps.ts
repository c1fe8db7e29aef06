/** Random days: lists of steps. All are fast-check values, so a failing case shrinks. */
import fc from 'fast-check';
import type { Step } from './organisation.ts';
import { badgeHolder, day, deskHolder, first, last, MEMBERS, number, person, phone, room } from './random-organisation.ts';

const which = fc.nat({ max: 7 });

/** Steps that make sense in an organisation: those that name a system it does not have do nothing. */
export function step(ambiguous: boolean): fc.Arbitrary<Step> {
  const put = fc.oneof(
    person('hr', ambiguous).map((object): Step => ({ do: 'put', connection: 'hr', object })),
    person('temps', false).map((object): Step => ({ do: 'put', connection: 'temps', object })),
    badgeHolder.map((object): Step => ({ do: 'put', connection: 'badge', object })),
    deskHolder.map((object): Step => ({ do: 'put', connection: 'desk', object })),
  );
  const set = fc.oneof(
    fc
      .record({
        which,
        attributes: fc.record(
          {
            first,
            last,
            department: fc.constantFrom('Sales', 'Research', null),
            phone,
            end: day,
            boss: fc.option(number.map((n) => `hr-${n}`)),
            status: fc.constantFrom('staff', 'excluded'),
          },
          { requiredKeys: [] },
        ),
      })
      .map((s): Step => ({ do: 'set', connection: 'hr', ...s })),
    fc
      .record({
        which,
        attributes: fc.record(
          { phone, cn: fc.constantFrom('somebody', null), mail: fc.constantFrom('other@example.org', null) },
          { requiredKeys: [] },
        ),
      })
      .map((s): Step => ({ do: 'set', connection: 'dir', ...s })),
    fc.record({ which, attributes: fc.record({ room }) }).map((s): Step => ({ do: 'set', connection: 'badge', ...s })),
  );
  return fc.oneof(
    { weight: 3, arbitrary: put },
    { weight: 5, arbitrary: set },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('delete' as const),
        connection: fc.constantFrom('hr', 'hr', 'temps', 'badge', 'desk', 'dir', 'app'),
        which,
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ which, member: fc.constantFrom(...MEMBERS) })
        .map((change): Step => ({ do: 'member', connection: 'hr', ...change })),
    },
    {
      weight: 1,
      arbitrary: fc
        .record({ connection: fc.constantFrom('hr', 'hr', 'dir', 'app'), which })
        .map((group): Step => ({ do: 'delete', kind: 'group', ...group })),
    },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 6 }).map((days): Step => ({ do: 'days', days })) },
  );
}

export const partialRun: fc.Arbitrary<Step> = fc
  .constantFrom(
    'cycle' as const,
    'full-import' as const,
    'delta-import' as const,
    'full-sync' as const,
    'delta-sync' as const,
    'export' as const,
  )
  .map((profile) => ({ do: 'run', profile }));
