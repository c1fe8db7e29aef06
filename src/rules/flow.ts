/**
 * How one attribute is written. A text without `${` names an attribute and is copied: no CEL, a property read and a typed
 * conversion. `${ … }` is an expression. A mapping adds options around either, or names a function of one's own.
 */
import { convert } from '#core/convert';
import { RollcallError } from '#core/errors';
import { type AttributeType, scalars, type Value } from '#core/values';
import { compileExpression, type Expression, type ExpressionContext } from './expression.ts';
import type { Clock, Contribution, Evaluate } from './model.ts';
import type { Report } from './raw.ts';

/** A function written in TypeScript, loaded by the caller. It sees the named attributes and `now`, and nothing else. */
export interface OwnFunction {
  readonly call: (inputs: { readonly [attribute: string]: unknown }, now: number) => unknown;
  /** Of its source: a changed function is a changed rule. */
  readonly hash: string;
}

/** What a flow may refer to. */
export interface FlowContext<Scope> extends ExpressionContext<Scope> {
  /** Function by its reference, `./file.ts#name`; null where there is none. */
  readonly functionOf: ((reference: string) => OwnFunction | null) | null;
}

/** A flow's value before it is typed. */
export interface Source<Scope> {
  readonly text: string;
  readonly reads: readonly string[];
  /** The attribute it is a plain copy of. */
  readonly copies: string | null;
  readonly run: (scope: Scope, clock: Clock) => unknown;
}

/** Text inside `${ … }`; null for a plain name. Reports a text that has an expression somewhere in it. */
export function expressionOf(text: string, report: Report): string | null | undefined {
  const trimmed = text.trim();
  if (!trimmed.includes('${')) return null;
  if (trimmed.startsWith('${') && trimmed.endsWith('}')) return trimmed.slice(2, -1);
  report([], 'an expression must be the whole text', 'put everything into it: ${"uid=" + person.login + ",ou=people"}');
  return undefined;
}

/** A place that always holds an expression, with or without `${ … }` around it. */
export function bareExpression<Scope>(
  text: string,
  answer: 'bool' | 'text' | 'value',
  context: ExpressionContext<Scope>,
  report: Report,
): Expression<Scope> | null {
  const inside = expressionOf(text, report);
  return inside === undefined ? null : compileExpression(inside ?? text, answer, context, report);
}

/** A flow's text: the name of an attribute, or an expression. */
export function compileSource<Scope>(
  text: string,
  context: FlowContext<Scope>,
  report: Report,
  answer: 'value' | 'dn' | 'name' = 'value',
): Source<Scope> | null {
  const inside = expressionOf(text, report);
  if (inside === undefined) return null;
  if (inside === null) return copyOf(text.trim(), context);
  const expression = compileExpression(inside, answer, context, report);
  return expression && { text, reads: expression.reads, copies: null, run: (scope, clock) => expression.run(scope, clock) };
}

function copyOf<Scope>(name: string, context: FlowContext<Scope>): Source<Scope> {
  const get = context.get;
  return { text: name, reads: [name], copies: name, run: (scope) => get(scope, name) };
}

export function compileOwn<Scope>(
  reference: string,
  reads: readonly string[],
  context: FlowContext<Scope>,
  report: Report,
): Source<Scope> | null {
  const own = /^\.{1,2}\/[^#]+#\w+$/.test(reference) ? (context.functionOf?.(reference) ?? null) : null;
  if (own === null) {
    report(
      ['function'],
      'there is no such function',
      'write file and name, such as ./rules.ts#login, and export the function from that file',
    );
    return null;
  }
  const run = (scope: Scope, clock: Clock): unknown => {
    const inputs: { [attribute: string]: unknown } = Object.create(null);
    for (const name of reads) inputs[name] = context.get(scope, name) ?? null;
    let answer: unknown;
    try {
      answer = own.call(inputs, clock.now);
    } catch (cause) {
      throw new RollcallError('invalidValue', `the function ${reference} failed`, {
        cause,
        remedy: "run it with the object's values and mend it",
      });
    }
    if (answer instanceof Promise) {
      // Its rejection must not end the process.
      answer.catch(() => undefined);
      throw new RollcallError('invalidValue', `the function ${reference} answers later`, {
        remedy: 'functions of rules answer at once, without async',
      });
    }
    return answer;
  };
  return { text: reference, reads, copies: null, run };
}

/** Typed: an empty text is empty, a set is in canonical order. */
export function typed<Scope>(source: Source<Scope>, type: AttributeType): Evaluate<Scope, Contribution> {
  const { run } = source;
  // The common case by far: text copied into a text attribute. The value was checked when it was staged.
  const bare = source.copies !== null && type.type === 'string' && !type.multi && type.maxLength === undefined;
  if (bare) {
    return (scope, clock) => {
      const value = run(scope, clock);
      if (typeof value === 'string') return value === '' ? null : value;
      return value === undefined ? undefined : finished(value, type);
    };
  }
  return (scope, clock) => {
    const value = run(scope, clock);
    return value === undefined ? undefined : finished(value, type);
  };
}

function finished(raw: unknown, type: AttributeType): Value {
  const value = convert(raw, type);
  if (value === '') return null;
  if (!Array.isArray(value) || !value.includes('')) return value;
  const rest = value.filter((item) => item !== '');
  return rest.length === 0 ? null : rest;
}

/** An expression that says yes or no: what says nothing says no. Texts such as `yes` count. */
export function decided<Scope>(expression: Expression<Scope>): Evaluate<Scope, boolean> {
  return (scope, clock) => {
    const answer = expression.run(scope, clock);
    if (typeof answer === 'boolean') return answer;
    return answer === undefined || answer === null ? false : convert(answer, YES_NO) === true;
  };
}
const YES_NO: AttributeType = { type: 'boolean', multi: false, matching: 'boolean' };

/** Object ids out of what an object scope holds for a reference: views with an `id`, or ids. */
export function referredIds(value: unknown, multi: boolean): Contribution {
  if (value === undefined) return undefined;
  const ids = (Array.isArray(value) ? value : [value]).map((item: unknown) => {
    const id = typeof item === 'object' && item !== null ? (item as { id?: unknown }).id : item;
    return typeof id === 'bigint' || typeof id === 'string' ? Number(id) : id;
  });
  const found = [...new Set(ids.filter((id): id is number => Number.isSafeInteger(id)))].sort((a, b) => a - b);
  if (multi) return scalars(found).length === 0 ? null : found;
  return found[0] ?? null;
}
