/**
 * JSON as it is written. V8 (Node 24) takes a property name with an escape in it for the name that it expects there when the
 * raw text begins like that one: after `{"id":1,"\\\\":1}` it reads `{"id":1,"\\_":2}` with the name `\\`. Names come from
 * outside, so such texts are read with plain names in the place of their own. Everything else is `JSON.parse`.
 */

/** Deeper than this names are not put back: nothing that is kept is nested so deep. */
const MAX_DEPTH = 1_000;

/** As `JSON.parse`; `parse` reads the text where numbers are to be kept exactly. @throws SyntaxError */
export function parseJson(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  const value = parse(text);
  if (!text.includes('\\') || !namesOf(text).some(({ from, to }) => text.slice(from, to).includes('\\'))) return value;
  const names: string[] = [];
  let plain = '';
  let copied = 0;
  for (const { from, to } of namesOf(text)) {
    plain += `${text.slice(copied, from)}"n${names.length}"`;
    names.push(JSON.parse(text.slice(from, to)) as string);
    copied = to;
  }
  return renamed(parse(plain + text.slice(copied)), names, 0);
}

/** Where the property names of a valid text stand, with their quotes. */
function namesOf(text: string): { readonly from: number; readonly to: number }[] {
  const out: { from: number; to: number }[] = [];
  for (let from = text.indexOf('"'); from >= 0; ) {
    const to = endOf(text, from);
    let next = to;
    while (next < text.length && ' \t\r\n'.includes(text[next]!)) next++;
    if (text[next] === ':') out.push({ from, to });
    from = text.indexOf('"', next);
  }
  return out;
}

/** Behind the closing quote: the next one with an even number of backslashes before it. */
function endOf(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

function renamed(value: unknown, names: readonly string[], depth: number): unknown {
  // What is frozen is a number with all its digits.
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names, depth + 1));
  const out = {};
  for (const [placed, item] of Object.entries(value))
    Object.defineProperty(out, names[Number(placed.slice(1))]!, {
      value: renamed(item, names, depth + 1),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  return out;
}
