import { describe, expect, it } from 'vitest';
import type { WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { isGenerated } from '#core/generated';
import type { Delivery, SecretFlow } from '#rules/model';
import type { DeliveredSecret } from '../context.ts';
import { generateSecrets, readyToTell } from './secrets.ts';
import type { Session } from './sending.ts';
import type { Sending } from './translate.ts';

const FOLDER: Delivery = { to: 'file', folder: 'secrets' };
const flow: SecretFlow = {
  attribute: 'password',
  text: 'generate(…)',
  policy: { length: 12, classes: ['lower', 'symbol'], unambiguous: false },
  deliver: FOLDER,
};

function sendingOf(id: number, operation: 'create' | 'update', secrets: readonly SecretFlow[] = [flow], attempts = 0): Sending {
  const row = { id, kind: 'person', name: null, objectId: id, export: { attempts, revision: 1, approved: null } };
  const item = { attempt: `${id}`, operation, kind: 'person', anchor: `a${id}`, set: { cn: `N${id}` } };
  return { row, item, sent: item.set, rest: null, nameKept: false, secrets } as unknown as Sending;
}

function sessionOf(told: DeliveredSecret[], fails: unknown = null, by = 'callerKey') {
  const faults: object[] = [];
  const answer = async (): Promise<void> => {
    if (fails !== null) throw fails;
  };
  const context = {
    deliver: async (_: Delivery, secret: DeliveredSecret, withinMs: number) => {
      await answer();
      if (withinMs <= 0) throw new RollcallError('unavailable', 'late');
      told.push(secret);
    },
    canDeliver: answer,
    fault: (fault: object) => void faults.push(fault),
    wall: () => 1_000,
  };
  return { faults, session: { context, connection: { name: 'dir' }, writer: { creates: { by } } } as unknown as Session };
}

const ok: WriteResult = { ok: true, anchor: 'made' };
const no: WriteResult = { ok: false, fault: { kind: 'invalidValue', message: 'x', where: {} } };
const soon = () => 1;
const owed = (sendings: readonly Sending[]) => sendings.map(({ rest }) => isGenerated(rest?.['password']));

describe('generated values', () => {
  it('are in the items alone, each another one, and handed on where the target took them', async () => {
    const told: DeliveredSecret[] = [];
    const { session } = sessionOf(told);
    const sendings = [sendingOf(1, 'create'), sendingOf(2, 'create'), sendingOf(3, 'update', []), sendingOf(4, 'update')];
    const secrets = generateSecrets(session, sendings, soon);
    const values = secrets.items.map(({ set }) => set['password']);
    expect(new Set(values).size).toBe(4);
    expect(values[2]).toBe(undefined);
    const after = await secrets.tell(sendings, [ok, no, ok, ok]);
    expect(told.map(({ object, anchor, value }) => [object, anchor, value])).toEqual([
      [1, 'made', values[0]],
      [4, 'made', values[3]],
    ]);
    expect(owed(after)).toEqual([false, false, false, false]);
    expect(JSON.stringify(sendings)).not.toContain(values[0]);
  });

  it('are owed where nobody was told in time, and the fault repeats nothing', async () => {
    for (const [fails, left] of [
      [null, () => 0],
      [new Error('no'), soon],
    ] as const) {
      const { session, faults } = sessionOf([], fails);
      const sendings = [sendingOf(1, 'update')];
      expect(owed(await generateSecrets(session, sendings, left).tell(sendings, [ok]))).toEqual([true]);
      expect(faults).toHaveLength(1);
    }
  });

  it('of a create that is repeated under its key are owed: the account has those of the first attempt', async () => {
    const told: DeliveredSecret[] = [];
    const { session } = sessionOf(told, null, 'idempotencyKey');
    const sendings = [sendingOf(1, 'create', [flow], 1), sendingOf(2, 'create')];
    expect(owed(await generateSecrets(session, sendings, soon).tell(sendings, [ok, ok]))).toEqual([true, false]);
    expect(told.map(({ object }) => object)).toEqual([2]);
  });

  it('stay hidden in faults that repeat them, however they are written there', () => {
    const { session } = sessionOf([]);
    const secrets = generateSecrets(session, [sendingOf(1, 'create')], soon);
    const value = String(secrets.items[0]!.set['password']);
    const written = [value, encodeURIComponent(value), Buffer.from(value).toString('base64'), JSON.stringify(value)].join(' ');
    const said = secrets.hide({ kind: 'invalidValue', message: written, where: { object: value, line: 3 }, remedy: value });
    expect(said).toEqual({
      kind: 'invalidValue',
      message: '•••• •••• •••• "••••"',
      where: { object: '••••', line: 3 },
      remedy: '••••',
    });
  });

  it('are not made where nobody can be told: those accounts wait, the others go', async () => {
    const { session, faults } = sessionOf([], new RollcallError('configuration', 'no folder'));
    const { sendable, waiting } = await readyToTell(session, [sendingOf(1, 'create'), sendingOf(2, 'update', [])]);
    expect(sendable.map(({ row }) => row.id)).toEqual([2]);
    expect(waiting).toMatchObject([{ staged: 1, outcome: 'retry', notBefore: 2_000 }]);
    expect(faults).toHaveLength(1);
  });
});
