/** What zod found, said in words: where, what is wrong there, and what to write instead. Values are never repeated. */
import type { z } from 'zod';
import { nearest } from '#core/text';
import type { Path } from './document.ts';
import { descriptionOf, knownKeys, schemasAt } from './shape/walk.ts';

export interface Found {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly remedy: string;
}

type Issue = z.core.$ZodIssue;

/** @param data what was parsed; tells a missing key from a wrong value. */
export function explainIssues(issues: readonly Issue[], schema: z.core.$ZodType, data: unknown): Found[] {
  return issues.flatMap((issue) => explainIssue(issue, schema, data));
}

function explainIssue(issue: Issue, schema: z.core.$ZodType, data: unknown): Found[] {
  const path = issue.path as Path;
  const wrong = (message: string, remedy: string): Found[] => [{ path, part: 'value', message, remedy }];
  if (issue.code !== 'unrecognized_keys' && valueAt(data, path) === undefined && path.length > 0 && issue.code !== 'custom') {
    const description = schemasAt(schema, path)
      .map(descriptionOf)
      .find((text) => text !== null);
    return [
      {
        path,
        part: 'key',
        message: `${String(path.at(-1))} is missing`,
        remedy: description == null ? `add ${String(path.at(-1))}` : `add ${String(path.at(-1))}: ${description}`,
      },
    ];
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], knownKeys(schema, path)));
    case 'invalid_type':
      return wrong(
        `must be ${article(issue.expected)}, not ${kindOf(valueAt(data, path))}`,
        issue.expected === 'string' ? 'put the value in quotes' : `write ${article(issue.expected)}`,
      );
    case 'invalid_value': {
      const options = issue.values.map(String);
      const written = valueAt(data, path);
      const meant = typeof written === 'string' ? nearest(written, options) : null;
      return wrong(
        `must be ${options.length === 1 ? '' : 'one of '}${options.join(', ')}`,
        meant === null ? `write ${options.length === 1 ? options[0] : 'one of them'}` : `did you mean ${meant}?`,
      );
    }
    case 'invalid_union':
      return union(issue, schema, data);
    case 'invalid_key':
      return [
        {
          path,
          part: 'key',
          message: issue.issues[0] === undefined ? 'cannot be used as a name' : sentence(issue.issues[0]),
          remedy: 'choose another name',
        },
      ];
    case 'invalid_element':
      return wrong('holds a value that cannot be', 'correct the value');
    default:
      return wrong(sentence(issue), 'correct the value');
  }
}

export function unknownKey(path: Path, known: readonly string[]): Found {
  const key = String(path.at(-1));
  const meant = nearest(key, known);
  const list = known.length <= 30 ? `known here: ${known.join(', ')}` : 'see docs/guide/configuration.md';
  return { path, part: 'key', message: `unknown key ${short(key)}`, remedy: meant === null ? list : `did you mean ${meant}?` };
}

/** Of several forms the one that was probably meant: the right kind of value, with the fewest faults. */
function union(issue: Extract<Issue, { code: 'invalid_union' }>, schema: z.core.$ZodType, data: unknown): Found[] {
  const path = issue.path as Path;
  const meant = issue.errors.filter(
    (errors) =>
      !errors.some((error) => error.path.length === 0 && (error.code === 'invalid_type' || error.code === 'invalid_value')),
  );
  const best = meant.toSorted((a, b) => weight(a) - weight(b))[0];
  if (best !== undefined) {
    return best.flatMap((inner) => explainIssue({ ...inner, path: [...path, ...inner.path] } as Issue, schema, data));
  }
  const flat = issue.errors.flat();
  const values = flat.flatMap((error) => (error.code === 'invalid_value' ? error.values.map(String) : []));
  const written = valueAt(data, path);
  if (typeof written === 'string' && values.length > 0) {
    const near = nearest(written, values);
    return [
      {
        path,
        part: 'value',
        message: `must be one of ${values.join(', ')}`,
        remedy: near === null ? 'write one of them' : `did you mean ${near}?`,
      },
    ];
  }
  const forms = [...new Set(flat.flatMap((error) => (error.code === 'invalid_type' ? [article(error.expected)] : [])))];
  return [
    {
      path,
      part: 'value',
      message: `must be ${forms.join(' or ') || 'something else'}, not ${kindOf(written)}`,
      remedy: `write ${forms.join(' or ') || 'another value'}`,
    },
  ];
}

/** Unknown keys and missing ones weigh alike; `{command, webhook}` should say that one of them is too much. */
function weight(errors: readonly { code?: string; keys?: readonly string[] }[]): number {
  return errors.reduce((sum, error) => sum + (error.keys?.length ?? 1), 0);
}

function sentence(found: Issue): string {
  const issue = found as unknown as { readonly [key: string]: unknown };
  const bound = String(issue.minimum ?? issue.maximum ?? '');
  const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' || issue.origin === 'set' ? ' entries' : '';
  if (issue.code === 'too_small') return bound === '1' && unit !== '' ? 'must not be empty' : `must be at least ${bound}${unit}`;
  if (issue.code === 'too_big') return `must be at most ${bound}${unit}`;
  if (issue.code === 'invalid_format' && String(issue.message).startsWith('Invalid '))
    return `must be ${issue.format === 'regex' ? `of the form ${String(issue.pattern)}` : (FORMATS[String(issue.format)] ?? `a ${String(issue.format)}`)}`;
  const message = String(issue.message ?? 'cannot be');
  return message.replace(/^Invalid input: /, '');
}

const FORMATS: { readonly [format: string]: string } = { base64: 'base64', email: 'an email address' };

const ARTICLES: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map (key: value)',
  record: 'a map (key: value)',
  array: 'a list',
  null: 'empty',
};

function article(type: string): string {
  return ARTICLES[type] ?? type;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return 'text';
  return Number.isInteger(value) ? 'a number' : 'a fraction';
}

export function valueAt(data: unknown, path: Path): unknown {
  let at = data;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
