import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { ChangeDigests } from './digests.ts';

describe('digests of changes', () => {
  const all = Array.from({ length: 3_000 }, (_, i) => [i * 2 + 1, sha256Hex(`change ${i}`)] as const);
  const made = (of: readonly (readonly [number, string])[]): ChangeDigests => {
    const out = new ChangeDigests();
    for (const [id, digest] of of) out.add(id, digest);
    return out;
  };

  it('name the set as the list of all digests in order would, with other texts among them', () => {
    // Between the digits and the letters, and at both ends.
    const others = ['["link",3]', '!', '~', '0', 'b'];
    const listed = (texts: readonly string[]): string =>
      sha256Hex(canonicalJson([...all.map(([, digest]) => digest), ...texts].sort()));
    expect(made(all).digestWith(others)).toBe(listed(others));
    expect(made(all).digestWith([])).toBe(listed([]));
    expect(made([]).digestWith([])).toBe(sha256Hex('[]'));
  });

  it('know exactly the changes that were added', () => {
    const set = made(all);
    expect(set.size).toBe(all.length);
    expect(all.every(([id, digest]) => set.has(id, digest))).toBe(true);
    expect(set.has(1, all[1]![1])).toBe(false);
    expect(set.has(2, all[0]![1])).toBe(false);
    expect(set.has(9_999, all[0]![1])).toBe(false);
  });
});
