/** What an entry is, by its classes; which classes an entry gets that is made. */

/** Classes that say what an entry is, the most telling first: a computer of Active Directory is a `user` too. */
const KINDS: readonly (readonly [string, string])[] = [
  ['computer', 'other'],
  ['inetOrgPerson', 'person'],
  ['user', 'person'],
  ['organizationalPerson', 'person'],
  ['person', 'person'],
  ['group', 'group'],
  ['groupOfNames', 'group'],
  ['groupOfUniqueNames', 'group'],
  ['posixGroup', 'group'],
];

/** Of an entry that is made, where the settings do not say otherwise. */
export const USUAL_CLASSES: { readonly [kind: string]: readonly string[] } = {
  person: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
  group: ['top', 'groupOfNames'],
};

const MAX_COMBINATIONS = 1000;

/** `kinds`: objectClass → kind, asked before the usual ones. `others`: entries of no known class count, as kind "other". */
export class Kinds {
  readonly #kinds = new Map<string, string>();
  readonly #others: boolean;
  readonly #known = new Map<string, string | null>();

  constructor(kinds: { readonly [objectClass: string]: string }, others: boolean) {
    for (const [name, kind] of [...Object.entries(kinds), ...KINDS])
      if (!this.#kinds.has(name.toLowerCase())) this.#kinds.set(name.toLowerCase(), kind);
    this.#others = others;
  }

  /** Of an entry with these classes, in this order; null for one that is not offered. */
  of(classes: readonly unknown[]): string | null {
    const key = classes.join('\n');
    let kind = this.#known.get(key);
    if (kind !== undefined) return kind;
    const own = new Set(classes.map((name) => String(name).toLowerCase()));
    kind = this.#offered('other');
    for (const [name, each] of this.#kinds) {
      if (!own.has(name)) continue;
      kind = this.#offered(each);
      break;
    }
    if (this.#known.size < MAX_COMBINATIONS) this.#known.set(key, kind);
    return kind;
  }

  /** Every kind that an entry may be. */
  all(): readonly string[] {
    return [...new Set(this.#kinds.values())].filter((kind) => this.#offered(kind) !== null);
  }

  /** Classes by which entries of a kind are found, lower case. */
  classesFor(kind: string): readonly string[] {
    return [...this.#kinds].filter(([, each]) => each === kind).map(([name]) => name);
  }

  #offered(kind: string): string | null {
    return kind === 'other' && !this.#others ? null : kind;
  }
}
