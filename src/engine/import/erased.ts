/** Who was erased is not taken in again: a source may go on showing them for as long as it likes. */
import type { Change, ReadObject } from '#connectors/contract';
import { parseImage } from '#core/canonical';
import { erasedAnchor, erasedIdentity, erasedScope, identityValues, SOME } from '#core/erased';
import type { EngineConnection, EngineContext } from '../context.ts';

type Entry = ReadObject | Change;

export interface ErasedAnchors {
  /** Those of a page that may be taken in; the page itself where nobody was erased. */
  without(page: readonly Entry[]): Promise<readonly Entry[]>;
}

export function createErased(
  { store, digester }: Pick<EngineContext, 'store' | 'digester'>,
  { name, definition: { identity } }: Pick<EngineConnection, 'name' | 'definition'>,
): ErasedAnchors {
  const scope = erasedScope(name);
  let some: Promise<boolean> | null = null;

  const namedBy = (kind: string, has: (attribute: string) => unknown): readonly string[] =>
    identityValues(identity, kind, has).map((value) => erasedIdentity(digester, kind, value));

  /** Whoever shared a value with somebody who was erased keeps it. */
  const hadBefore = async ({ kind, anchor }: Entry): Promise<readonly string[]> => {
    const [row] = await store.spaces.byAnchors(name, kind, [anchor]);
    if (row === undefined || row.seen === null || row.presence === 'gone') return [];
    const seen = parseImage(row.seen);
    return namedBy(kind, (attribute) => seen[attribute]);
  };

  return {
    async without(page) {
      if (page.length === 0) return page;
      some ??= store.sync.keys([{ scope, norm: SOME }]).then((found) => found.length > 0);
      if (!(await some)) return page;
      const anchors = page.map(({ kind, anchor }) => erasedAnchor(digester, kind, anchor));
      const named = page.map((entry) => namedBy(entry.kind, (attribute) => valueIn(entry, attribute)));
      const asked = [...anchors, ...named.flat()].map((norm) => ({ scope, norm }));
      const erased = new Set((await store.sync.keys(asked)).map(({ norm }) => norm));
      if (erased.size === 0) return page;
      const out: Entry[] = [];
      for (const [i, entry] of page.entries()) {
        if (erased.has(anchors[i]!)) continue;
        const hers = named[i]!.filter((norm) => erased.has(norm));
        const before = hers.length === 0 ? [] : await hadBefore(entry);
        if (hers.every((norm) => before.includes(norm))) out.push(entry);
      }
      return out;
    },
  };
}

function valueIn(entry: Entry, attribute: string): unknown {
  if (entry.op === 'delete') return undefined;
  return (entry.op === 'patch' ? entry.set : entry.attributes)?.[attribute];
}
