/**
 * What whoever asks sees of people and of their accounts: attributes, what stands in systems that is made of them or that they are made of,
 * and names. Every answer with values of people is made through this.
 */
import { parseImage } from '#core/canonical';
import { words } from '#core/fold';
import { labelOf } from '#core/label';
import { searchText } from '#core/searched';
import type { Attributes } from '#core/values';
import { type Asker, sees } from '#edits/rights';
import type { PlanLine, Services } from '#runs/model';

type Isnt = (name: string) => boolean;
type Known = Pick<Services, 'config' | 'store'>;

interface Of {
  readonly id: number;
  readonly kind: string;
}
interface Account {
  readonly connection: string;
  /** As its connection calls it. */
  readonly kind: string;
  /** Whose it is. */
  readonly object: number | null;
}

/** Each answers whether an attribute is hidden. */
export interface Sight {
  /** Nothing is hidden from them. */
  readonly whole: boolean;
  object(of: Of): Isnt;
  account(of: Account): Isnt;
  /** Of all that somebody has in a connection. */
  accounts(connection: string, of: Of): Isnt;
  /** Of something noted of which only the connection is known, or not even that. */
  any(connection: string | null): Isnt;
  /** Of something of which nothing is known any more. */
  readonly everywhere: Isnt;
  label(of: Of, attributes: Attributes): string;
  labels(ids: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Whether a text means somebody by what may be seen of them. */
  finds(text: string, of: Of & { readonly attributes: Attributes }): boolean;
}

/** As it is agreed, or as the connection calls it; null: whatever it is. */
type Kinds = { readonly agreed: string } | { readonly there: string } | null;

const NOTHING: Isnt = () => false;
const PAGE = 2_000;

export function sightOf(who: Asker, { config, store }: Known): Sight {
  const hiddenOf = new Map<string, ReadonlySet<string>>();
  const hidden = (kind: string, isSelf: boolean): ReadonlySet<string> => {
    const key = `${kind} ${isSelf}`;
    const known = hiddenOf.get(key);
    if (known !== undefined) return known;
    const self = isSelf ? (who?.person ?? null) : null;
    const all = [...(config.kinds.get(kind)?.attributes.values() ?? [])];
    const found = new Set(all.filter(({ field }) => !sees(field, who, self)).map(({ name }) => name));
    hiddenOf.set(key, found);
    return found;
  };
  const kinds = [...config.kinds.keys()];
  // Of whom somebody refers to, they are not themselves.
  const ofOthers = new Set(kinds.flatMap((kind) => [...hidden(kind, false)]));
  const inSystem = new Map<string, Isnt>();
  const madeOf = (connection: string, of: Kinds, isSelf: boolean): Isnt => {
    const key = `${connection} ${JSON.stringify(of)} ${isSelf}`;
    const known = inSystem.get(key);
    if (known !== undefined) return known;
    const { imports, exports } = config.connections.find(({ name }) => name === connection) ?? {};
    const isOf = (agreed: string, there: string | undefined): boolean =>
      of === null || ('agreed' in of ? of.agreed === agreed : of.there === there);
    const names = new Set(
      kinds.flatMap((kind) => {
        const there = hidden(kind, isSelf);
        const isHidden = (read: string): boolean => {
          const [first, ...hop] = read.split('.');
          return hop.length === 0 ? there.has(read) : there.has(first!) || ofOthers.has(hop.at(-1)!);
        };
        const [taken, given] = [imports?.get(kind), exports?.get(kind)];
        return [
          ...(isOf(kind, taken?.from) ? (taken?.flows ?? []) : []).flatMap(({ attribute, reads }) =>
            there.has(attribute) ? reads : [],
          ),
          ...(isOf(kind, given?.to) ? (given?.flows ?? []) : []).flatMap(({ attribute, reads }) =>
            reads.some(isHidden) ? [attribute] : [],
          ),
        ];
      }),
    );
    const isnt: Isnt = (name) => names.has(name);
    inSystem.set(key, isnt);
    return isnt;
  };
  const isSelf = (id: number | null): boolean => id !== null && id === (who?.person ?? null);
  const whole = who === null || ofOthers.size === 0;
  const object = ({ id, kind }: Of): Isnt => {
    const names = hidden(kind, isSelf(id));
    return names.size === 0 ? NOTHING : (name) => names.has(name);
  };
  const label = (of: Of, attributes: Attributes): string => labelOf(without(attributes, object(of)), of.id);
  return {
    whole,
    object,
    account: ({ connection, kind, object: id }) => (whole ? NOTHING : madeOf(connection, { there: kind }, isSelf(id))),
    accounts: (connection, { id, kind }) => (whole ? NOTHING : madeOf(connection, { agreed: kind }, isSelf(id))),
    any(connection) {
      if (whole) return NOTHING;
      const there = connection === null ? NOTHING : madeOf(connection, null, false);
      return (name) => ofOthers.has(name) || there(name);
    },
    everywhere: whole
      ? NOTHING
      : (name) => ofOthers.has(name) || config.connections.some((one) => madeOf(one.name, null, false)(name)),
    label,
    async labels(ids) {
      const labels = new Map<number, string>();
      const wanted = [...new Set(ids)].sort((a, b) => a - b);
      for (let i = 0; i < wanted.length; i += PAGE)
        for (const row of await store.sync.objects(wanted.slice(i, i + PAGE)))
          labels.set(row.id, label(row, parseImage(row.attributes)));
      return labels;
    },
    finds(text, { attributes, ...of }) {
      if (whole) return true;
      const searched = config.kinds.get(of.kind)?.searched ?? [];
      const there = searchText(without(attributes, object(of)), searched).split(' ');
      return words(text).every((word) => there.some((one) => one.startsWith(word)));
    },
  };
}

/** Without what is hidden. */
export function without<Values extends { readonly [name: string]: unknown } | null>(values: Values, isHidden: Isnt): Values {
  if (values === null || isHidden === NOTHING) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isHidden(name))) as Values;
}

/** Of what was noted, whatever its form: no hidden attribute, and of one that it is about nothing but which one that is. */
export function bared(value: unknown, isHidden: Isnt): unknown {
  if (isHidden === NOTHING || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => bared(one, isHidden));
  const about = (value as { readonly attribute?: unknown }).attribute;
  if (typeof about === 'string' && isHidden(about)) return { attribute: about };
  const left = Object.entries(value).filter(([name]) => !isHidden(name));
  return Object.fromEntries(left.map(([name, inner]) => [name, bared(inner, isHidden)]));
}

/** Lines of a plan as they may be seen. */
export async function linesSeen<Line extends PlanLine>(lines: readonly Line[], sight: Sight): Promise<readonly Line[]> {
  if (sight.whole) return lines;
  const ids = lines.flatMap((line) => ('object' in line && line.object !== null ? [line.object] : []));
  const labels = await sight.labels(ids);
  return lines.map((line: PlanLine): PlanLine => {
    if (line.what === 'plan') return line;
    if (line.what === 'parked') return { ...line, detail: bared(line.detail, sight.any(line.connection)) };
    const isHidden =
      line.what === 'object'
        ? sight.object({ id: line.object, kind: line.kind })
        : sight.account({ ...line, object: line.object });
    // Who is only made by the run is in no store yet.
    const made =
      line.what === 'object' && line.after !== null ? labelOf(without(line.after, isHidden) as Attributes, line.object) : null;
    const label = line.object === null ? line.label : (labels.get(line.object) ?? made ?? `#${line.object}`);
    return { ...line, label, before: without(line.before, isHidden), after: without(line.after, isHidden) };
  }) as Line[];
}
