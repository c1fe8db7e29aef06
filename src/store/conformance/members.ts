/** Memberships on their way to a target: attempts before they are sent, pending until they are proven. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { NewChange } from '../contract.ts';
import { account, beginRun, commit, item, NOW, type Opened, object, type Suite, stage, withStore } from './sample.ts';

const asSent = <Edge extends object>(edge: Edge) => ({ ...edge, decided: null, counted: false });

export function membersSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`members: ${name}`, () => withStore(suite, use));

  test('a membership that was sent stays pending until a read proves it, or shows that it is to be sent again', async (opened) => {
    const { store, run, epoch } = opened;
    const read = (keys: readonly string[]) =>
      stage(opened, [item('g', { kind: 'group', edges: [{ attribute: 'member', all: { keys, texts: null } }] })]);
    await read(['goes', 'leaves']);
    const edge = (key: string, state: 'add' | 'remove', sentAt: number | null = null) => ({
      ...{ stagedId: 1, attribute: 'member', key, text: key, state, ours: true, debtSince: null },
      ...(sentAt === null ? {} : { pending: { decided: null, sentAt } }),
    });
    const wishes = [edge('came', 'add'), edge('late', 'add'), edge('goes', 'remove'), edge('leaves', 'remove')];
    await commit(opened, { edges: wishes });
    const pending = async (sent: boolean): Promise<string[]> =>
      (await store.exports.pendingEdges('hr', { after: null, limit: 9, sent })).map((row) => `${row.key}:${row.state}`);
    const common = { connection: 'hr', run, epoch, attempt: 'members' };
    await store.exports.attemptEdges({ ...common, now: NOW, deadline: NOW, edges: wishes.map(asSent) });
    const change = (n: number): NewChange => ({
      ...{ subject: 'staged', from: 1, to: 1, operation: 'export', before: null },
      after: `{"n":${n}}`,
    });
    const sent = wishes.map(({ key, state }) => edge(key, state, NOW));
    for (const n of [1, 2])
      await store.exports.answerEdges({ ...common, at: NOW, edges: sent, counted: [], changes: [change(n)] });
    deepEqual([await pending(false), await pending(true)], [[], ['came:add', 'goes:remove', 'late:add', 'leaves:remove']]);
    deepEqual(
      (await store.runs.changes({ run }, { limit: 9 })).map((row) => row.after),
      ['{"n":2}'],
    );
    await read(['came', 'leaves']);
    deepEqual([await pending(false), await pending(true)], [['late:add', 'leaves:remove'], []]);
    deepEqual(
      (await store.spaces.edgesOf([1], { limit: 9 })).map((row) => `${row.key}:${row.state}`),
      ['came:seen', 'late:add', 'leaves:remove'],
    );
  });

  test('what a membership was sent for is kept while it is pending, and forgotten when it is decided otherwise', async (opened) => {
    const { store } = opened;
    await stage(opened, [item('g', { kind: 'group', edges: [{ attribute: 'member', all: { keys: [], texts: null } }] })]);
    const edge = {
      ...{ stagedId: 1, attribute: 'member', key: 'k', text: 'k', ours: true, debtSince: null },
      pending: { decided: null, sentAt: NOW, sends: 2, counted: true },
    };
    const row = async () => {
      const { state, sentAt, sends, counted } = (await store.spaces.edgesOf([1], { limit: 9 }))[0]!;
      return { state, sentAt, sends, counted };
    };
    const { pending: _pending, ...plain } = edge;
    await commit(opened, { edges: [{ ...edge, state: 'add' }] });
    deepEqual(await row(), { state: 'add', sentAt: NOW, sends: 2, counted: true });
    await commit(opened, { edges: [{ ...plain, debtSince: NOW, state: 'add' }] });
    deepEqual(await row(), { state: 'add', sentAt: NOW, sends: 2, counted: true });
    await stage(opened, [
      item('g', { kind: 'group', seen: '{"n":1}', edges: [{ attribute: 'member', all: { keys: [], texts: null } }] }),
    ]);
    deepEqual(await row(), { state: 'add', sentAt: null, sends: 2, counted: true });
    await commit(opened, { edges: [{ ...plain, state: 'remove' }] });
    deepEqual(await row(), { state: 'remove', sentAt: null, sends: 0, counted: false });
  });

  test('memberships of a lost attempt count as sent, once, but those that a person decided about, and nothing else of the group', async (opened) => {
    const { store } = opened;
    await stage(opened, [
      item('g', {
        kind: 'group',
        edges: [{ attribute: 'member', all: { keys: ['a', 'b', 'c', 'd'], texts: null } }],
      }),
    ]);
    const edge = (key: string, state: 'add' | 'remove', decided: 'approved' | null = null) => ({
      ...{ stagedId: 1, attribute: 'member', key, text: key, state, ours: true, debtSince: null },
      pending: { decided, sentAt: null },
    });
    const sent = [edge('a', 'remove'), edge('b', 'remove'), edge('c', 'remove', 'approved'), edge('n', 'add')];
    await commit(opened, { edges: [...sent, edge('d', 'remove'), edge('o', 'add')] });
    const lose = async ({ run, epoch }: Opened, attempt: string, of: readonly string[]): Promise<void> => {
      const edges = (await store.spaces.edgesOf([1], { limit: 9 })).filter((one) => of.includes(one.key));
      await store.exports.attemptEdges({ connection: 'hr', run, epoch, attempt, now: NOW, deadline: NOW, edges });
      // What is decided otherwise meanwhile was on its way all the same.
      await commit({ store, run, epoch }, { edges: [{ ...edge('n', 'add'), state: 'drop' }] });
      const end = { status: 'interrupted' as const, endedAt: NOW, counts: '[]', rowsWritten: 0, believed: false };
      await store.runs.finish(run, epoch, end);
    };
    const counted = async () => [
      (await store.exports.gateCounts('hr', NOW - 1)).find(({ part }) => part === 'member')?.sent,
      (await store.exports.groupLosses([{ stagedId: 1, attribute: 'member', pending: 0 }], NOW - 1))[0],
      (await store.spaces.edgesOf([1], { limit: 9 })).filter((one) => one.counted).map((one) => one.key),
    ];
    const keys = ['a', 'b', 'c', 'n'];
    await lose(opened, 'first', keys);
    const once = [3, { stagedId: 1, attribute: 'member', pending: 0, added: 1, removed: 2, members: 2 }, ['a', 'b']];
    deepEqual(await counted(), once);
    await lose({ ...opened, ...(await beginRun(store)) }, 'second', keys);
    deepEqual(await counted(), once);
  });

  test('memberships that a dead process was sending wait to be sent; the wish of their group is its own', async (opened) => {
    await commit(opened, { objects: [object(1)], staged: [account(1, 1)] });
    const { store, run, epoch } = opened;
    const edge = { stagedId: 1, attribute: 'member', key: 'k', text: 'k', state: 'add' as const, ours: true, debtSince: null };
    await commit(opened, { edges: [edge] });
    await store.exports.attemptEdges({
      ...{ connection: 'ad', run, epoch, attempt: 'members', now: NOW, deadline: NOW },
      edges: [asSent(edge)],
    });
    await store.close();
    const again = await opened.place.open();
    try {
      const next = await beginRun(again);
      equal((await again.spaces.byIds([1]))[0]!.export!.state, 'waiting');
      deepEqual(
        (await again.exports.pendingEdges('ad', { after: null, limit: 9 })).map((row) => row.key),
        ['k'],
      );
      const late = { connection: 'ad', run, epoch, attempt: 'm', now: NOW, deadline: NOW, edges: [asSent(edge)] };
      await rejects(again.exports.attemptEdges(late), { kind: 'conflict' });
      const taken = await again.exports.take({
        ...{ connection: 'ad', run: next.run, epoch: next.epoch, attempt: 'b', now: NOW, deadline: NOW, limit: 9 },
        operations: ['create'],
      });
      equal(taken.length, 1);
    } finally {
      await again.close();
    }
  });
}
