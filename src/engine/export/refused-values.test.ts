import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WriteItem, WriteResult } from '#connectors/contract';
import { imageText } from '#core/canonical';
import type { Fault } from '#core/errors';
import { sendWithout } from './refused-values.ts';
import type { Sending } from './translate.ts';

const ok: WriteResult = { ok: true, anchor: 'a' };
const no = (kind: Fault['kind'], attribute?: string): WriteResult => ({
  ok: false,
  fault: { kind, message: String(attribute), where: attribute === undefined ? {} : { attribute } },
});

function sendingOf(set: { [name: string]: string }, operation: 'create' | 'update' = 'update'): Sending {
  const item = { attempt: 't', operation, kind: 'person', anchor: 'a', set, seen: set } as WriteItem;
  const row = { export: { wanted: imageText(set) } };
  return { row, rule: { enabled: { attribute: 'enabled' } }, item, sent: set, rest: null, nameKept: false, secrets: [] } as never;
}

/** What became of one item, against a target that refuses these attributes. */
async function write(
  sending: Sending,
  refused: readonly string[],
  else_: WriteResult = ok,
  more: object = {},
  times = Number.POSITIVE_INFINITY,
) {
  const sent: WriteItem[] = [];
  const told: string[] = [];
  const answer = (item: WriteItem): WriteResult => {
    sent.push(item);
    const wrong = Object.keys(item.set).find((name) => refused.includes(name));
    return wrong === undefined ? else_ : no('invalidValue', wrong.toUpperCase());
  };
  const item = { ...sending.item, set: { ...sending.item.set, ...more } };
  const { sendings, results } = await sendWithout(
    { sendings: [sending], results: [answer(item)] },
    [item],
    async (items) => items.map(answer),
    () => sent.length <= times,
    (_, fault) => told.push(fault.where.attribute!),
  );
  return { result: results[0]!, sending: sendings[0]!, sent, told };
}

describe('a value that is refused', () => {
  it('is left for later, whatever else is refused; nothing is sent without its name being left over', async () => {
    const names = fc.uniqueArray(fc.constantFrom('b', 'c', 'd', 'e'), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(names, fc.subarray(['b', 'c', 'd', 'e']), async (all, refused) => {
        const before = sendingOf(Object.fromEntries(all.map((name) => [name, name])));
        const { result, sending, told } = await write(before, refused);
        const wrong = all.filter((name) => refused.includes(name));
        if (wrong.length < all.length) {
          expect(result).toEqual(ok);
          expect(Object.keys(sending.sent).sort()).toEqual(all.filter((name) => !wrong.includes(name)).sort());
          expect(Object.keys(sending.item.set)).toEqual(Object.keys(sending.sent));
          expect(Object.keys(sending.rest ?? {}).sort()).toEqual(wrong.sort());
        } else {
          expect(sending).toBe(before);
          expect(result.ok ? [] : [result.fault.where.attribute!, ...told].sort()).toEqual(
            wrong.map((name) => name.toUpperCase()).sort(),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('takes nothing with it that was seen, and its attempt is another one', async () => {
    const { sent } = await write(sendingOf({ b: 'b', c: 'c' }), ['b']);
    expect(sent[1]).toEqual({ ...sent[0], attempt: 't-', set: { c: 'c' }, seen: { c: 'c' } });
  });

  it('that says whether an account is enabled, or was generated, refuses all of it', async () => {
    expect((await write(sendingOf({ b: 'b', enabled: 'no' }), ['enabled'])).sent).toHaveLength(1);
    expect((await write(sendingOf({ b: 'b' }), ['password'], ok, { password: 'hunter2' })).sent).toHaveLength(1);
  });

  it('leaves generated values out of what is kept', async () => {
    const { sending, sent } = await write(sendingOf({ b: 'b', c: 'c' }, 'create'), ['b'], ok, { password: 'hunter2' });
    expect(sent[1]!.set).toEqual({ c: 'c', password: 'hunter2' });
    expect(JSON.stringify(sending)).not.toContain('hunter2');
  });

  it.each([
    ['another refusal for a value', no('invalidValue'), { fault: { message: 'B' } }, ['b', 'c'], []],
    ['what is taken', no('conflict', 'c'), { fault: { kind: 'conflict' } }, ['b', 'c'], ['B']],
    ['a right that is missing', no('permission'), { fault: { kind: 'permission' } }, ['b', 'c'], ['B']],
    ['no answer', { ...no('unavailable'), unknown: true } as WriteResult, { unknown: true }, ['c'], []],
  ])('and then %s', async (_, then, result, sent, told) => {
    const after = await write(sendingOf({ b: 'b', c: 'c' }), ['b'], then);
    expect(after.result).toMatchObject(result);
    expect(Object.keys(after.sending.sent)).toEqual(sent);
    expect(after.told).toEqual(told);
  });

  it('costs all of it once nothing more may be sent, and whatever was refused until then is told', async () => {
    const late = (times: number) => write(sendingOf({ b: 'b', c: 'c', d: 'd' }), ['b', 'c'], ok, {}, times);
    expect(await late(0)).toMatchObject({ result: { fault: { message: 'B' } }, sent: [{}], told: [] });
    const { result, sending, sent, told } = await late(1);
    expect([result, Object.keys(sending.sent), sent.length, told]).toMatchObject([
      no('invalidValue', 'B'),
      ['b', 'c', 'd'],
      2,
      ['C'],
    ]);
  });
});
