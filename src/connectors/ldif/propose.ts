/** What the entries of a file show: for a first configuration, which a person looks at. */
import { Seen } from '#protocols/ldap/seen';
import type { Proposed } from '../proposed.ts';
import type { Plan } from './config.ts';
import { itemsOf, openExisting } from './read.ts';

/** Ids that directories give, never change, and give once; names and numbers may change or be missing. */
const IDS = ['entryUUID', 'objectGUID', 'nsUniqueId', 'ipaUniqueID'];

export async function proposeFrom(plan: Plan): Promise<Proposed> {
  const source = await openExisting(plan.path);
  if (source === null) return { settings: { anchor: 'dn' } };
  const seen = new Seen();
  const kinds = new Set<string>();
  try {
    for await (const items of itemsOf(source, plan)) {
      for (const item of items) {
        if (item.type !== 'entry' && item.type !== 'add') continue;
        const classes = item.attributes.objectClass ?? [];
        const kind = plan.kindOf(classes);
        if (kind === null) continue;
        kinds.add(kind);
        seen.add({ dn: item.dn, kind, classes, attributes: item.attributes });
      }
    }
  } finally {
    await source.close();
  }
  const anchor = IDS.find((id) => kinds.size > 0 && [...kinds].every((kind) => seen.everybodyHas(kind, id))) ?? 'dn';
  const [naming, classes] = [seen.naming(), seen.unusualClasses(plan.classesOf('person') ?? [])];
  return {
    settings: { anchor },
    columns: seen.columns(),
    ...(naming === null ? {} : { naming }),
    ...(classes === null ? {} : { target: { settings: { objectClasses: { person: classes } } } }),
  };
}
