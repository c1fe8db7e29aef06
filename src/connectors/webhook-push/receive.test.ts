import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Present, Received } from '#connectors/contract';
import { attributes } from '#core/values';
import { type WebhookPushConfig, webhookPushConfig } from './config.ts';
import { receiver } from './receive.ts';

const configOf = (more: Partial<WebhookPushConfig> = {}) => webhookPushConfig.parse({ anchor: '/id', ...more });
const of = (more: Partial<WebhookPushConfig> = {}, clears: string[] = []) => receiver(configOf(more), clears);
const present = (known: { [name: string]: string | number } | null): Present => ({
  attributes: known === null ? null : attributes(Object.entries(known)),
  edges: null,
  now: 0,
});
const one = (record: object, known: Parameters<typeof present>[0], ...how: Parameters<typeof of>): Received => {
  const { hook, receive } = of(...how);
  return receive(hook!.requests(record)[0]!, present(known)) as Received;
};

test('a record is what there is of its object, by names with dots', () => {
  const record = { id: 7, name: { first: 'Zoë', parts: [] }, tags: ['b', 1], jobs: [{ b: 1, a: 2 }], left: null };
  const { answer, staged } = one(record, null, {}, ['mail']);
  expect(answer).toEqual({ became: 'taken' });
  expect(staged!.change).toEqual({
    ...{ kind: 'person', anchor: '7' },
    attributes: Object.assign(Object.create(null), {
      ...{ id: 7, 'name.first': 'Zoë', 'name.parts': null, tags: ['b', 1], jobs: ['{"a":2,"b":1}'], left: null, mail: null },
    }),
  });
  expect(staged!.noted).toEqual({ action: 'hook.create', before: undefined, after: record });
  expect(staged!.refused({ faults: [{ kind: 'invalidValue', message: 'too long', where: { attribute: 'name' } }] })).toEqual({
    refused: ['name: too long'],
  });
});

test('in parts: what it leaves out stays', () => {
  const change = { op: 'patch', kind: 'person', anchor: 'a', set: Object.assign(Object.create(null), { id: 'a', name: 'Bo' }) };
  expect(one({ id: 'a', name: 'Bo' }, { id: 'a', mail: 'x' }, { whole: false }).staged!.change).toEqual(change);
});

test('who is gone is deleted, once', () => {
  const gone = { gone: { value: '/event', is: ['left', 0] } };
  expect(one({ id: 'a', event: 'left' }, { id: 'a' }, gone)).toMatchObject({
    answer: { became: 'gone' },
    staged: { change: { op: 'delete', kind: 'person', anchor: 'a' }, noted: { action: 'hook.delete' } },
  });
  expect(one({ id: 'a', event: 0 }, null, gone)).toEqual({ answer: { became: 'gone' } });
  expect(one({ id: 'a', event: 'hired' }, null, gone).answer).toEqual({ became: 'taken' });
});

test('what is older than what is known is not taken', () => {
  const order = { order: '/meta/at' };
  const became = (at: string | number, known: string | number) =>
    one({ id: 'a', meta: { at } }, { id: 'a', 'meta.at': known }, order).answer;
  expect(became(3, 4)).toEqual({ became: 'older' });
  expect(became(4, 4)).toEqual({ became: 'taken' });
  expect(became('10', 9)).toEqual({ became: 'taken' });
  expect(became('2026-01-01T00:00:00+02:00', '2025-12-31T23:00:00Z')).toEqual({ became: 'older' });
  expect(became('whenever', '2025-12-31T23:00:00Z')).toEqual({ became: 'taken' });
});

test('whatever comes is taken apart or refused in words', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), fc.constantFrom('', '/a', '/0'), (body, records) => {
      const { hook, receive } = of({ records, anchor: '/a' });
      try {
        for (const request of hook!.requests(body)) expect(receive(request, present(null))).toHaveProperty('answer');
      } catch (error) {
        expect(error).toMatchObject({ kind: 'invalidValue' });
      }
    }),
  );
  const deep = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as object;
  expect(() => of().hook!.requests({ id: 'x', deep })).toThrow('objects in each other');
  expect(() => of().hook!.requests({ id: 'x', ['__proto__']: 1 })).not.toThrow();
  expect(() => of().hook!.requests(Array(1_001).fill({ id: 1 }))).toThrow('more than 1000 records');
});
