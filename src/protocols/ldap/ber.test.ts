import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RollcallError } from '#core/errors';
import { BerReader, boolean, element, integer, octets, SEQUENCE } from './ber.ts';
import { FrameReader } from './frames.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

test('numbers, truths, texts and bytes come back as they went', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }),
      fc.boolean(),
      fc.string({ unit: 'grapheme' }),
      bytes,
      (n, b, t, o) => {
        const reader = new BerReader(element(SEQUENCE, integer(n), boolean(b), octets(t), octets(o))).inside(SEQUENCE);
        expect([reader.integer(), reader.boolean(), reader.text(), Buffer.from(reader.octets())]).toEqual([n, b, t, o]);
        expect(reader.done).toBe(true);
      },
    ),
  );
});

test('numbers are as short as they can be (X.690 8.3.2), lengths too', () => {
  expect([0, 127, 128, -128, -129, 256].map((n) => integer(n).toString('hex'))).toEqual([
    '020100',
    '02017f',
    '02020080',
    '020180',
    '0202ff7f',
    '02020100',
  ]);
  expect(octets('x'.repeat(127)).subarray(0, 2).toString('hex')).toBe('047f');
  expect(octets('x'.repeat(128)).subarray(0, 3).toString('hex')).toBe('048180');
  expect(octets('x'.repeat(70_000)).subarray(0, 5).toString('hex')).toBe('0483011170');
});

test('whatever bytes come, reading ends within them, or with a fault of the server', () => {
  fc.assert(
    fc.property(
      bytes,
      fc.array(fc.constantFrom('integer', 'boolean', 'text', 'octets', 'skip', 'inside'), { maxLength: 8 }),
      (all, steps) => {
        const reader = new BerReader(all);
        try {
          for (const step of steps) {
            if (step === 'inside') reader.inside(reader.tag);
            else reader[step]();
            expect(reader.at).toBeLessThanOrEqual(all.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(RollcallError);
        }
      },
    ),
  );
});

test('a stream in pieces of any size is the same messages', () => {
  const messages = fc.array(
    bytes.map((content) => element(SEQUENCE, octets(content))),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (list, sizes) => {
      const stream = Buffer.concat(list);
      const frames = new FrameReader(1000);
      const out: Buffer[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length]!;
        out.push(...frames.push(stream.subarray(at, at + size)).map((frame) => Buffer.from(frame)));
        at += size;
      }
      expect(out).toEqual(list);
    }),
  );
});

test.each([
  ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request'), 'begins with 72'],
  ['a length without an end', Buffer.from('3080', 'hex'), 'without a length'],
  ['more than memory should hold', Buffer.from('30847fffffff00', 'hex'), 'one message of 2147483653 bytes, more than 1000'],
])('%s ends the stream', (_, chunk, said) => {
  expect(() => new FrameReader(1000).push(chunk)).toThrow(said);
});
