/** Who was erased is not taken in again: a source may go on showing them for as long as it likes. */
import { erasedAnchor, erasedScope, SOME } from '#core/erased';
import type { Kind } from '#core/values';
import type { EngineConnection, EngineContext } from '../context.ts';

interface Named {
  readonly kind: Kind;
  readonly anchor: string;
}

export interface ErasedAnchors {
  /** Those of a page that may be taken in; the page itself where nobody was erased. */
  without<Entry extends Named>(page: readonly Entry[]): Promise<readonly Entry[]>;
}

export function createErased(
  { store, digester }: Pick<EngineContext, 'store' | 'digester'>,
  { name }: Pick<EngineConnection, 'name'>,
): ErasedAnchors {
  const scope = erasedScope(name);
  let some: Promise<boolean> | null = null;
  return {
    async without(page) {
      if (page.length === 0) return page;
      some ??= store.sync.keys([{ scope, norm: SOME }]).then((found) => found.length > 0);
      if (!(await some)) return page;
      const norms = page.map(({ kind, anchor }) => erasedAnchor(digester, kind, anchor));
      const erased = new Set((await store.sync.keys(norms.map((norm) => ({ scope, norm })))).map(({ norm }) => norm));
      return erased.size === 0 ? page : page.filter((_, i) => !erased.has(norms[i]!));
    },
  };
}
