/**
 * Scripts of faults are checked before they are used: a rule with a typing mistake would never apply, and the test that it is
 * in would pass for no reason.
 */
import { RollcallError } from './errors.ts';
import { nearest } from './text.ts';

/** As much of a parser as is asked here; zod's are such. */
interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly error?: { readonly issues: readonly Issue[] } | undefined };
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Of `invalid_value`: what might have been written. */
  readonly values?: readonly unknown[];
}

/** What can go wrong: by the key that names it, its form. */
export type Forms = { readonly [key: string]: Schema };

/** So many choices are named in full. */
const NAMED = 12;
const REMEDY = 'docs/guide/faults.md says what can be written';

/**
 * @param place in the list, from 0
 * @throws configuration for a rule that could never apply
 */
export function checkRule(rule: unknown, place: number, schema: Schema, forms: Forms): void {
  const where = `rule ${place + 1} of the script of faults`;
  // By its own form: a parser of all of them says only that none fits.
  if (typeof rule === 'object' && rule !== null && 'do' in rule) checkAction(rule.do, `${where}: do`, forms);
  checkForm(rule, where, schema);
}

/** @throws configuration for what is none of these */
export function checkAction(action: unknown, where: string, forms: Forms): void {
  const known = Object.keys(forms);
  const written = typeof action === 'object' && action !== null ? Object.keys(action) : [];
  const key = written.find((name) => known.includes(name));
  if (key === undefined) throw wrong(where, `is none of ${known.join(', ')}`, nearest(written[0] ?? '', known));
  checkForm(action, where, forms[key]!);
}

/** Checks each rule once: those that are there now, and at each further call those that were added since. */
export function eachRuleOnce(rules: readonly unknown[], check: (rule: unknown, place: number) => void): () => void {
  const checked = new WeakSet<object>();
  const checkNew = (): void => {
    for (const [place, rule] of rules.entries()) {
      if (checked.has(rule as object)) continue;
      check(rule, place);
      checked.add(rule as object);
    }
  };
  checkNew();
  return checkNew;
}

function checkForm(value: unknown, where: string, schema: Schema): void {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue === undefined) return;
  const at = [where, ...issue.path.map(String)].join(': ');
  const written = issue.path.reduce<unknown>(
    (inner, key) => (inner as { [key: PropertyKey]: unknown } | undefined)?.[key],
    value,
  );
  if (issue.code !== 'invalid_value' || typeof written !== 'string') throw wrong(at, issue.message, null);
  const choices = (issue.values ?? []).map(String);
  // Operations of a store are too many to name, but for those of the group that is meant.
  const group = choices.filter((one) => one.includes('.') && one.split('.')[0] === written.split('.')[0]);
  const named = choices.length <= NAMED ? choices : group;
  const none = named.length === 0 ? 'is none that there is' : `is none of ${named.join(', ')}`;
  throw wrong(at, `'${written}' ${none}`, nearest(written, choices));
}

function wrong(where: string, what: string, meant: string | null): RollcallError {
  return new RollcallError('configuration', `${where}: ${what}`, {
    remedy: meant === null ? REMEDY : `did you mean '${meant}'?`,
  });
}
