import { expect, it } from 'vitest';
import type { DecisionRow, DirtyRange, ParkedRow, Store } from '#store/contract';
import { decidedOf } from './decided.ts';

const item = (id: number, kind: string, more: Partial<ParkedRow> = {}): ParkedRow => ({
  id,
  kind,
  connection: 'dir',
  stagedId: id,
  objectId: null,
  detail: '{}',
  since: 100,
  run: 1,
  ...more,
});
const decision = (id: number, kind: DecisionRow['kind'], more: Partial<DecisionRow> = {}): DecisionRow => ({
  id,
  kind,
  stagedId: null,
  objectId: null,
  connection: null,
  detail: '{}',
  by: 'Ada',
  at: 200,
  reason: 'x',
  revokedAt: null,
  ...more,
});

async function decided(
  items: readonly ParkedRow[],
  decisions: readonly DecisionRow[],
  ranges: readonly Partial<DirtyRange>[] = [],
) {
  const store = {
    decisions: {
      list: async ({ stagedIds, objectIds }: { stagedIds?: readonly number[]; objectIds?: readonly number[] }) =>
        decisions.filter((one) => stagedIds?.includes(one.stagedId ?? -1) || objectIds?.includes(one.objectId ?? -1)),
    },
    sync: { dirty: async () => ({ ranges }) },
  } as unknown as Store;
  return [...(await decidedOf(items, store))].map(([id, { decision: by, waitsFor }]) => [id, by.id, waitsFor]);
}

it('marks what a person decided, by the item or by a command that says the same', async () => {
  const items = [
    item(1, 'ambiguous'),
    item(2, 'ambiguous'),
    item(3, 'accountExists', { stagedId: null, objectId: 7 }),
    item(4, 'uniqueTaken', { stagedId: null, objectId: 8, detail: '{"attribute":"login"}' }),
    item(5, 'unjoined'),
  ];
  const decisions = [
    decision(10, 'link', { stagedId: 1, detail: '{"parked":"ambiguous"}' }),
    decision(11, 'link', { stagedId: 2 }),
    decision(12, 'adopt', { stagedId: 55, objectId: 7, detail: '{"parked":"accountExists"}' }),
    decision(13, 'fixed', { objectId: 8, detail: '{"attribute":"login","value":"x"}' }),
  ];
  expect(
    await decided(items, decisions, [
      { subject: 'staged', from: 1, to: 1 },
      { subject: 'object', from: 7, to: 8 },
    ]),
  ).toEqual([
    [1, 10, 'run'],
    [2, 11, null],
    [3, 12, 'run'],
    [4, 13, 'run'],
  ]);
});

it('one that a gate holds waits for an approval, whichever way it came', async () => {
  const decisions = [
    decision(10, 'heldLink', { stagedId: 1, detail: '{"as":"link","detail":{"parked":"linkDoubtful"}}' }),
    decision(11, 'heldLink', { stagedId: 2, detail: '{"as":"barred","detail":{}}' }),
  ];
  expect(await decided([item(1, 'linkDoubtful'), item(2, 'linkDoubtful')], decisions)).toEqual([
    [1, 10, 'approval'],
    [2, 11, 'approval'],
  ]);
});

it('does not take for it what is about something else, or was decided before; of several the latest counts', async () => {
  const items = [
    item(1, 'unjoined'),
    item(2, 'invalidValue', { objectId: 8, detail: '{"attribute":"phone"}' }),
    item(3, 'unjoined'),
    item(4, 'unjoined'),
  ];
  const decisions = [
    decision(10, 'ignore', { stagedId: 1, detail: '{"parked":"invalidValue"}' }),
    decision(11, 'fixed', { objectId: 8, detail: '{"attribute":"login"}' }),
    decision(12, 'link', { stagedId: 3, at: 99 }),
    decision(13, 'link', { stagedId: 4 }),
    decision(14, 'barred', { stagedId: 4 }),
  ];
  expect(await decided(items, decisions)).toEqual([[4, 14, null]]);
});
