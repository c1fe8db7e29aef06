import { describe, expect, it } from 'vitest';
import type { Attributes } from '#core/values';
import type { KindRules, MetaAttribute, ObjectScope } from '#rules/model';
import type { KeyRow, StagedKey, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { type Claimant, settleUnique } from './unique.ts';

/** A store where accounts of nobody have these logins, or all there are; how it was asked, and how many candidates were made. */
function setting(isTaken: (login: string) => boolean) {
  const counts = { statements: 0, made: 0 };
  const keys = async (asked: readonly StagedKey[]): Promise<KeyRow[]> => {
    counts.statements++;
    return asked.flatMap((key) => (key.scope.startsWith('staged:') && isTaken(key.norm) ? [{ ...key, owner: 9_999 }] : []));
  };
  const login = {
    name: 'login',
    matching: 'caseIgnore',
    unique: {
      candidates: [
        ({ object }: ObjectScope, n: number | null) => {
          counts.made++;
          return `${String(object['displayName']).toLowerCase()}${n ?? ''}`;
        },
      ],
      uniqueIn: [{ connection: 'dir', attribute: 'uid' }],
      onRename: 'keep',
      reads: ['displayName'],
    },
  } as unknown as MetaAttribute;
  const rules = { kind: 'person', attributes: new Map([['login', login]]) } as unknown as KindRules;
  const context = { store: { sync: { keys } } } as unknown as EngineContext;
  const settle = async (names: readonly string[]): Promise<readonly Claimant[]> => {
    const claimants = names.map((displayName, i) => claimant(i + 1, { displayName }));
    await settleUnique(context, rules, claimants, new Map());
    return claimants;
  };
  return { counts, settle };
}

function claimant(object: number, attributes: Attributes): Claimant {
  const rows: readonly StagedRow[] = [];
  const clock = { now: 0, due: Number.POSITIVE_INFINITY };
  const scope = { object: attributes };
  return {
    object,
    kind: 'person',
    attributes,
    before: null,
    rows,
    fixed: new Map(),
    scope,
    clock,
    living: true,
    parked: [],
    taken: null,
  };
}

const loginsOf = (claimants: readonly Claimant[]) => claimants.map(({ attributes }) => attributes['login']);

describe('the statements of a batch', () => {
  it.each([0, 400, 1_600])('grow as the logarithm of how many are taken: %i', async (taken) => {
    const { counts, settle } = setting((login) => Number(login.replace('smith', '') || 1) <= taken);
    const claimants = await settle(Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 'Smith' : 'SMITH')));
    expect(loginsOf(claimants).slice(-2)).toEqual([`smith${taken + 199}`, `smith${taken + 200}`]);
    expect(counts.statements).toBeLessThanOrEqual(5 + Math.ceil(Math.log2(taken + 200)));
  });

  it('do not grow with the names in it', async () => {
    const { counts, settle } = setting((login) => /\d?[0-9]$/.test(login) === false || Number(login.replace(/\D+/, '')) < 20);
    const claimants = await settle(
      Array.from({ length: 300 }, (_, i) => `Name${'abcdefghij'[i % 10]}${'klmno'[i % 5]}x${'pqrstu'[i % 6]}`),
    );
    expect(claimants.every(({ parked }) => parked.length === 0)).toBe(true);
    expect(counts.statements).toBeLessThanOrEqual(8);
  });
});

it('where every candidate is taken namesakes do not try them all again, and none gets one', async () => {
  const { counts, settle } = setting(() => true);
  const claimants = await settle(Array.from({ length: 50 }, () => 'Smith'));
  expect(claimants.map(({ parked }) => parked.map(({ kind }) => kind))).toEqual(claimants.map(() => ['noCandidate']));
  expect(counts.made).toBe(10_000);
  expect(counts.statements).toBeLessThanOrEqual(14);
});
