/** Parts of a change, as gates count and hold them (engine/safety/parts says what they are), and what of them a hold leaves free. */

const ATTRIBUTE = 'attribute:';
const EMPTY = 'empty:';

/** Those that may go while these are held. An attribute goes by itself; `update` is what any of them is, or a new name alone. */
export function freeParts(parts: readonly string[], held: { has(part: string): boolean }): readonly string[] {
  const free = new Set<string>();
  let attributes = 0;
  for (const part of parts) {
    if (!part.startsWith(ATTRIBUTE)) continue;
    attributes++;
    const name = part.slice(ATTRIBUTE.length);
    const empty = parts.includes(EMPTY + name) && held.has(EMPTY + name);
    if (!held.has('update') && !held.has(part) && !empty) free.add(name);
  }
  return parts.filter((part) => {
    if (part.startsWith(ATTRIBUTE)) return free.has(part.slice(ATTRIBUTE.length));
    if (part.startsWith(EMPTY)) return free.has(part.slice(EMPTY.length));
    return part === 'update' && attributes > 0 ? free.size > 0 : !held.has(part);
  });
}
