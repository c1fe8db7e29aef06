import { describe, expect, it } from 'vitest';
import { unignored } from '#runs/ignored';
import type { DecisionRow, DirtyRange, ParkedRow, Store } from '#store/contract';
import { decide, type ParkedSurroundings } from './parked.ts';

const WHO = { by: 'Ada', reason: 'asked her', at: 5 };

function item(id: number, kind: string, more: Partial<ParkedRow> = {}): ParkedRow {
  return { id, kind, connection: 'ad', stagedId: id * 10, objectId: null, detail: '{}', since: 0, run: 1, ...more };
}

function world(rows: ParkedRow[], accounts: object[] = []) {
  const decisions: (Omit<DecisionRow, 'id' | 'revokedAt'> & { dirty: readonly DirtyRange[] })[] = [];
  const marked: object[] = [];
  const store = {
    decisions: {
      parked: async (_: object, { after, limit }: { after: number; limit: number }) =>
        rows.filter((row) => row.id > after).slice(0, limit),
      record: async (one: Omit<DecisionRow, 'id' | 'revokedAt'>, dirty: readonly DirtyRange[]) =>
        decisions.push({ ...one, dirty }),
      list: async ({ stagedIds, kinds }: { stagedIds?: number[]; kinds?: string[] }) =>
        decisions
          .filter((one) => kinds === undefined || kinds.includes(one.kind))
          .filter((one) => (stagedIds === undefined ? one.objectId !== null : stagedIds.includes(one.stagedId ?? -1))),
    },
    spaces: {
      resolve: async () => accounts,
      byIds: async (ids: number[]) =>
        ids.map((id) => ({
          id,
          connection: 'ad',
          objectId: null,
          export: { state: 'failed', revision: 3, approved: null, discarded: null },
        })),
    },
    sync: { objects: async () => [] },
    exports: { mark: async (batch: { rows: object[] }) => void marked.push(...batch.rows) },
  } as unknown as Store;
  const surroundings = {
    store,
    config: {
      connections: [],
      kinds: new Map([['person', { attributes: new Map([['login', { type: 'string', multi: false, matching: 'exact' }]]) }]]),
    },
  } as unknown as ParkedSurroundings;
  return { store, surroundings, decisions, marked };
}

describe('deciding a parked item', () => {
  it('links it to a person and has both looked at again', async () => {
    const { surroundings, decisions } = world([item(1, 'ambiguous')]);
    await expect(decide({ id: 1, choice: 'link', person: null }, WHO, surroundings)).rejects.toThrow(/--person/);
    await decide({ id: 1, choice: 'link', person: 7 }, WHO, surroundings);
    expect(decisions).toMatchObject([
      {
        kind: 'link',
        stagedId: 10,
        objectId: 7,
        by: 'Ada',
        dirty: [
          { subject: 'staged', from: 10 },
          { subject: 'object', from: 7 },
        ],
      },
    ]);
  });

  it('adopts the account that stands in the way, if it is still free', async () => {
    const parked = item(2, 'accountExists', { stagedId: null, objectId: 7, detail: '{"anchor":"zoe","by":"anchor"}' });
    const free = world([parked], [{ key: 'zoe', stagedId: 55, objectId: null, presence: 'present' }]);
    await decide({ id: 2, choice: 'adopt', person: null }, WHO, free.surroundings);
    expect(free.decisions).toMatchObject([{ kind: 'adopt', stagedId: 55, objectId: 7 }]);
    const taken = world([parked], [{ key: 'zoe', stagedId: 55, objectId: 8, presence: 'present' }]);
    await expect(decide({ id: 2, choice: 'adopt', person: null }, WHO, taken.surroundings)).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(taken.decisions).toEqual([]);
  });

  it('tries a refused change again', async () => {
    const { surroundings, marked } = world([item(3, 'refused')]);
    await decide({ id: 3, choice: 'retry', person: null }, WHO, surroundings);
    expect(marked).toMatchObject([{ id: 30, revision: 3, state: 'waiting' }]);
  });

  it('refuses what is not a choice, or not there', async () => {
    const { surroundings, decisions } = world([item(1, 'unjoined')]);
    await expect(decide({ id: 1, choice: 'lnik', person: 1 }, WHO, surroundings)).rejects.toMatchObject({
      remedy: "Did you mean 'link'?",
    });
    await expect(decide({ id: 1, choice: 'adopt', person: 1 }, WHO, surroundings)).rejects.toMatchObject({
      kind: 'invalidValue',
    });
    await expect(decide({ id: 9, choice: 'link', person: 1 }, WHO, surroundings)).rejects.toMatchObject({ kind: 'notFound' });
    expect(decisions).toEqual([]);
  });

  it('takes off the list what somebody said to ignore, and only that', async () => {
    const rows = [
      item(1, 'unjoined'),
      item(2, 'unjoined'),
      item(3, 'debt', { stagedId: null, objectId: 4 }),
      item(4, 'invalidValue', { stagedId: 10 }),
    ];
    const { store, surroundings } = world(rows);
    await decide({ id: 1, choice: 'ignore', person: null }, WHO, surroundings);
    await decide({ id: 3, choice: 'ignore', person: null }, WHO, surroundings);
    expect((await unignored(rows, store)).map((row) => row.id)).toEqual([2, 4]);
  });
});
