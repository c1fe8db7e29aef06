/**
 * Aligned tables. Width is counted in terminal columns, not characters: CJK takes two, combining marks none.
 * On a terminal the widest text columns are shortened until the table fits; piped output is never shortened.
 */
import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Never shortened: what a person must copy whole, such as an id. */
  readonly whole?: boolean;
}
/** Text with its colour apart, so that it can be measured and shortened. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

const GAP = 2;
const SHORTEST = 6;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text cut to `width` columns with an ellipsis, never inside a grapheme. */
export function shorten(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const wide = stringWidth(segment);
    if (used + wide > width - 1) break;
    out += segment;
    used += wide;
  }
  return `${out}…`;
}

export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? fill + text : text + fill;
}

function widths(columns: readonly Column[], rows: readonly (readonly Cell[])[], limit: number | null): number[] {
  const found = columns.map((column, i) =>
    rows.reduce((most, row) => Math.max(most, stringWidth(textOf(row[i] ?? ''))), stringWidth(column.title)),
  );
  if (limit === null) return found;
  let over = found.reduce((sum, width) => sum + width, 0) + GAP * (columns.length - 1) - limit;
  while (over > 0) {
    let widest = -1;
    for (const [i, column] of columns.entries()) {
      if (column.whole === true || column.align === 'right' || found[i]! <= SHORTEST) continue;
      if (widest < 0 || found[i]! > found[widest]!) widest = i;
    }
    if (widest < 0) return found;
    found[widest]! -= 1;
    over -= 1;
  }
  return found;
}

/** The table as lines, each with its line end; titles through `head`. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  look: { readonly width: number | null; readonly head: (text: string) => string; readonly indent?: string },
): string {
  const indent = look.indent ?? '';
  const at = widths(columns, rows, look.width === null ? null : look.width - indent.length);
  const line = (cells: readonly Cell[]): string => {
    const parts = columns.map((column, i) => {
      const cell = cells[i] ?? '';
      const text = pad(shorten(textOf(cell), at[i]!), at[i]!, column.align);
      return typeof cell === 'string' ? text : cell.paint(text);
    });
    return `${indent}${parts.join(' '.repeat(GAP))}`.trimEnd();
  };
  const title = columns.some((column) => column.title !== '')
    ? [line(columns.map((column) => ({ text: column.title, paint: look.head })))]
    : [];
  return [...title, ...rows.map(line)].map((text) => `${text}\n`).join('');
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
