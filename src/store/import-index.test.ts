import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildImportIndex, createSeenBitmap } from './import-index.ts';

interface Entry {
  readonly high: number;
  readonly low: number;
  readonly content: readonly [number, number, number, number];
  readonly present: 0 | 1 | 2;
}

function bytesOf(...words: number[]): Uint8Array {
  const out = new Uint8Array(words.length * 4);
  const view = new DataView(out.buffer);
  words.forEach((word, i) => {
    view.setUint32(i * 4, word);
  });
  return out;
}

function index(entries: readonly Entry[]): ReturnType<typeof buildImportIndex> {
  const sorted = entries.map((entry, i) => ({ ...entry, id: i + 1 })).sort((a, b) => a.high - b.high || a.low - b.low);
  return buildImportIndex({
    count: sorted.length,
    anchorHigh: Uint32Array.from(sorted, (entry) => entry.high),
    anchorLow: Uint32Array.from(sorted, (entry) => entry.low),
    ids: Float64Array.from(sorted, (entry) => entry.id),
    content: Uint32Array.from(sorted.flatMap((entry) => entry.content)),
    present: Uint8Array.from(sorted, (entry) => entry.present),
  });
}

// Few different words, so that digests collide and borders (0, 2^31, 2^32-1) are met.
const word = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff);

test('finds exactly what is there, however many anchors share a digest', () => {
  const entry = fc.record({
    high: word,
    low: word,
    c: fc.integer({ min: 1, max: 1000 }),
    present: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (list) => {
      // The content digest covers the anchor: no two rows share it.
      const entries = list.map((one, i): Entry & { c: number } => ({ ...one, content: [one.c, i, 0, 0] }));
      const built = index(entries);
      expect(built.count).toBe(entries.length);
      entries.forEach((one, i) => {
        expect(built.unchanged(bytesOf(one.high, one.low), bytesOf(...one.content))).toBe(one.present === 1 ? i + 1 : 0);
        expect(built.unchanged(bytesOf(one.high, one.low), bytesOf(one.c, i, 0, 1))).toBe(0);
      });
    }),
    { numRuns: 200 },
  );
});

test('a row without a content digest is never unchanged', () => {
  const built = index([{ high: 5, low: 5, content: [0, 0, 0, 0], present: 1 }]);
  expect(built.unchanged(bytesOf(5, 5), bytesOf(0, 0, 0, 0))).toBe(0);
});

test('whoever is there or held and was not seen is missing, whatever is known of what they have', () => {
  const entry = fc.record({
    high: word,
    // 0: to be compared in full.
    content: fc.constantFrom(0, 1),
    present: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    seen: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (list) => {
      const built = index(list.map((one, i): Entry => ({ ...one, low: i, content: [one.content, one.content * i, 0, 0] })));
      const bitmap = createSeenBitmap();
      list.forEach(({ seen }, i) => {
        if (seen) bitmap.add(i + 1);
      });
      const missing = list.flatMap(({ present, seen }, i) => (present !== 0 && !seen ? [i + 1] : []));
      expect([...built.missing(bitmap)]).toEqual(missing);
    }),
  );
});

test('the bitmap is what was added, page by page', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat({ max: 200_000 }), { maxLength: 30 }), { maxLength: 5 }), (rounds) => {
      const bitmap = createSeenBitmap();
      const stored = new Map<number, Uint8Array>();
      const all = new Set<number>();
      for (const ids of rounds) {
        for (const id of ids) {
          expect(bitmap.add(id)).toBe(!all.has(id));
          all.add(id);
        }
        for (const { page, bytes } of bitmap.changedPages()) stored.set(page, bytes);
        expect(bitmap.changedPages()).toEqual([]);
      }
      const again = createSeenBitmap([...stored].map(([page, bytes]) => ({ page, bytes })));
      for (const id of all) expect(again.has(id)).toBe(true);
      for (let id = 0; id <= 200_000; id += 97) expect(again.has(id)).toBe(all.has(id));
    }),
    { numRuns: 50 },
  );
});

test('a cleared bitmap clears what the store has of it', () => {
  const bitmap = createSeenBitmap();
  bitmap.add(7);
  bitmap.changedPages();
  bitmap.clear();
  expect(bitmap.has(7)).toBe(false);
  const pages = bitmap.changedPages();
  expect(pages.map((page) => page.page)).toEqual([0]);
  expect(createSeenBitmap(pages).has(7)).toBe(false);
});
