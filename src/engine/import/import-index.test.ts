import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImportIndexRows } from '#store/contract';
import { createDigestSet } from './digest-set.ts';
import { buildImportIndex, createSeenBitmap } from './import-index.ts';

interface Row {
  readonly id: number;
  readonly anchor: Uint8Array;
  readonly content: Uint8Array;
  readonly present: boolean;
}

const words = (bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4));
};

function rowsOf(rows: readonly Row[]): ImportIndexRows {
  const sorted = [...rows].sort((a, b) => words(a.anchor)[0]! - words(b.anchor)[0]! || words(a.anchor)[1]! - words(b.anchor)[1]!);
  return {
    count: sorted.length,
    anchorHigh: Uint32Array.from(sorted, (r) => words(r.anchor)[0]!),
    anchorLow: Uint32Array.from(sorted, (r) => words(r.anchor)[1]!),
    ids: Float64Array.from(sorted, (r) => r.id),
    content: Uint32Array.from(sorted.flatMap((r) => words(r.content))),
    present: Uint8Array.from(sorted, (r) => (r.present ? 1 : 0)),
  };
}

/** Digests of `bits` bits: with 8, hundreds of anchors share one. */
const digest = (bits: number, length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((bytes) => (bits === 8 ? new Uint8Array(length).fill(bytes[0]!) : bytes));

describe.each([64, 8])('the import index with anchor digests of %i bits', (bits) => {
  const row = fc.record({ anchor: digest(bits, 8), content: digest(128, 16), present: fc.boolean() });

  it('finds a present row by both digests, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), fc.array(row, { maxLength: 20 }), (some, others) => {
        const rows = some.map((r, i) => ({ ...r, id: i + 1 }));
        const index = buildImportIndex(rowsOf(rows));
        const known = (r: Omit<Row, 'id'>) =>
          rows.filter((k) => k.present && sameBytes(k.anchor, r.anchor) && sameBytes(k.content, r.content));
        for (const one of [...rows, ...others]) {
          const found = index.unchanged(one.anchor, one.content);
          const expected = known(one).map((k) => k.id);
          if (expected.length === 0) expect(found).toBe(0);
          else expect(expected).toContain(found);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

describe('the bitmap of what was seen', () => {
  it('answers as a set does, and comes back from its changed pages', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200_000 })),
        fc.array(fc.integer({ min: 1, max: 200_000 })),
        (first, second) => {
          const bitmap = createSeenBitmap();
          const set = new Set<number>();
          const stored = new Map<number, Uint8Array>();
          for (const ids of [first, second]) {
            for (const id of ids) {
              expect(bitmap.add(id)).toBe(!set.has(id));
              set.add(id);
            }
            for (const { page, bytes } of bitmap.changedPages()) stored.set(page, bytes);
          }
          expect(bitmap.changedPages()).toEqual([]);
          const again = createSeenBitmap([...stored].map(([page, bytes]) => ({ page, bytes })));
          for (const id of [...first, ...second, 7, 99_999]) {
            expect(bitmap.has(id)).toBe(set.has(id));
            expect(again.has(id)).toBe(set.has(id));
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('anchors met in one read', () => {
  it('are told apart however many there are', () => {
    const met = createDigestSet();
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { maxLength: 2_000 }), (digests) => {
        for (const one of digests) {
          const key = Buffer.from([...one.subarray(0, 7), one[7]! | 1]).toString('hex');
          expect(met.add(one)).toBe(!seen.has(key));
          seen.add(key);
        }
      }),
      { numRuns: 30 },
    );
  });
});
