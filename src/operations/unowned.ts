/** Accounts in targets that are nobody's, where nothing else tells of them: a target without `import` only looks for those it writes. */
import type { Services } from '#runs/model';

export interface Unowned {
  readonly connection: string;
  readonly kind: string;
  readonly count: number;
}

/** As the last reads showed them. They are counted while they are staged, so it costs nothing. */
export async function unownedIn(
  { connections }: Services['config'],
  store: Services['store'],
  only: string | undefined,
): Promise<Unowned[]> {
  const found: Unowned[] = [];
  for (const { name, imports, exports } of connections) {
    const kinds = new Set([...exports.values()].map((rule) => rule.to));
    // What an import rule takes is linked, or parked one by one.
    for (const rule of imports.values()) kinds.delete(rule.from);
    if (kinds.size === 0 || (only !== undefined && only !== name)) continue;
    const counts = await store.spaces.count(name);
    for (const kind of kinds) {
      const { present = 0, linked = 0 } = counts[kind] ?? {};
      if (present > linked) found.push({ connection: name, kind, count: present - linked });
    }
  }
  return found;
}
