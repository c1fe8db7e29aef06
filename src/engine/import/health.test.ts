import { describe, expect, it } from 'vitest';
import { findOutages, nextBaseline, Tally, unhealthy } from './health.ts';

const tally = (n: number, filled: number) => {
  const one = new Tally();
  for (let i = 0; i < n; i++) one.add('person', { mail: i < filled ? `m${i}` : null, id: String(i) });
  return one.baseline();
};
const none = { attributes: [], accepted: [] };

describe('whether a read may prove absence', () => {
  it('not when it is empty, nor when it shows less than half of ten or more', () => {
    expect(unhealthy(tally(3, 0), tally(0, 0), none)).toContain('no person at all');
    expect(unhealthy(tally(100, 0), tally(50, 0), none)).toContain('shows 50');
    expect(unhealthy(tally(100, 0), tally(51, 0), none)).toBeNull();
    expect(unhealthy(tally(9, 0), tally(2, 0), none)).toBeNull();
  });

  it('says so of each kind', () => {
    const before = { counts: { group: 40, person: 1_000, site: 8 }, filled: {} };
    expect(unhealthy(before, { counts: { person: 400, site: 4 }, filled: {} }, none)).toBe(
      'it shows no group at all where the last complete read showed 40, and 400 of kind person where it showed 1,000',
    );
  });

  it('unless a person said that it is right', () => {
    const approved = { ...none, accepted: ['read'], shown: { person: 20 } };
    expect(unhealthy(tally(100, 0), tally(20, 0), approved)).toBeNull();
    expect(unhealthy(tally(100, 0), tally(21, 0), approved)).toBeNull();
    expect(unhealthy(tally(100, 0), tally(19, 0), approved)).toContain(
      'shows 19 of kind person where the approved read showed 20',
    );
  });

  it('goes on with what the first part of an interrupted read showed', () => {
    const first = new Tally();
    first.add('person', { mail: 'a' });
    const second = new Tally(first.baseline());
    second.add('person', { mail: null });
    expect(second.baseline()).toEqual({ counts: { person: 2 }, filled: { person: { mail: 1 } } });
    second.clear();
    expect(second.baseline()).toEqual({ counts: {}, filled: {} });
  });

  it('counts a list of members as filled when it names anybody', () => {
    const one = new Tally();
    one.add('group', { boss: 'a' }, [], [{ attribute: 'member', all: { keys: ['a', 'b'], texts: null } }]);
    one.add('group', {}, [], [{ attribute: 'member', add: { keys: ['a'], texts: null } }]);
    one.add('group', {}, [], [{ attribute: 'member', all: { keys: [], texts: null } }]);
    expect(one.baseline()).toEqual({ counts: { group: 3 }, filled: { group: { boss: 1, member: 2 } } });
  });
});

describe('an outage of an attribute', () => {
  it('is a column that vanished', () => {
    expect(findOutages(tally(5, 5), tally(5, 0), ['id'], none, 7)).toEqual([
      { kind: 'person', attribute: 'mail', filledBefore: 5, filledNow: 0, since: 7, unlisted: { meant: null } },
    ]);
    expect(findOutages(tally(5, 5), tally(5, 0), ['id', 'e', 'Mails'], none, 7)).toMatchObject([
      { unlisted: { meant: 'Mails' } },
    ]);
    expect(findOutages(tally(5, 5), tally(5, 0), ['id', 'mail'], none, 7)).toEqual([]);
  });

  it('is one filled in at least 50 objects and now empty in more than half of them', () => {
    expect(findOutages(tally(60, 50), tally(60, 24), undefined, none, 7)).toHaveLength(1);
    expect(findOutages(tally(60, 50), tally(60, 25), undefined, none, 7)).toEqual([]);
    expect(findOutages(tally(60, 49), tally(60, 0), undefined, none, 7)).toEqual([]);
  });

  it('is not that there are fewer objects', () => {
    expect(findOutages(tally(100, 100), tally(20, 20), undefined, none, 7)).toEqual([]);
    expect(findOutages(tally(100, 100), tally(20, 9), undefined, none, 7)).toHaveLength(1);
    const out = findOutages(tally(100, 100), tally(100, 0), undefined, none, 7);
    const kept = nextBaseline(tally(100, 100), tally(20, 0), out);
    expect(findOutages(kept, tally(20, 20), undefined, none, 8)).toEqual([]);
  });

  it('lasts until the values are back, measured against what was there before it', () => {
    const before = tally(60, 60);
    const out = findOutages(before, tally(60, 0), undefined, none, 7);
    const kept = nextBaseline(before, tally(60, 0), out);
    expect(findOutages(kept, tally(60, 10), undefined, { attributes: out, accepted: [] }, 9)).toMatchObject([
      { since: 7, filledBefore: 60 },
    ]);
    expect(findOutages(kept, tally(60, 40), undefined, { attributes: out, accepted: [] }, 9)).toEqual([]);
  });

  it('ends when a person says that it is right', () => {
    expect(findOutages(tally(60, 60), tally(60, 0), [], { attributes: [], accepted: ['person.mail'] }, 7)).toEqual([]);
  });
});
