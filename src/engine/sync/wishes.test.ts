import { expect, it } from 'vitest';
import type { ExportState, Presence, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';
import { type TargetView, takeBack, wishFor } from './wishes.ts';

const connection = { name: 'dir', imports: new Map() };
const rule = { to: 'user', provision: true, when: () => true };

function row(id: number, presence: Presence, state: ExportState | null, more: object = {}): StagedRow {
  const wish = state === null ? null : { state, operation: presence === 'pending' ? 'create' : 'update' };
  const known = { connection: 'dir', kind: 'user', steps: null, protected: false, origin: null };
  return { id, revision: id, presence, export: wish, ...known, ...more } as unknown as StagedRow;
}
const person = (rows: StagedRow[]) =>
  ({ id: 7, rows, life: { state: 'active' }, clock: { now: 0, due: 0 } }) as unknown as Evaluated;
const taken = (rows: StagedRow[], kept = rows[0]!) =>
  takeBack(person(rows), { connection, rule, row: kept } as unknown as Parameters<typeof takeBack>[1]);

it('what waits beside the account that is kept is taken back, whether it was to be made or written', () => {
  const rows = [
    row(1, 'present', 'waiting'),
    row(2, 'present', 'waiting'),
    row(3, 'held', 'failed'),
    row(4, 'pending', 'held'),
    row(5, 'pending', 'failed'),
  ];
  expect(taken(rows)).toEqual([
    { staged: 2, expectRevision: 2, export: null },
    { staged: 3, expectRevision: 3, export: null },
    { staged: 4, expectRevision: 4, export: null, presence: 'gone' },
    { staged: 5, expectRevision: 5, export: null, presence: 'gone' },
  ]);
});

it('what is on its way beside it stays known, and what is of another target or kind is left alone', () => {
  const rows = [
    row(1, 'present', null),
    row(2, 'present', 'sent'),
    row(3, 'present', 'unknown'),
    row(4, 'pending', 'sent'),
    row(5, 'pending', 'unknown'),
    row(6, 'present', null),
    row(7, 'present', 'waiting', { connection: 'book' }),
    row(8, 'pending', 'waiting', { kind: 'group' }),
  ];
  expect(taken(rows)).toEqual([]);
});

it.each(['sent', 'unknown'] as const)('of several that are to be made, the one that is on its way is waited for: %s', (state) => {
  const target = { connection, rule, excluded: new Set(), known: true, promised: undefined };
  const rows = [row(1, 'pending', 'waiting'), row(2, 'pending', state), row(3, 'gone', null)];
  const wish = wishFor({} as EngineContext, person(rows), target as unknown as TargetView, { object: {} });
  expect(wish).toMatchObject({ row: { id: 2 }, write: null });
  expect(taken(rows, wish.row!)).toEqual([{ staged: 1, expectRevision: 1, export: null, presence: 'gone' }]);
});
