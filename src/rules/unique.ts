/** `unique`: a value made once, unlike that of anybody else (SEMANTICS 12). */
import { convert } from '#core/convert';
import { bareExpression } from './flow.ts';
import type { Clock, ObjectScope, UniqueRule } from './model.ts';
import { type ObjectContext, objectScope } from './object-scope.ts';
import { known, mapping, oneOf, type Report, texts, whole, within } from './raw.ts';

/** What fits everywhere: the login of old directories has 20, a mail local part 64. */
const DEFAULT_LENGTH = 255;

export interface UniqueContext extends ObjectContext {
  readonly connections: ReadonlySet<string>;
}

type Candidate = UniqueRule['candidates'][number];

/** Null when anything in it was reported. */
export function compileUnique(raw: unknown, attribute: string, context: UniqueContext, outer: Report): UniqueRule | null {
  let faults = 0;
  const report: Report = (...fault) => {
    faults++;
    outer(...fault);
  };
  const rule = mapping(raw, report, ['candidates', 'maxLength', 'uniqueIn', 'onRename']);
  if (rule === null) return null;
  const maxLength = whole(rule, 'maxLength', report) ?? context.attributes.get(attribute)?.maxLength ?? DEFAULT_LENGTH;
  const scope = objectScope(context, true);
  const reads = new Set<string>();
  const candidates: Candidate[] = [];
  const written = texts(rule, 'candidates', report);
  if (written.length === 0 && faults === 0)
    report(['candidates'], 'there is nothing to make a value from', 'list expressions, such as person.givenName.lower()');
  for (const { text, path } of written) {
    const at = within(report, ...path);
    const plain = /^[A-Za-z_]\w*$/.test(text) ? `${context.kind}.${text}` : text;
    const expression = bareExpression(plain, 'text', scope, at);
    if (expression === null) continue;
    if (expression.reads.includes(attribute)) at([], `${attribute} cannot be made from itself`, 'use other attributes');
    for (const read of expression.reads) reads.add(read);
    candidates.push(candidate(expression.run, expression.usesCounter, maxLength));
  }
  const uniqueIn = texts(rule, 'uniqueIn', report).flatMap(({ text, path }) => {
    const dot = text.indexOf('.');
    if (dot > 0 && dot < text.length - 1) {
      const connection = text.slice(0, dot);
      return known(connection, context.connections, 'connection', within(report, ...path))
        ? [{ connection, attribute: text.slice(dot + 1) }]
        : [];
    }
    report(path, 'must name a connection and an attribute', 'write ad.sAMAccountName');
    return [];
  });
  const onRename = oneOf(rule, 'onRename', ['keep', 'regenerate'] as const, report) ?? 'keep';
  return faults > 0 ? null : { attribute, candidates, maxLength, uniqueIn, onRename, reads: [...reads].sort() };
}

/**
 * A value of at most `maxLength` characters. With a counter in the value the base is cut, not the counter: the expression
 * is worked out without one more time to see where the counter stands.
 */
function candidate(
  run: (scope: ObjectScope, clock: Clock, counter?: number | null) => unknown,
  counts: boolean,
  maxLength: number,
): Candidate {
  const value = (scope: ObjectScope, clock: Clock, counter: number): string | undefined => {
    const answer = run(scope, clock, counter);
    const text = answer === undefined ? null : convert(answer, { type: 'string', multi: false, matching: 'exact' });
    return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
  };
  return (scope, counter, clock) => {
    const n = counter ?? 2;
    const text = value(scope, clock, n);
    if (text === undefined) return undefined;
    const characters = [...text];
    if (characters.length <= maxLength) return text;
    const other = counts ? value(scope, clock, n === 0 ? 1 : 0) : undefined;
    if (other === undefined) return characters.slice(0, maxLength).join('').trim() || undefined;
    return cutBefore(characters, counterAt(characters, [...other], String(n)), maxLength);
  };
}

/** Where two values with different counters begin to differ; digits in front of it may belong to the counter. */
function counterAt(a: readonly string[], b: readonly string[], counter: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  while (at > 0 && a.slice(at, at + counter.length).join('') !== counter && /\d/.test(a[at - 1]!)) at--;
  return at;
}

function cutBefore(characters: readonly string[], at: number, maxLength: number): string | undefined {
  const tail = characters.slice(at);
  const head = characters.slice(0, Math.max(0, maxLength - tail.length));
  const text = [...head, ...tail].slice(0, maxLength).join('').trim();
  return head.length === 0 || text === '' ? undefined : text;
}
