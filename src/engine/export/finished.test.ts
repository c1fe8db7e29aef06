import { describe, expect, it } from 'vitest';
import type { EdgeWrite, ExportAnswer } from '#store/contract';
import { NOT_DONE } from './answers.ts';
import { type Finished, finishedBatches } from './finished.ts';

function batch(n: number, size: number): Finished {
  const answers = Array.from({ length: size }, (_, i): ExportAnswer => {
    const staged = n * 1_000 + i;
    const digest = Uint8Array.from({ length: 16 }, (_, at) => (staged + at) & 255);
    const edges = i === 3 ? [{ stagedId: staged, attribute: 'member', key: 'k' } as EdgeWrite] : [];
    const outcome = i % 2 === 0 ? 'proven' : 'retry';
    return { ...NOT_DONE, staged, revision: n, outcome, seen: `{"name":"Zoë ${staged}"}`, digest, edges };
  });
  return { attempt: `a${n}`, answers, members: null, changes: [], dirty: [] };
}

describe('the answers of a file-like target', () => {
  it.each([
    ['in memory', Number.POSITIVE_INFINITY],
    ['set aside in a file', 1],
    ['some of them set aside', 10_000],
  ])('come back as they were, in order, %s', (_, memory) => {
    const finished = finishedBatches(memory);
    expect(finished.empty).toBe(true);
    const batches = [batch(1, 20), batch(2, 1), batch(3, 50), batch(4, 30)];
    for (const one of batches) finished.add(one);
    expect(finished.empty).toBe(false);
    expect([...finished.all()]).toEqual(batches);
    expect(finished.edges.map((edge) => edge.stagedId)).toEqual([1_003, 3_003, 4_003]);
    expect(finished.proven(new Set([1_000, 1_001, 4_002, 9_000]))).toEqual(new Set([1_000, 4_002]));
    finished.close();
  });

  it('have digests that are sent by themselves, not with all the others', () => {
    const finished = finishedBatches(1);
    finished.add(batch(1, 10));
    const [back] = [...finished.all()];
    for (const { digest } of back!.answers) expect(digest!.buffer.byteLength).toBe(16);
    finished.close();
  });
});
