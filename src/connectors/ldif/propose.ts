/** What the entries of a file show of how they are named: for a first configuration, which a person looks at. */
import { parentDn, parseDn } from '#core/dn';
import type { Proposed } from '../proposed.ts';
import type { Plan } from './config.ts';
import { itemsOf, openExisting } from './read.ts';

/** Ids that directories give, never change, and give once; names and numbers may change or be missing. */
const IDS = ['entryUUID', 'objectGUID', 'nsUniqueId', 'ipaUniqueID'];
const MOST_NAMES = 10_000;

export async function proposeFrom(plan: Plan): Promise<Proposed> {
  const source = await openExisting(plan.path);
  if (source === null) return { settings: { anchor: 'dn' } };
  const ids = new Map(IDS.map((id) => [id, 0]));
  const [names, classes] = [new Map<string, number>(), new Map<string, number>()];
  let entries = 0;
  try {
    for await (const items of itemsOf(source, plan)) {
      for (const item of items) {
        if (item.type !== 'entry' && item.type !== 'add') continue;
        const own = item.attributes.objectClass ?? [];
        const kind = plan.kindOf(own);
        if (kind === null) continue;
        entries++;
        for (const id of IDS) if (item.attributes[id] !== undefined) ids.set(id, ids.get(id)! + 1);
        if (kind !== 'person') continue;
        const [rdn, parent] = [parseDn(item.dn)?.[0], parentDn(item.dn)];
        if (rdn?.length === 1 && parent !== null) count(names, JSON.stringify([rdn[0]!.type, parent]));
        count(classes, JSON.stringify(own));
      }
    }
  } finally {
    await source.close();
  }
  const anchor = IDS.find((id) => entries > 0 && ids.get(id) === entries) ?? 'dn';
  const [name, of] = [most(names), most(classes)];
  const usual = JSON.stringify([...(plan.classesOf('person') ?? [])].sort());
  const same = of === null || JSON.stringify([...(JSON.parse(of) as string[])].sort()) === usual;
  const settings = { anchor, ...(same ? {} : { objectClasses: { person: JSON.parse(of) as string[] } }) };
  if (name === null) return { settings };
  const [rdn, parent] = JSON.parse(name) as [string, string];
  return { settings, naming: { rdn, parent } };
}

function count(of: Map<string, number>, key: string): void {
  if (of.has(key) || of.size < MOST_NAMES) of.set(key, (of.get(key) ?? 0) + 1);
}

function most(of: ReadonlyMap<string, number>): string | null {
  return (
    [...of].reduce<readonly [string, number] | null>(
      (best, one) => (best === null || one[1] > best[1] ? one : best),
      null,
    )?.[0] ?? null
  );
}
