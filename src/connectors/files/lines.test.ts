import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LineBatch, readLines } from './lines.ts';

/** Each block in the same memory, as a source hands them out. */
async function* blocksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const count = bytes.copy(memory, 0, at, at + size);
    yield memory.subarray(0, count);
    memory.fill(0x58);
  }
}

async function read(text: string | Buffer, size: number, maxBytes = 1000): Promise<LineBatch[]> {
  const batches: LineBatch[] = [];
  for await (const batch of readLines(blocksOf(Buffer.from(text), size), { maxBytes })) batches.push(batch);
  return batches;
}

test('lines are the same however the bytes are cut, numbered, and the offsets lead back to them', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '"'), maxLength: 12 });
  const ends = fc.constantFrom('\n', '\r\n');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(line, ends), { maxLength: 12 }),
      line,
      fc.integer({ min: 1, max: 30 }),
      async (rows, rest, size) => {
        const text = rows.map(([row, end]) => row + end).join('') + rest;
        const batches = await read(text, size);
        const wanted = rows.map(([row]) => row).concat(rest === '' ? [] : [rest]);
        expect(batches.flatMap((batch) => batch.lines)).toEqual(wanted);
        let number = 1;
        const bytes = Buffer.from(text);
        for (const batch of batches) {
          expect(batch.first).toBe(number);
          number += batch.lines.length;
          expect(bytes.subarray(0, batch.end).toString().split('\n').length - (batch.open ? 0 : 1)).toBe(number - 1);
        }
        expect(batches.at(-1)?.open ?? false).toBe(rest !== '');
      },
    ),
    { numRuns: 300 },
  );
});

test.each([1, 7, 64, 5000])('a line over the limit is passed over with its number and length (blocks of %i)', async (size) => {
  const batches = await read(`one\n${'x'.repeat(1001)}\ntwo\n${'y'.repeat(3000)}\r\n\nthree`, size);
  expect(batches.flatMap((batch) => batch.lines)).toEqual(['one', 'two', '', 'three']);
  expect(batches.flatMap((batch) => batch.overlong ?? [])).toEqual([
    { line: 2, bytes: 1001 },
    { line: 4, bytes: 3001 },
  ]);
  expect(batches.at(-1)).toMatchObject({
    first: batches.at(-1)!.lines.length === 1 ? 6 : 5,
    open: true,
    end: 4 + 1002 + 4 + 3002 + 1 + 5,
  });
});

test('an endless line at the end is passed over too', async () => {
  const batches = await read(`one\n${'x'.repeat(5000)}`, 100);
  expect(batches.at(-1)).toMatchObject({ lines: [], open: true, overlong: { line: 2, bytes: 5000 }, end: 5004 });
});

test('damaged bytes stay visible and raise the suspicion', async () => {
  const [batch] = await read(Buffer.from([0x61, 0xff, 10, 0x62, 10]), 100);
  expect(batch).toMatchObject({ lines: ['a\udcff', 'b'], suspect: true });
  const [, rest] = await read(Buffer.from('\ufeffa\nb\n'), 5);
  expect(rest).toMatchObject({ lines: ['b'], suspect: false });
});
