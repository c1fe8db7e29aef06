/** Lines of the first rollcall.yaml: what comes from outside stands in them as YAML and as expressions read it. */
import { isDeepStrictEqual } from 'node:util';
import { parseDocument, stringify } from 'yaml';

/** A scalar as YAML writes it on one line; `inside` braces. Text that YAML would read otherwise is quoted. */
export function scalar(value: unknown, inside = false): string {
  const text = stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN' }).replace(/\n$/, '');
  const line = inside ? `{ a: ${text} }` : `a: ${text}`;
  const read = parseDocument(line, { uniqueKeys: false });
  const same = !text.includes('\n') && read.errors.length === 0 && isDeepStrictEqual(read.toJS(), { a: value });
  return same ? text : JSON.stringify(value);
}

/** A column in an expression: `row.first_name`, `row["Prénom"]`. */
export function inRow(column: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(column) ? `row.${column}` : `row[${JSON.stringify(column)}]`;
}

export function settingLines(settings: { readonly [key: string]: unknown }): string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? [
          `    ${scalar(key)}:`,
          ...stringify(value, { lineWidth: 0 })
            .trimEnd()
            .split('\n')
            .map((line) => `      ${line}`),
        ]
      : [`    ${scalar(key)}: ${scalar(value)}`],
  );
}
