import { describe, expect, it } from 'vitest';
import { RollcallError } from '#core/errors';
import { type Attributes, attributes, type Value } from '#core/values';
import { PLAIN_FIELD } from '#rules/field';
import type { ImportFlow, KindRules, MetaAttribute } from '#rules/model';
import type { Contributor } from '#runs/reasons';
import { type AttributeReasons, type ReasonsInput, reasonsOf } from './reasons.ts';

function meta(name: string, more: Partial<MetaAttribute> = {}): MetaAttribute {
  return {
    name,
    type: 'string',
    multi: false,
    matching: 'exact',
    strategy: 'ranked',
    rank: ['hr', 'ad'],
    once: false,
    unique: null,
    label: null,
    indexed: false,
    field: PLAIN_FIELD,
    ...more,
  };
}
function rules(...list: MetaAttribute[]): KindRules {
  return {
    kind: 'person',
    attributes: new Map(list.map((one) => [one.name, one])),
    life: null,
    joinKeys: [],
    searched: [],
    hops: [],
  };
}
function copy(attribute: string, from: string, more: Partial<ImportFlow> = {}): ImportFlow {
  return { attribute, text: from, reads: [from], empty: 'falls', evaluate: ({ row }) => row[from], reference: null, ...more };
}

let next = 0;
function contributor(connection: string, row: { [name: string]: Value }, flows: ImportFlow[], echo: string[] = []): Contributor {
  const id = ++next;
  return {
    row: { id, connection, anchor: `${connection}-1`, changedAt: null },
    connection: { name: connection, rank: connection === 'hr' ? 0 : 1 },
    rule: { connection, kind: 'person', flows, aggregates: [], primary: null },
    scope: { row: attributes(Object.entries(row)), anchor: `${connection}-1`, name: null },
    echo: new Set(echo),
    confirmed: null,
    times: {},
  } as unknown as Contributor;
}
function reasons(
  of: Partial<ReasonsInput> & Pick<ReasonsInput, 'rules' | 'contributors'>,
  stored: { [name: string]: Value },
): Map<string, AttributeReasons> {
  const input: ReasonsInput = {
    stored: attributes(Object.entries(stored)) as Attributes,
    frozen: false,
    heldConnections: [],
    changedRules: [],
    waiting: false,
    resolve: (_, value) => value,
    now: 0,
    fixed: new Map(),
    ...of,
  };
  return new Map(reasonsOf(input).map((one) => [one.attribute, one]));
}

describe('reasons', () => {
  const mail = rules(meta('mail'));

  it('names who fixed a value, over whoever else has one', () => {
    const contributors = [contributor('hr', { mail: 'a@b' }, [copy('mail', 'mail')])];
    const fixed = new Map([['mail', { value: 'c@d', by: 'Ada' }]]);
    expect(reasons({ rules: mail, contributors, fixed }, { mail: 'c@d' }).get('mail')).toMatchObject({
      recomputed: 'c@d',
      difference: null,
      contributions: [{ verdict: 'outranked', why: 'Ada fixed the value' }],
    });
  });

  it('name winner and losers, with the rule and what it read', () => {
    const hr = contributor('hr', { email: 'a@x' }, [copy('mail', 'email')]);
    const ad = contributor('ad', { mail: 'b@x' }, [copy('mail', 'mail')]);
    const one = reasons({ rules: mail, contributors: [ad, hr] }, { mail: 'a@x' }).get('mail')!;
    expect(one.difference).toBeNull();
    expect(one.contributions.map((c) => [c.connection, c.verdict, c.value, c.why])).toEqual([
      ['hr', 'wins', 'a@x', 'first in order that has a value'],
      ['ad', 'outranked', 'b@x', 'hr comes first'],
    ]);
    expect(one.contributions[0]).toMatchObject({ rule: 'email', read: { email: 'a@x' } });
  });

  it('tell empty, echo and failure from a lost comparison', () => {
    const failing = copy('mail', 'mail', {
      evaluate: () => {
        throw new RollcallError('invalidValue', 'too long');
      },
    });
    const verdicts = reasons(
      {
        rules: mail,
        contributors: [
          contributor('hr', { email: null }, [copy('mail', 'email')]),
          contributor('ad', { mail: 'b@x' }, [copy('mail', 'mail')], ['mail']),
          contributor('crm', { mail: 'x' }, [failing]),
        ],
      },
      {},
    ).get('mail')!;
    expect(verdicts.contributions.map((c) => c.verdict).sort()).toEqual(['echo', 'failed', 'silent']);
    expect(verdicts.contributions.find((c) => c.verdict === 'failed')?.why).toBe('too long (read from mail)');
  });

  it('show every part of a merged set', () => {
    const groups = rules(meta('tags', { multi: true, strategy: 'merge' }));
    const one = reasons(
      {
        rules: groups,
        contributors: [
          contributor('hr', { t: ['b', 'a'] }, [copy('tags', 't')]),
          contributor('ad', { t: ['c'] }, [copy('tags', 't')]),
          contributor('crm', { t: null }, [copy('tags', 't')]),
        ],
      },
      { tags: ['a', 'b', 'c'] },
    ).get('tags')!;
    expect(one.difference).toBeNull();
    expect(one.contributions.map((c) => c.verdict)).toEqual(['wins', 'merged', 'silent']);
  });

  const hr = (): Contributor => contributor('hr', { email: 'new@x' }, [copy('mail', 'email')]);
  const difference = (more: Partial<ReasonsInput>, of: KindRules = mail): string | undefined =>
    reasons({ rules: of, contributors: [hr()], ...more }, { mail: 'old@x' }).get('mail')?.difference?.reason;

  it('name the reason wherever stored and recomputed differ', () => {
    expect(difference({ frozen: true })).toBe('frozen');
    expect(difference({}, rules(meta('mail', { once: true })))).toBe('memory');
    const unique = { attribute: 'mail', candidates: [], maxLength: 9, uniqueIn: [], onRename: 'keep' as const, reads: [] };
    expect(difference({}, rules(meta('mail', { unique })))).toBe('generated');
    expect(difference({ heldConnections: ['ad'] })).toBe('connectionHeld');
    expect(difference({ waiting: true, changedRules: ['hr'] })).toBe('waiting');
    expect(difference({ changedRules: ['hr'] })).toBe('rulesChanged');
    expect(difference({})).toBe('unexplained');
  });

  it('keep what resolves of a reference and call the rest debt', () => {
    const of = rules(meta('manager', { type: 'reference' }));
    const flow = copy('manager', 'boss', { reference: { connection: 'hr', by: 'anchor', kind: 'person' } });
    const known = (_: ImportFlow, value: Value): Value => (value === 'E1' ? [7] : [`?${String(value)}`]);
    const at = (boss: string, stored: { [name: string]: Value }): AttributeReasons =>
      reasons({ rules: of, contributors: [contributor('hr', { boss }, [flow])], resolve: known }, stored).get('manager')!;
    expect(at('E1', { manager: 7 })).toMatchObject({ recomputed: 7, difference: null });
    expect(at('E9', { manager: 7 })).toMatchObject({ recomputed: undefined, difference: { reason: 'debt' } });
    expect(at('E9', {}).difference).toBeNull();
  });
});
