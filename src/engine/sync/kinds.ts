/** Lists of a kind's attributes that are walked for every object; made once per configuration. */
import type { KindRules, MetaAttribute } from '#rules/model';

interface Lists {
  readonly references: readonly MetaAttribute[];
  readonly uniques: readonly MetaAttribute[];
  readonly once: readonly MetaAttribute[];
}

const lists = new WeakMap<KindRules, Lists>();

export function listsOf(rules: KindRules): Lists {
  let known = lists.get(rules);
  if (!known) {
    const all = [...rules.attributes.values()];
    known = {
      references: all.filter((type) => type.type === 'reference'),
      uniques: all.filter((type) => type.unique !== null),
      once: all.filter((type) => type.once),
    };
    lists.set(rules, known);
  }
  return known;
}
