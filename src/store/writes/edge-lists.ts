/** Two lists of references compared as streams, both in key order: nothing is looked up, and nothing kept of what is the same. */

/** As `EdgeList` of the contract; a text of null is the key as well. */
export interface Columns {
  readonly keys: readonly string[];
  readonly texts: readonly (string | null)[] | null;
}

export interface Difference {
  readonly key: string;
  /** Null where it is the key; undefined: not shown. */
  readonly text: string | null | undefined;
  readonly known: boolean;
}

/** What is shown otherwise than it is known, in key order. Both lists as `inKeyOrder` leaves them. */
export function* differences(known: Columns, shown: Columns): Generator<Difference> {
  let k = 0;
  for (let s = 0; s < shown.keys.length; s++) {
    const key = shown.keys[s]!;
    for (; k < known.keys.length && known.keys[k]! < key; k++) yield { key: known.keys[k]!, text: undefined, known: true };
    const text = textAt(shown, s);
    if (k === known.keys.length || known.keys[k] !== key) yield { key, text, known: false };
    else if (textAt(known, k++) !== text) yield { key, text, known: true };
  }
  for (; k < known.keys.length; k++) yield { key: known.keys[k]!, text: undefined, known: true };
}

/** By code unit, and of two with one key the last. Most lists are so already, and cost no more than to see that. */
export function inKeyOrder(list: Columns): Columns {
  const { keys, texts } = list;
  let ordered = true;
  for (let i = 1; ordered && i < keys.length; i++) ordered = keys[i - 1]! < keys[i]!;
  if (ordered) return list;
  const places = keys.map((_, i) => i).sort((a, b) => compare(keys[a]!, keys[b]!));
  const last = places.filter((at, i) => i + 1 === places.length || keys[at] !== keys[places[i + 1]!]);
  return { keys: last.map((at) => keys[at]!), texts: texts === null ? null : last.map((at) => texts[at]!) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Null where it is the key. */
export function textAt({ keys, texts }: Columns, at: number): string | null {
  const text = texts === null ? null : texts[at]!;
  return text === keys[at] ? null : text;
}
