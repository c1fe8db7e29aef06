import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decoderOf, encoderOf, encodingByBom, isEncoding } from './decode.ts';

function decodeAll(
  encoding: string,
  bytes: Buffer,
  cuts: readonly number[] = [],
): { text: string; damaged: boolean; reversible: boolean } {
  const decoder = decoderOf(encoding, { bom: false });
  let text = '';
  let damaged = false;
  let at = 0;
  for (const cut of [...cuts.map((n) => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    text += decoder.decode(bytes.subarray(at, cut), false);
    damaged ||= decoder.suspect;
    at = cut;
  }
  text += decoder.decode(Buffer.alloc(0), true);
  return { text, damaged: damaged || decoder.suspect, reversible: decoder.reversible };
}

test.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-15', 'koi8-r'])(
  '%s: any bytes cut anywhere come back as they were',
  (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(40), { maxLength: 4 }), (raw, cuts) => {
        const bytes = Buffer.from(raw);
        const { text, reversible } = decodeAll(encoding, bytes, cuts);
        expect(text).toBe(decodeAll(encoding, bytes).text);
        if (reversible) expect(encoderOf(encoding).encode(text)).toEqual(bytes);
        if (encoding === 'utf-8' || encoding === 'windows-1252') expect(reversible).toBe(true);
      }),
      { numRuns: 300 },
    );
  },
);

test('encodings with characters of several bytes may be cut within one', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '日', '本', '語', 'カ') }),
      fc.array(fc.nat(40), { maxLength: 4 }),
      (text, cuts) => {
        for (const encoding of ['shift_jis', 'euc-jp', 'gb18030', 'big5']) {
          if (encoderOf(encoding).canEncode(text))
            expect(decodeAll(encoding, encoderOf(encoding).encode(text), cuts).text).toBe(text);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test('what is no text becomes a lone surrogate each, never U+FFFD', () => {
  expect(decodeAll('utf-8', Buffer.from([0x61, 0xe9, 0x62, 0xc3]))).toMatchObject({ text: 'a\udce9b\udcc3', damaged: true });
  expect(decodeAll('windows-1252', Buffer.from([0x61, 0x81, 0x80]))).toMatchObject({ text: 'a\udc81€', damaged: true });
  expect(decodeAll('utf-16le', Buffer.from([0x61, 0, 0x62])).text).toBe('a\udcff');
  expect(decodeAll('shift_jis', Buffer.from([0x41, 0xff])).text).toContain('\udcff');
  // A replacement character somebody really wrote is text.
  expect(decodeAll('utf-8', Buffer.from('a\ufffd'))).toMatchObject({ text: 'a\ufffd', damaged: false });
});

test('byte order marks are seen and taken off', () => {
  for (const encoding of ['utf-8', 'utf-16le', 'utf-16be']) {
    const { bom, encode } = encoderOf(encoding);
    const bytes = Buffer.concat([bom, encode('é,x')]);
    expect(encodingByBom(bytes)).toBe(encoding);
    const decoder = decoderOf(encoding);
    expect(decoder.decode(bytes.subarray(0, 1), false) + decoder.decode(bytes.subarray(1), true)).toBe('é,x');
    expect(decoder.bom).toBe(true);
  }
  expect(encodingByBom(Buffer.from('abc'))).toBeUndefined();
});

test('an encoder knows what it cannot say', () => {
  expect(encoderOf('windows-1252').canEncode('Ærøskøbing €')).toBe(true);
  expect(encoderOf('windows-1252').canEncode('Łódź')).toBe(false);
  expect(encoderOf('shift_jis').canEncode('日本')).toBe(true);
  expect(encoderOf('shift_jis').canEncode('ß')).toBe(false);
  expect(encoderOf('utf-8').canEncode('\ud800')).toBe(false);
  expect(encoderOf('iso-8859-1').encode('é')).toEqual(Buffer.from([0xe9]));
});

test('names that are no text encodings are refused', () => {
  expect(isEncoding('windows-1252')).toBe(true);
  for (const name of ['base64', 'hex', 'utf-7', 'nonsense']) {
    expect(isEncoding(name)).toBe(false);
    expect(() => decoderOf(name)).toThrow(/not known/);
  }
});
