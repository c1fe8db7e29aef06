import fc from 'fast-check';
import { expect, test } from 'vitest';
import { guidBytes, guidText, sidBytes, sidText, uuidText } from './ids.ts';

test('a GUID and a SID are the same after writing and reading', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (id) => void expect([...guidBytes(guidText(id))!]).toEqual([...id]),
    ),
  );
  const sid = fc
    .tuple(fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 15 }), fc.integer({ min: 0, max: 2 ** 40 }))
    .map(([parts, authority]) => `S-1-${authority}${parts.map((part) => `-${part}`).join('')}`);
  fc.assert(fc.property(sid, (text) => void expect(sidText(sidBytes(text)!)).toBe(text)));
});

test('as the tools of their makers write them', () => {
  const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
  expect(guidText(bytes)).toBe('00112233-4455-6677-8899-aabbccddeeff');
  expect(uuidText(bytes)).toBe('33221100-5544-7766-8899-aabbccddeeff');
  expect(sidText(Buffer.from('010500000000000515000000010000000200000003000000f4010000', 'hex'))).toBe('S-1-5-21-1-2-3-500');
});

test('what is none is null, or hex', () => {
  expect([guidBytes('no guid'), sidBytes('S-1'), sidBytes('S-1-5-99999999999'), sidBytes('S-999-5')]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (any) => void expect(typeof sidText(any)).toBe('string')));
  expect(guidText(Uint8Array.of(1, 2))).toBe('0102');
});
