import { expect, it } from 'vitest';
import type { Change, Connection, ReadObject } from '#connectors/contract';
import { wholeWhereUnknown } from './unknown.ts';

const patch = (anchor: string): Change => ({ op: 'patch', kind: 'group', anchor, add: { member: ['x'] } });
const whole = (anchor: string): ReadObject => ({ kind: 'group', anchor, attributes: { name: anchor, member: ['x'] } });
const connection = (deltas: boolean | 'only', there: readonly string[]): Pick<Connection, 'read' | 'lookup'> => ({
  read: { deltas, read: () => expect.unreachable() },
  lookup: async (by) => ('anchor' in by && there.includes(by.anchor) ? [whole(by.anchor)] : []),
});
const HELD = (entry: ReadObject | Change): boolean => entry.anchor === 'held';

it('what is held is patched; what is not is looked up, once, and nothing where it is gone', async () => {
  const entries = [
    patch('held'),
    patch('new'),
    patch('new'),
    patch('gone'),
    { op: 'delete', kind: 'group', anchor: 'other' } as const,
  ];
  expect(await wholeWhereUnknown(connection(true, ['new']), entries, HELD)).toEqual([
    patch('held'),
    whole('new'),
    patch('new'),
    { op: 'delete', kind: 'group', anchor: 'other' },
  ]);
});

it('a feed that is all there is, and one that nobody can ask, are taken as they are', async () => {
  expect(await wholeWhereUnknown(connection('only', []), [patch('new')], HELD)).toEqual([patch('new')]);
  const { read } = connection(true, []);
  expect(await wholeWhereUnknown({ read: read! }, [patch('new')], HELD)).toEqual([patch('new')]);
});
