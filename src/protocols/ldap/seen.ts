/** What the entries of a directory show, as far as they were looked at: how they are named, their classes, what they have. */
import { parentDn, parseDn } from '#core/dn';
import { bare } from '#core/values';

export interface SeenEntry {
  readonly dn: string;
  readonly kind: string;
  readonly classes: readonly unknown[];
  readonly attributes: { readonly [attribute: string]: unknown };
}

export interface SeenAttribute {
  readonly name: string;
  readonly share: number;
  readonly several?: true;
  readonly refersBy?: string;
}

interface Count {
  has: number;
  several: boolean;
  values: number;
  names: number;
}

/** Of names that may be different for each entry. */
const MOST_NAMES = 10_000;
/** Of one attribute: more say nothing new. */
const MOST_VALUES = 1000;

export class Seen {
  readonly #names = new Map<string, number>();
  readonly #classes = new Map<string, number>();
  readonly #kinds: { [kind: string]: { entries: number; readonly attributes: Map<string, Count> } } = bare();

  add({ dn, kind, classes, attributes }: SeenEntry): void {
    this.#kinds[kind] ??= { entries: 0, attributes: new Map() };
    const own = this.#kinds[kind];
    own.entries++;
    for (const [name, value] of Object.entries(attributes)) {
      const count = own.attributes.get(name) ?? { has: 0, several: false, values: 0, names: 0 };
      own.attributes.set(name, count);
      count.has++;
      if (Array.isArray(value) && value.length > 1) count.several = true;
      if (count.values < MOST_VALUES) lookAt(value, count);
    }
    if (kind !== 'person') return;
    const [rdn, parent] = [parseDn(dn)?.[0], parentDn(dn)];
    if (rdn?.length === 1 && parent !== null) add(this.#names, JSON.stringify([rdn[0]!.type, parent]));
    add(this.#classes, JSON.stringify(classes));
  }

  entries(kind: string): number {
    return this.#kinds[kind]?.entries ?? 0;
  }

  /** What all entries of a kind have. */
  everybodyHas(kind: string, attribute: string): boolean {
    const own = this.#kinds[kind];
    return own !== undefined && own.attributes.get(attribute)?.has === own.entries;
  }

  /** How most people are named. */
  naming(): { readonly rdn: string; readonly parent: string } | null {
    const name = most(this.#names);
    if (name === null) return null;
    const [rdn, parent] = JSON.parse(name) as [string, string];
    return { rdn, parent };
  }

  /** Of most people, where a new entry is to be made otherwise than by the `usual` ones; those above a class need not be written out. */
  unusualClasses(usual: readonly string[]): readonly string[] | null {
    const found = most(this.#classes);
    if (found === null) return null;
    const classes = JSON.parse(found) as string[];
    return classes.every((name) => usual.includes(name)) && classes.includes(usual.at(-1)!) ? null : classes;
  }

  /** Kind → attributes that its entries have. */
  columns(): { readonly [kind: string]: readonly SeenAttribute[] } {
    return Object.fromEntries(
      Object.entries(this.#kinds).map(([kind, { entries, attributes }]) => [
        kind,
        [...attributes].map(([name, { has, several, values, names }]) => ({
          name,
          share: has / entries,
          ...(several ? { several } : {}),
          ...(values > 0 && names === values ? { refersBy: 'name' } : {}),
        })),
      ]),
    );
  }
}

function lookAt(value: unknown, count: Count): void {
  for (const one of Array.isArray(value) ? (value as readonly unknown[]).slice(0, 10) : [value]) {
    count.values++;
    if (typeof one === 'string' && (parseDn(one)?.length ?? 0) > 1) count.names++;
  }
}

function add(of: Map<string, number>, key: string): void {
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
