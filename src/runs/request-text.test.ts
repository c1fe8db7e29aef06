import { expect, test } from 'vitest';
import { parseRequest, requestText } from './request-text.ts';

test('a change comes over as it is: bytes, lone surrogates, numbers that are none', () => {
  const attributes = { photo: new Uint8Array([0, 255]), n: [Number.NaN, -1.5], text: '\ud800\u0000é', none: null };
  const push = { connection: 'hr', by: 'webhook', change: { kind: 'person', anchor: '1', attributes } } as const;
  expect(parseRequest(requestText({ push }))).toEqual({ push });
  const buffer = { ...push, change: { ...push.change, attributes: { photo: Buffer.from([0, 255]) } } };
  expect(parseRequest(requestText({ push: buffer }))).toEqual({
    push: { ...push, change: { ...push.change, attributes: { photo: new Uint8Array([0, 255]) } } },
  });
  expect(parseRequest(requestText({ edited: [3, 4], by: 'Ada' }))).toEqual({ edited: [3, 4], by: 'Ada' });
});

test('attributes are called as they like', () => {
  const attributes = { $bytes: 'AAAA', $number: 'NaN', $$bytes: Number.NaN, $: new Uint8Array([7]), plain: { $bytes: 1 } };
  const push = { connection: 'hr', by: 'webhook', change: { kind: 'person', anchor: '1', attributes } };
  expect(parseRequest(requestText({ push } as never))).toEqual({ push });
});
