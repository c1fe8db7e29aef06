import { describe, expect, it } from 'vitest';
import { emptiedBy } from './memberships.ts';

const lost = (pending: number, removed: number, added: number, members: number) =>
  emptiedBy({ stagedId: 1, attribute: 'member', pending, removed, added, members });

describe('a group', () => {
  it('of ten or more may lose half, and no more, at once or in slices', () => {
    expect(lost(5, 0, 0, 10)).toBeNull();
    expect(lost(6, 0, 0, 10)).toEqual({ count: 6, sent: 0, limit: 5 });
    expect(lost(1, 4, 0, 6)).toBeNull();
    expect(lost(2, 4, 0, 6)).toEqual({ count: 6, sent: 4, limit: 5 });
    expect(lost(9, 0, 0, 9)).toBeNull();
  });

  it('is as large as it was before it began to lose', () => {
    expect(lost(2, 4, 100, 106)).toEqual({ count: 6, sent: 4, limit: 5 });
    // One that was small then: all that it was given counts.
    expect(lost(90, 1, 100, 100)).toEqual({ count: 91, sent: 1, limit: 50 });
    expect(lost(1, 4, 3, 4)).toBeNull();
  });
});
