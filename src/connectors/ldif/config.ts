/** The settings of an LDIF connection. */
import { z } from 'zod';
import { Kinds, USUAL_CLASSES } from '#protocols/ldap/kinds';
import { isWithin, nameKey } from '#protocols/ldap/names';
import { canonicalDescription } from '#protocols/ldap/schema';

const word = z.string().min(1).max(255);
const description = word.refine((text) => canonicalDescription(text) !== null, 'is no attribute name');

export interface LdifConfig {
  readonly path: string;
  readonly format: 'content' | 'changes';
  readonly encoding: 'utf-8';
  readonly anchor: string;
  readonly kinds: { readonly [objectClass: string]: string };
  readonly others: boolean;
  readonly containers: { readonly [dn: string]: string };
  readonly objectClasses: { readonly [kind: string]: readonly string[] };
  readonly ignore: readonly string[];
}

export const ldifConfig: z.ZodType<LdifConfig> = z
  .strictObject({
    path: z.string().min(1).describe('The file; a relative path starts from the folder of rollcall.yaml'),
    format: z.enum(['content', 'changes']).default('content').describe('Entries, or change records that are added at the end'),
    encoding: z.literal('utf-8').default('utf-8').describe('Nothing else: LDIF is UTF-8'),
    anchor: z
      .union([z.literal('dn'), description])
      .default('dn')
      .describe('What never changes about an entry: dn, entryUUID, objectGUID, uid …'),
    kinds: z.record(word, word).default({}).describe('objectClass → kind, before the usual ones'),
    others: z.boolean().default(false).describe('Also read entries of no known class, as kind "other"'),
    containers: z.record(word, word).default({}).describe('Changes only: DN → kind of what stands below it'),
    objectClasses: z.record(word, z.array(word).min(1)).default({}).describe('Kind → classes of an entry that is created'),
    ignore: z.array(description).default([]).describe('Attributes never read'),
  })
  .superRefine((config, context) => {
    if (config.format === 'changes' && config.anchor !== 'dn') {
      context.addIssue({
        code: 'custom',
        path: ['anchor'],
        message: 'change records name entries by DN only: leave the anchor out',
      });
    }
    for (const dn of Object.keys(config.containers)) {
      if (nameKey(dn) === null) context.addIssue({ code: 'custom', path: ['containers', dn], message: 'is no DN' });
    }
  });

/** What the settings come to. */
export interface Plan {
  readonly path: string;
  /** Rollcall writes it, so it need not exist yet. */
  readonly made: boolean;
  /** `dn`, or the attribute's one spelling. */
  readonly anchor: string;
  /** Null: an entry that is not offered. */
  kindOf(classes: readonly unknown[]): string | null;
  /** Of an entry of which only the name is known. */
  kindBelow(key: string): string | null;
  classesOf(kind: string): readonly string[] | null;
  /** Lower case. */
  readonly ignored: ReadonlySet<string>;
  readonly maxEntryBytes: number;
  /** Attributes of which an entry without them says that it has none. */
  readonly clears: readonly string[];
}

export function planOf(
  config: LdifConfig,
  path: string,
  maxEntryBytes: number,
  made: boolean,
  clears: readonly string[] = [],
): Plan {
  const kinds = new Kinds(config.kinds, config.others);
  const classes = new Map([...Object.entries(USUAL_CLASSES), ...Object.entries(config.objectClasses)]);
  const containers = Object.entries(config.containers)
    .map(([dn, kind]) => ({ key: nameKey(dn) ?? '', kind }))
    .sort((a, b) => b.key.length - a.key.length);

  return {
    path,
    made,
    anchor: config.anchor === 'dn' ? 'dn' : (canonicalDescription(config.anchor) ?? config.anchor),
    kindOf: (classes) => kinds.of(classes),
    kindBelow: (key) => containers.find((container) => isBelow(key, container.key))?.kind ?? null,
    classesOf: (kind) => classes.get(kind) ?? null,
    ignored: new Set(config.ignore.map((name) => name.toLowerCase())),
    maxEntryBytes,
    // Where no attribute is called so, these two are the entry's own anchor and name.
    clears: clears.filter((name) => name !== 'anchor' && name !== 'name' && !config.ignore.includes(name)),
  };
}

function isBelow(key: string, container: string): boolean {
  return key !== container && isWithin(key, container);
}
