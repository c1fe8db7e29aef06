/** The keys by which others find an object (SEMANTICS 1, 12). */
import { normalForm } from '#core/matching';
import { type Attributes, scalars } from '#core/values';
import type { KindRules } from '#rules/model';
import type { KeyRow } from '#store/contract';
import { joinScope, uniqueScope } from './generation.ts';
import { listsOf } from './kinds.ts';

/** The keys an object with these attributes is found by, and the unique values it holds. */
export function publishedKeys(rules: KindRules, attributes: Attributes): Omit<KeyRow, 'owner'>[] {
  const out: Omit<KeyRow, 'owner'>[] = [];
  for (const name of rules.joinKeys) {
    const type = rules.attributes.get(name);
    if (!type) continue;
    for (const scalar of scalars(attributes[name] ?? null)) {
      const norm = normalForm(scalar, type.matching);
      if (norm !== '') out.push({ scope: joinScope(rules.kind, name), norm });
    }
  }
  for (const type of listsOf(rules).uniques) {
    for (const scalar of scalars(attributes[type.name] ?? null))
      out.push({ scope: uniqueScope(rules.kind, type.name), norm: normalForm(scalar, type.matching) });
  }
  return out;
}
