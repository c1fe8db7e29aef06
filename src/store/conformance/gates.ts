/** What gates ask of the store: what groups lost lately, and holds. */
import { deepEqual } from 'node:assert/strict';
import { item, NOW, type Opened, type Suite, stage, withStore } from './sample.ts';

const HOUR = 3_600_000;

export function gatesSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`gates: ${name}`, () => withStore(suite, use));

  test('what a group lost lately is counted, and what it was given since; a day later it is forgotten', async (opened) => {
    const { store, epoch } = opened;
    const at = 100 * HOUR;
    const keys = Array.from({ length: 30 }, (_, i) => `m${String(i).padStart(2, '0')}`);
    const edges = [{ attribute: 'member', all: { keys, texts: null } }];
    await stage(opened, [item('big', { kind: 'group', edges }), item('small', { kind: 'group', edges: [] })]);
    const settle = (stagedId: number, added: number, removed: number, when: number): Promise<void> =>
      store.exports.answerEdges({
        connection: 'hr',
        run: opened.run,
        epoch,
        attempt: 'members',
        at: when,
        changes: [],
        edges: keys
          .slice(0, removed)
          .map((key) => ({ stagedId, attribute: 'member', key, text: key, state: 'drop', ours: false, debtSince: null })),
        counted: [{ stagedId, attribute: 'member', added, removed }],
      });
    const losses = async (since: number, pending = 2): Promise<number[][]> =>
      (
        await store.exports.groupLosses(
          [2, 1].map((stagedId) => ({ stagedId, attribute: 'member', pending })),
          since,
        )
      ).map((loss) => [loss.stagedId, loss.pending, loss.added, loss.removed, loss.members]);
    await settle(2, 9, 0, at);
    await settle(1, 7, 0, at);
    await settle(1, 0, 3, at);
    await settle(1, 4, 1, at + 5 * HOUR);
    // Nobody asks whether there are more than twice what is lost.
    deepEqual(await losses(at), [
      [2, 2, 0, 0, 0],
      [1, 2, 4, 4, 17],
    ]);
    deepEqual((await losses(at, 50))[1], [1, 50, 4, 4, 27]);
    deepEqual((await losses(at + HOUR))[1], [1, 2, 4, 1, 11]);
    deepEqual(
      (await store.exports.gateCounts('hr', at)).map((row) => [row.part, row.sent]),
      [['member', 24]],
    );
    await settle(1, 1, 0, at + 29 * HOUR);
    deepEqual((await losses(at))[1]!.slice(2, 4), [5, 1]);
    await settle(1, 1, 0, at + 60 * HOUR);
    deepEqual((await losses(at))[1]!.slice(2, 4), [0, 0]);
  });

  test('holds are open until a decision closes them', async (opened) => {
    const { store, epoch } = opened;
    const hold = { connection: 'ad', part: 'delete', count: 9, limit: 5, digest: 'd', since: NOW };
    const id = await store.exports.openHold(hold, epoch);
    const byPerson = { ...hold, part: 'firstPlan' };
    await store.exports.closeHold(await store.exports.openHold(byPerson, null), 2, NOW);
    deepEqual(await store.exports.holds('ad'), [{ ...hold, id, closedAt: null, decision: null }]);
    deepEqual(await store.exports.holds('hr'), []);
    await store.exports.closeHold(id, 3, NOW + 1);
    deepEqual(await store.exports.holds(null), []);
  });
}
