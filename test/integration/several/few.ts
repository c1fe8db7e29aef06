/** Ten people whose accounts are made at once, in targets that settle a create of unknown outcome in one way or another. */
import type { House } from './house.ts';
import { STORE } from './house.ts';

export const FEW = 10;
export const CREATES = ['callerKey', 'idempotencyKey', 'lookup'] as const;
export type Creates = (typeof CREATES)[number];
const OPEN = { percent: 100, count: 1_000 };

/** How the target is: it only says that something is done, and is read back; or it is written as a whole. */
export type Manner = 'silent' | 'whole';
const MANNERS = { silent: { answers: 'anchor', lookup: false }, whole: { atomic: true } } as const;

export const FEW_YAML = (creates: Creates, tag: string, manner?: Manner): string =>
  JSON.stringify({
    store: STORE,
    gates: Object.fromEntries(['create', 'update', 'attribute'].map((part) => [part, OPEN])),
    connections: {
      hr: {
        type: 'memory',
        system: `hr${tag}`,
        owner: true,
        import: { person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', displayName: 'name' } } },
      },
      dir: {
        type: 'memory',
        system: `dir${tag}`,
        creates,
        anchors: creates === 'callerKey' ? 'caller' : 'system',
        ...(creates === 'lookup' ? { lookupAttribute: 'number' } : {}),
        visibleWithinSeconds: 1,
        ...(manner === undefined ? {} : MANNERS[manner]),
        import: { person: { join: 'employeeId', attributes: { employeeId: 'number' } } },
        export: {
          person: {
            provision: true,
            ...(creates === 'callerKey' ? { anchor: 'employeeId' } : {}),
            attributes: { number: 'employeeId', cn: 'displayName' },
          },
        },
      },
    },
  });

export const numberOf = (i: number): string => `E${i + 10}`;
export const NUMBERS: readonly string[] = Array.from({ length: FEW }, (_, i) => numberOf(i));

export function hire(here: House): void {
  for (const [i, id] of NUMBERS.entries()) here.system('hr').put('person', id, { id, name: `Name ${i}` });
}

/** The number of each account there is, one for each. */
export function accounts(here: House): readonly string[] {
  return here
    .system('dir')
    .objects()
    .map(({ attributes }) => String(attributes['number']))
    .sort();
}
