import { beforeEach, describe, expect, it } from 'vitest';
import { PARKED_KINDS } from '#runs/index';
import { discardOf } from '#runs/reasons';
import type { ConnectionState, DecisionRow, EdgeRow, ExportColumns, GateHold, StagedRow } from '#store/contract';
import { approve, discard, named, pending } from './approve.ts';
import { digestOf } from './change.ts';
import { parkedKinds } from './choices.ts';
import type { GatedSurroundings, ShownSurroundings } from './decision.ts';
import { hold, release } from './hold.ts';

const WHO = { by: 'Ada', reason: 'checked', at: 5 };

function account(id: number, state: ExportColumns['state'], parts: string[], wanted = `{"mail":"${id}"}`): StagedRow {
  const wish = {
    operation: parts[0] === 'delete' ? 'delete' : 'update',
    wanted,
    wantedAnchor: null,
    wantedName: null,
    revision: 1,
    state,
    parts: JSON.stringify(parts),
    approved: null,
    discarded: null,
    holdId: state === 'held' ? 1 : null,
  };
  return { id, connection: 'ad', anchor: `u${id}`, name: null, objectId: id, export: wish } as unknown as StagedRow;
}

/** The few operations that decisions touch, over plain lists. */
function world(rows: StagedRow[], state: Partial<ConnectionState> = {}, edges: EdgeRow[] = []) {
  const holds: GateHold[] = [];
  const decisions: Pick<DecisionRow, 'kind' | 'by' | 'reason' | 'detail'>[] = [];
  const saved: Partial<ConnectionState> = { name: 'ad', mode: 'on', held: null, approval: null, lastCompleteRead: 1, ...state };
  const store = {
    exports: {
      holds: async () => holds,
      list: async (_: string, states: string[], { after }: { after: number }) =>
        rows.filter((row) => row.id > after && states.includes(row.export!.state)),
      mark: async ({ rows: marks }: { rows: { id: number }[] }) => {
        for (const { id, ...more } of marks) {
          const row = rows.find((one) => one.id === id)!;
          Object.assign(row.export!, more);
        }
      },
      pendingEdges: async () => edges.filter((edge) => edge.state !== 'seen'),
      decideEdges: async ({ edges: chosen, decided }: { edges: EdgeRow[]; decided: 'approved' }) => {
        for (const edge of chosen) Object.assign(edges.find((one) => one.key === edge.key)!, { decided });
      },
      openHold: async (one: GateHold) => holds.push({ ...one, id: 9, closedAt: null, decision: null }) && 9,
      closeHold: async (id: number, decision: number, at: number) =>
        void Object.assign(holds.find((one) => one.id === id)!, { closedAt: at, decision }),
    },
    decisions: { record: async (one: (typeof decisions)[number]) => decisions.push(one) },
    spaces: {
      byIds: async (ids: number[]) => ids.map((id) => ({ ...account(id, 'waiting', []), anchor: `g${id}`, export: null })),
      states: async () => [saved],
      saveState: async (_: string, patch: object) => void Object.assign(saved, patch),
    },
  };
  const surroundings = {
    store,
    config: {
      connections: [
        { name: 'ad', exports: new Map([['person', {}]]), gates: new Map(), imports: new Map() },
        { name: 'hr', exports: new Map(), gates: new Map(), imports: new Map() },
      ],
    },
  } as unknown as GatedSurroundings & ShownSurroundings;
  return { rows, edges, holds, decisions, saved, surroundings };
}
const gate = (id: number, part: string): GateHold => ({
  id,
  connection: 'ad',
  part,
  count: 2,
  limit: 1,
  digest: 'x',
  since: 0,
  closedAt: null,
  decision: null,
});

describe('a first plan', () => {
  let it1: ReturnType<typeof world>;
  beforeEach(() => {
    it1 = world([account(1, 'observed', ['create']), account(2, 'observed', ['update', 'attribute:mail'])], { mode: null });
  });

  it('goes to the target once approved, each change by its digest', async () => {
    const done = await approve({ target: 'ad', only: [], digest: null }, WHO, it1.surroundings);
    expect(done).toMatchObject({ what: 'firstPlan', decided: 2, left: 0 });
    expect(it1.saved.mode).toBe('on');
    expect(JSON.parse(it1.saved.approval!)).toMatchObject({ by: 'Ada', reason: 'checked', changes: 2 });
    for (const row of it1.rows) expect(row.export).toMatchObject({ state: 'waiting', approved: digestOf(row) });
    expect(it1.decisions).toMatchObject([{ kind: 'approve', by: 'Ada', reason: 'checked' }]);
  });

  it('is refused when it is not the one that was shown', async () => {
    const { digest } = await pending('ad', it1.surroundings);
    Object.assign(it1.rows[0]!.export!, { wanted: '{"mail":"other"}' });
    await expect(approve({ target: 'ad', only: [], digest }, WHO, it1.surroundings)).rejects.toMatchObject({ kind: 'conflict' });
    expect([it1.saved.mode, it1.decisions]).toEqual([null, []]);
  });

  it('covers no change that was made after it was read for its digest', async () => {
    const { exports } = it1.surroundings.store;
    const list = exports.list.bind(exports);
    let passes = 0;
    Object.assign(exports, {
      list: async (...of: Parameters<typeof list>) => {
        if (++passes === 2) Object.assign(it1.rows[1]!.export!, { wanted: '{"mail":"other"}', revision: 2 });
        return list(...of);
      },
    });
    const { digest } = await pending('ad', it1.surroundings);
    passes = 0;
    await approve({ target: 'ad', only: [], digest }, WHO, it1.surroundings);
    expect(it1.rows.map((row) => row.export!.state)).toEqual(['waiting', 'observed']);
  });

  it('can be approved or discarded in part, by account', async () => {
    expect(await discard({ target: 'ad', only: ['u1'], digest: null }, WHO, it1.surroundings)).toMatchObject({
      decided: 1,
      left: 1,
    });
    expect(it1.rows[0]!.export).toMatchObject({ state: 'observed', discarded: discardOf(1, it1.rows[0]!.export!) });
    expect((await pending('ad', it1.surroundings)).rows.map((row) => row.id)).toEqual([2]);
    await expect(approve({ target: 'ad', only: ['nobody'], digest: null }, WHO, it1.surroundings)).rejects.toMatchObject({
      kind: 'notFound',
    });
  });

  it('takes the first value of a DN for its account, where only one has it', async () => {
    for (const [i, name] of ['uid=Zoe.Celik,ou=people', 'uid=x,ou=people'].entries()) Object.assign(it1.rows[i]!, { name });
    const one = await pending('ad', it1.surroundings);
    expect(named(one, ['zoe.celik']).rows.map((row) => row.id)).toEqual([1]);
    expect(() => named(one, ['celik'])).toThrow(/waits/);
    Object.assign(it1.rows[1]!, { name: 'cn=zoe.celik,ou=groups' });
    expect(() => named(one, ['zoe.celik'])).toThrow(/Several/);
    expect(named(one, ['uid=Zoe.Celik,ou=people']).rows.map((row) => row.id)).toEqual([1]);
  });

  it('that is approved in part leaves the rest in a hold of its own, members included', async () => {
    const made = world([account(1, 'observed', ['create']), account(2, 'observed', ['create'])], { mode: null }, [
      { stagedId: 7, attribute: 'member', key: 'a', text: 'a', state: 'add', decided: null } as EdgeRow,
    ]);
    expect(await approve({ target: 'ad', only: ['u1'], digest: null }, WHO, made.surroundings)).toMatchObject({ left: 2 });
    expect(made.rows.map((row) => row.export!.state)).toEqual(['waiting', 'held']);
    expect(made.edges[0]!.decided).toBe('held');
    // A gate over the same kind of change does not let it go.
    made.holds.push(gate(1, 'create'));
    expect((await pending('1', made.surroundings)).rows).toEqual([]);
    expect(await approve({ target: '9', only: ['u2'], digest: null }, WHO, made.surroundings)).toMatchObject({
      ...{ what: 'gate', decided: 1, left: 1 },
    });
    expect(await approve({ target: '9', only: [], digest: null }, WHO, made.surroundings)).toMatchObject({ decided: 1, left: 0 });
    expect(made.holds[0]!.closedAt).toBe(5);
    expect(made.edges[0]!.decided).toBe('approved');
  });

  it('is not there before the target was read', async () => {
    const unread = world([], { mode: null, lastCompleteRead: null });
    await expect(pending('ad', unread.surroundings)).rejects.toThrow(/not been read/);
    await expect(pending('hr', unread.surroundings)).rejects.toMatchObject({ kind: 'notFound' });
    await expect(pending('da', unread.surroundings)).rejects.toMatchObject({ remedy: "Did you mean 'ad'?" });
  });
});

describe('a gate', () => {
  it('lets exactly the approved changes go and closes when none is left', async () => {
    const { rows, holds, surroundings } = world([
      account(1, 'held', ['delete']),
      account(2, 'held', ['delete']),
      account(3, 'waiting', ['update', 'attribute:cn']),
    ]);
    holds.push(gate(1, 'delete'));
    expect(await approve({ target: '1', only: ['u1'], digest: null }, WHO, surroundings)).toMatchObject({
      what: 'gate',
      decided: 1,
      left: 1,
    });
    expect(rows.map((row) => [row.export!.state, row.export!.approved !== null])).toEqual([
      ['waiting', true],
      ['held', false],
      ['waiting', false],
    ]);
    expect(holds[0]!.closedAt).toBeNull();
    await discard({ target: 'ad', only: [], digest: null }, WHO, surroundings);
    expect(rows[1]!.export).toMatchObject({ state: 'held', discarded: discardOf(2, rows[1]!.export!) });
    expect(holds[0]!.closedAt).toBe(5);
    await expect(pending('ad', surroundings)).rejects.toMatchObject({ kind: 'notFound' });
    await expect(pending('1', surroundings)).rejects.toThrow('There is no open hold #1');
  });

  it('covers changes of which other parts go on', async () => {
    const { holds, surroundings } = world([
      account(1, 'waiting', ['attribute:cn', 'attribute:mail', 'update']),
      account(2, 'waiting', ['attribute:cn', 'update']),
    ]);
    holds.push(gate(1, 'attribute:mail'));
    expect((await pending('ad', surroundings)).rows.map((row) => row.id)).toEqual([1]);
  });
});

describe('memberships', () => {
  const edge = (stagedId: number, key: string, state: 'add' | 'remove'): EdgeRow =>
    ({ stagedId, attribute: 'member', key, text: key, state, ours: true, debtSince: null, decided: null }) as EdgeRow;

  it('are held as a kind of their own, and decided group by group', async () => {
    const made = world([account(1, 'waiting', ['update', 'attribute:cn'])], {}, [
      edge(7, 'a', 'remove'),
      edge(7, 'b', 'add'),
      edge(8, 'c', 'remove'),
    ]);
    made.holds.push(gate(1, 'member'));
    const shown = await pending('ad', made.surroundings);
    expect([shown.rows, shown.members.length]).toEqual([[], 3]);
    expect(await approve({ target: 'ad', only: ['g7'], digest: null }, WHO, made.surroundings)).toMatchObject({
      decided: 2,
      left: 1,
    });
    expect(made.edges.map((one) => one.decided)).toEqual(['approved', 'approved', null]);
    expect(made.holds[0]!.closedAt).toBeNull();
    await expect(approve({ target: 'ad', only: [], digest: shown.digest }, WHO, made.surroundings)).rejects.toMatchObject({
      kind: 'conflict',
    });
    await discard({ target: 'ad', only: [], digest: null }, WHO, made.surroundings);
    expect(made.edges[2]!.decided).toBe('discarded');
    expect(made.holds[0]!.closedAt).toBe(5);
  });

  it('belong to a first plan', async () => {
    const made = world([account(1, 'observed', ['create'])], { mode: null }, [edge(7, 'a', 'add')]);
    expect(await approve({ target: 'ad', only: [], digest: null }, WHO, made.surroundings)).toMatchObject({ decided: 2 });
    expect(made.edges[0]!.decided).toBe('approved');
  });
});

describe('decisions', () => {
  it('need a name and a reason', async () => {
    const { surroundings, decisions } = world([]);
    await expect(hold('ad', { by: ' ', reason: 'x', at: 1 }, surroundings)).rejects.toMatchObject({ kind: 'invalidValue' });
    await expect(hold('ad', { by: 'x', reason: '', at: 1 }, surroundings)).rejects.toMatchObject({ kind: 'invalidValue' });
    expect(decisions).toEqual([]);
  });

  it('hold a connection once and release it once', async () => {
    const { surroundings, decisions, saved } = world([]);
    expect(await hold('ad', WHO, surroundings)).toMatchObject({ changed: true, held: { by: 'Ada' } });
    expect(await hold('ad', { ...WHO, by: 'Bob' }, surroundings)).toMatchObject({ changed: false, held: { by: 'Ada' } });
    expect(await release('ad', WHO, surroundings)).toMatchObject({ changed: true, held: null });
    expect(await release('ad', WHO, surroundings)).toMatchObject({ changed: false });
    expect(decisions.map((one) => one.kind)).toEqual(['hold', 'release']);
    expect(saved.held).toBeNull();
    await expect(hold('da', WHO, surroundings)).rejects.toMatchObject({ kind: 'notFound' });
  });

  it('know every kind of parked item', () => {
    expect([...parkedKinds()].sort()).toEqual([...PARKED_KINDS].sort());
  });
});
