/** Lines of COPY's text format as values: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". */
import type { RawValue } from '#connectors/contract';
import type { Reader } from './values.ts';

const ESCAPES: { readonly [letter: string]: string } = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** `text`: whole lines. `readers`: one a column, null where the text is the value. */
export function rowsOf(text: string, readers: readonly (Reader | null)[]): RawValue[][] {
  const rows: RawValue[][] = [];
  const last = readers.length - 1;
  let backslash = text.indexOf('\\');
  if (backslash === -1) backslash = text.length;
  let at = 0;
  while (at < text.length) {
    const row: RawValue[] = [];
    for (let i = 0; i <= last; i++) {
      const end = text.indexOf(i === last ? '\n' : '\t', at);
      if (end === -1) throw new Error('PostgreSQL sent a row that ends early');
      const reader = readers[i]!;
      if (backslash >= end) {
        const field = text.slice(at, end);
        row.push(reader === null ? field : reader(field));
      } else {
        const field = unescaped(text.slice(at, end));
        row.push(field === null || reader === null ? field : reader(field));
        backslash = text.indexOf('\\', end);
        if (backslash === -1) backslash = text.length;
      }
      at = end + 1;
    }
    rows.push(row);
  }
  return rows;
}

function unescaped(field: string): string | null {
  if (field === '\\N') return null;
  return field.replace(/\\(.)/gs, (_, after: string) => ESCAPES[after] ?? after);
}
