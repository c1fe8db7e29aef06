import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Waiting } from '#decisions/approve';
import { PLACE, pageOf } from './waiting-page.ts';

type Row = Waiting['rows'][number];

/** Of what a page is made of. */
function found(deletes: number, others: number, edges: readonly number[], links: number): Waiting {
  const row = (id: number, operation: 'create' | 'delete'): Row =>
    ({ id, export: { operation, parts: '[]', discarded: null } as unknown as Row['export'] }) as Row;
  return {
    rows: Array.from({ length: deletes + others }, (_, i) => row(i + 1, i % 2 === 0 && i < deletes * 2 ? 'delete' : 'create')),
    members: edges.map((stagedId, i) => ({ stagedId, key: `k${i}` })),
    links: Array.from({ length: links }, (_, i) => ({ id: links - i })),
  } as unknown as Waiting;
}

test('pages are the whole of each list, once, and say how much is left', () => {
  const lists = fc.tuple(fc.nat(6), fc.nat(6), fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 }), fc.nat(4));
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 3 }), (list, limit) => {
      const all = found(...list);
      const whole = pageOf(all, null, 100);
      expect([whole.next, whole.more, whole.moreEnding]).toEqual([null, 0, 0]);
      const seen: { rows: Row[]; members: Waiting['members'][]; links: Waiting['links'][number][] } = {
        rows: [],
        members: [],
        links: [],
      };
      for (let after: string | null = null; ; ) {
        const page = pageOf(all, after, limit);
        seen.rows.push(...page.rows);
        seen.members.push(...page.members);
        seen.links.push(...page.links);
        const shown = seen.rows.length + seen.members.flat().length + seen.links.length;
        expect(page.more).toBe(all.rows.length + all.members.length + all.links.length - shown);
        if (page.next === null) break;
        expect(page.next).toMatch(PLACE);
        after = page.next;
      }
      expect(seen).toEqual({ rows: whole.rows, members: whole.members, links: whole.links });
    }),
  );
});
