import { expect, it } from 'vitest';
import type { DecisionRow, StagedRow } from '#store/contract';
import type { GatedSurroundings } from './decision.ts';
import { requirePlaces } from './free-place.ts';

const row = (id: number, objectId: number | null): StagedRow =>
  ({ id, connection: 'ad', kind: 'user', anchor: `u${id}`, objectId, presence: 'present', export: null }) as unknown as StagedRow;
const decided = (id: number, kind: string, stagedId: number, objectId: number): DecisionRow =>
  ({ id, kind, stagedId, objectId, detail: '{"as":"link","detail":{}}' }) as unknown as DecisionRow;

/** Links 1 to `n` are held: each gives the account 100+i to the person i. */
function world(n: number, { linked = [], decisions = [] }: { linked?: StagedRow[]; decisions?: DecisionRow[] } = {}) {
  const held = Array.from({ length: n }, (_, i) => decided(i + 1, 'heldLink', 100 + i, i));
  const rows = [...held.map((one) => row(one.stagedId!, null)), row(999, null)];
  const all = [...held, ...decisions];
  let calls = 0;
  const counted =
    <A extends unknown[], R>(of: (...args: A) => R) =>
    async (...args: A): Promise<R> => {
      calls++;
      return of(...args);
    };
  const store = {
    sync: {
      linked: counted((ids: number[]) => linked.filter((one) => ids.includes(one.objectId!))),
      objects: counted((ids: number[]) => ids.map((id) => ({ id, attributes: '{}' }))),
    },
    spaces: { byIds: counted((ids: number[]) => rows.filter((one) => ids.includes(one.id))) },
    exports: { sending: counted(() => new Set<number>()) },
    decisions: {
      list: counted(({ kinds, objectIds, stagedIds }: { kinds: string[]; objectIds?: number[]; stagedIds?: number[] }) =>
        all.filter(
          (one) =>
            kinds.includes(one.kind) && (objectIds?.includes(one.objectId!) ?? stagedIds?.includes(one.stagedId!) ?? false),
        ),
      ),
    },
  };
  const config = { connections: [{ name: 'ad', imports: new Map(), exports: new Map([['person', {}]]) }] };
  const accounts = new Map(rows.map((one) => [one.id, one]));
  const done = requirePlaces(held, accounts, 5, { store, config } as unknown as GatedSurroundings);
  return { done, calls: () => calls };
}

it('as many reads for many links as for one', async () => {
  const counts = [1, 300].map(async (n) => {
    const { done, calls } = world(n, { linked: [row(500, 1_000)] });
    await done;
    return calls();
  });
  const [one, many] = await Promise.all(counts);
  expect(many).toBe(one);
});

it.each([
  ['an account that is linked', { linked: [row(500, 7)] }, "already has the account 'u500'"],
  ['one that a decision gives them', { decisions: [decided(900, 'link', 999, 7)] }, "already has the account 'u999'"],
  ['one that waits as well', { decisions: [decided(900, 'heldLink', 999, 7)] }, "is to get the account 'u999'"],
])('the one person of many who has another is found: %s', async (_, what, said) => {
  await expect(world(20, what).done).rejects.toThrow(new RegExp(`#7\\).*${said}`));
});

it('what another person has, or is taken from them, is in nobody’s way', async () => {
  const other = [row(500, 999), row(501, 7)];
  await world(20, { linked: other, decisions: [decided(900, 'barred', 501, 7), decided(901, 'link', 999, 999)] }).done;
});
