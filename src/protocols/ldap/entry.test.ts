import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { element, octets, SEQUENCE, SET } from './ber.ts';
import { EntryDecoder, type LdapEntry } from './entry.ts';
import { guidBytes, sidBytes } from './ids.ts';
import { message } from './requests.ts';
import { readResponse } from './responses.ts';

type Shown = readonly (readonly [string, readonly (string | Uint8Array)[]])[];

function shown(list: Shown, isBytes?: (type: string) => boolean, decoder = new EntryDecoder(isBytes)): LdapEntry {
  const attributes = list.map(([name, values]) =>
    element(SEQUENCE, octets(name), element(SET, ...values.map((value) => octets(value)))),
  );
  const frame = message(7, element(0x64, octets('cn=Zoë,dc=example'), element(SEQUENCE, ...attributes)));
  return decoder.read(readResponse(frame));
}

test('text is text, bytes are bytes, ids are as people know them', () => {
  const entry = shown(
    [
      ['CN', ['Zoë', 'Zoe']],
      ['jpegphoto', ['\u0001']],
      ['sn', [Buffer.from('ff', 'hex')]],
      ['description', ['a\0b']],
      ['objectGUID', [guidBytes('00112233-4455-6677-8899-aabbccddeeff')!]],
      ['objectSid', [sidBytes('S-1-5-21-1-2-3-500')!]],
      ['x-key', ['text']],
      ['cn;LANG-DE', ['Zo\u00eb']],
      ['__proto__', ['mine']],
      ['title', []],
    ],
    (type) => type === 'x-key',
  );
  expect(entry.dn).toBe('cn=Zoë,dc=example');
  expect(Object.entries(entry.attributes)).toEqual([
    ['cn', ['Zoë', 'Zoe']],
    ['jpegPhoto', [Uint8Array.of(1)]],
    ['sn', [Uint8Array.of(255)]],
    ['description', [new Uint8Array(Buffer.from('a\0b'))]],
    ['objectGUID', ['00112233-4455-6677-8899-aabbccddeeff']],
    ['objectSid', ['S-1-5-21-1-2-3-500']],
    ['x-key', [new Uint8Array(Buffer.from('text'))]],
    ['cn;lang-de', ['Zoë']],
    ['__proto__', ['mine']],
    ['title', []],
  ]);
});

test('a part of a list says which part it is', () => {
  const entry = shown([
    ['member;range=0-1', ['a', 'b']],
    ['member', []],
    ['memberOf;Range=3-*', ['c']],
  ]);
  expect(entry.attributes).toEqual({ member: ['a', 'b'], memberOf: ['c'] });
  expect([...entry.ranges!]).toEqual([
    ['member', { from: 0, to: 1 }],
    ['memberOf', { from: 3, to: null }],
  ]);
});

/** Text where it is text, whatever stands around it. */
const naive = (bytes: Buffer): string | Uint8Array =>
  isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : new Uint8Array(bytes);

test('one entry after another is what each is by itself, whatever its values and its size', () => {
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii' }).map((text) => Buffer.from(text)) },
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
    // Beyond what becomes one text.
    { weight: 1, arbitrary: fc.integer({ min: 8000, max: 9000 }).map((size) => Buffer.alloc(size, 'a')) },
  );
  const name = fc.constantFrom('a1', 'a2', 'a3', 'a3;lang-de', 'A1', 'aaaa', '__proto__');
  const entry = fc.uniqueArray(fc.tuple(name, fc.array(value, { maxLength: 3 })), {
    selector: ([each]) => each.toLowerCase(),
    maxLength: 5,
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
      const decoder = new EntryDecoder();
      for (const list of entries) {
        const { attributes } = shown(list, undefined, decoder);
        const expected = list.map(([each, values]) => [each === 'A1' ? expect.stringMatching(/^a1$/i) : each, values.map(naive)]);
        expect(Object.entries(attributes)).toEqual(expected);
      }
    }),
  );
});
