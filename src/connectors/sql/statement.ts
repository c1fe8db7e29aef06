/**
 * Statements that no name and no value from outside can change: a template takes names, which are quoted as the database wants it, values,
 * which are bound, and other templates; a bare text is a type error. Only a query of the settings goes in as it is written.
 */

export interface Fragment {
  readonly texts: readonly string[];
  readonly parts: readonly Part[];
}

export type Part = Fragment | Name | Bound | Verbatim | Counted;

interface Name {
  readonly path: readonly string[];
}

interface Bound {
  readonly value: BoundValue;
}

interface Verbatim {
  readonly written: string;
}

interface Counted {
  readonly number: number;
}

/** A list only where the database has lists. */
export type BoundValue = string | number | boolean | null | Uint8Array | readonly (string | number | boolean)[];

/** What goes to the server: a text with places, and what stands there. */
export interface Statement {
  readonly text: string;
  readonly values: readonly BoundValue[];
}

/** How a database wants names and places written. */
export interface Writing {
  quote(name: string): string;
  /** From 1. */
  placeholder(number: number): string;
}

export function sql(texts: TemplateStringsArray, ...parts: readonly Part[]): Fragment {
  return { texts, parts };
}

export const NOTHING: Fragment = sql``;

/** A column or a table; of a table in a schema both. */
export function name(...path: readonly string[]): Part {
  return { path };
}

export function bound(value: BoundValue): Part {
  return { value };
}

/** Of the settings only: whoever writes rollcall.yaml may ask what they like. */
export function written(query: string): Part {
  return { written: query };
}

/** Written out: the place of a column, for ORDER BY. */
export function counted(number: number): Part {
  return { number };
}

export function joined(parts: readonly Part[], separator: ', ' | ' and ' | ' or ' | ' union all '): Fragment {
  if (parts.length === 0) return NOTHING;
  return { texts: ['', ...parts.slice(1).map(() => separator), ''], parts };
}

export function statementOf(fragment: Fragment, writing: Writing): Statement {
  const texts: string[] = [];
  const values: BoundValue[] = [];
  const add = ({ texts: between, parts }: Fragment): void => {
    texts.push(between[0]!);
    for (const [i, part] of parts.entries()) {
      if ('texts' in part) add(part);
      else if ('path' in part) texts.push(part.path.map((one) => writing.quote(one)).join('.'));
      else if ('written' in part) texts.push(part.written);
      else if ('number' in part) texts.push(String(Math.trunc(part.number)));
      else {
        values.push(part.value);
        texts.push(writing.placeholder(values.length));
      }
      texts.push(between[i + 1]!);
    }
  };
  add(fragment);
  return { text: texts.join(''), values };
}
