/**
 * An expression in CEL, compiled. Evaluation is pure but for the clock's `due`.
 *
 * The inputs are copied into one Map per expression before it runs: names from outside (`constructor`, `__proto__`) mean
 * nothing there, absent attributes are null, whole numbers are CEL integers.
 */
import { RollcallError } from '#core/errors';
import { LONGEST_EXPRESSION, language } from './language.ts';
import { instrument } from './meter.ts';
import type { Clock } from './model.ts';
import { type NameParts, nameParts } from './name-parts.ts';
import type { Report } from './raw.ts';
import { analyse } from './syntax.ts';
import type { Names, Node, Read } from './tree.ts';

/** `dn`: a name, of which data is never a level; `name`: the same where the rule's own text makes a DN of it. */
export type Answer = 'bool' | 'text' | 'value' | 'dn' | 'name';

export interface ExpressionContext<Scope> extends Names {
  readonly zone: string;
  /** Whether `n` may be used. */
  readonly counter: boolean;
  /** An attribute of the scope by name. */
  readonly get: (scope: Scope, name: string) => unknown;
}

export interface Expression<Scope> {
  readonly reads: readonly string[];
  readonly usesCounter: boolean;
  /**
   * Undefined: it says nothing, because something it needs is absent or empty. Throws invalidValue when it fails for any
   * other reason; the message names the rule, never a value.
   */
  run(scope: Scope, clock: Clock, counter?: number | null): unknown;
}

/** Null and reported when the text is no expression that may be used here. */
export function compileExpression<Scope>(
  source: string,
  answer: Answer,
  context: ExpressionContext<Scope>,
  report: Report,
): Expression<Scope> | null {
  if (source.length > LONGEST_EXPRESSION) {
    report(
      [],
      `the expression is longer than ${LONGEST_EXPRESSION} characters`,
      'write a function of your own: function: ./rules.ts#name',
    );
    return null;
  }
  let faults = 0;
  const fault = (message: string, remedy?: string): void => {
    faults++;
    report([], message, remedy);
  };
  try {
    // A kind is a variable, and may have a name that the language has a meaning for.
    const { environment, session } = language(context.variable, context.zone);
    const parsed = environment.parse(source);
    const root = parsed.ast as unknown as Node;
    const others = new Set(context.counter ? ['n'] : []);
    const { reads, strict } = analyse(root, context, others, fault);
    if (faults > 0) return null;
    const checked = parsed.check();
    if (!checked.valid) {
      fault(readable(checked.error), 'see docs/guide/rules.md for what expressions can do');
      return null;
    }
    if (!fits(checked.type ?? 'dyn', answer)) {
      fault(`the expression answers ${checked.type}, but ${NEEDED[answer]} is needed here`);
      return null;
    }
    instrument(root, session.bounds);
    const named = answer === 'dn' || answer === 'name' ? nameParts(root, context, answer === 'dn', fault) : null;
    if (faults > 0) return null;
    return {
      reads: reads.map((read) => read.path),
      usesCounter: /\bn\b/.test(source) && mentions(root, 'n'),
      run: runner(parsed, source, reads, strict, context, named),
    };
  } catch (error) {
    fault(readable(error), 'see docs/guide/rules.md for how expressions are written');
    return null;
  }
}

const NEEDED: { readonly [answer in Answer]: string } = {
  bool: 'true or false',
  text: 'a text',
  value: 'a value',
  dn: 'a name',
  name: 'a name',
};

function fits(type: string, answer: Answer): boolean {
  if (type === 'dyn') return true;
  if (answer === 'bool') return type === 'bool';
  if (answer === 'text') return type === 'string' || type === 'int' || type === 'null';
  return !/^(?:map|type|google|optional)/.test(type);
}

function mentions(node: Node, name: string): boolean {
  if (node.op === 'id') return node.args === name;
  const inside = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.some(inside)
      : typeof value === 'object' && value !== null && 'op' in value && mentions(value as Node, name);
  return inside(node.args);
}

/** The library's message, without the source line it repeats and without our own names for its functions. */
function readable(error: unknown): string {
  const summary = error instanceof Error ? ((error as { summary?: string }).summary ?? error.message) : 'it cannot be read';
  const line = summary
    .split('\n')[0]!
    .replace(/\brule([A-Z])/g, (_, letter: string) => letter.toLowerCase())
    .replace('isPresent', 'has');
  return `the expression cannot be used: ${line.slice(0, 300)}`;
}

type Parsed = (context: object) => unknown;

function runner<Scope>(
  parsed: Parsed,
  source: string,
  reads: readonly Read[],
  strict: ReadonlySet<string>,
  context: ExpressionContext<Scope>,
  named: NameParts | null,
): Expression<Scope>['run'] {
  const { session } = language(context.variable, context.zone);
  const inputs = new Map<string, unknown>();
  const variables: { [name: string]: unknown } = { [context.variable]: inputs, n: 0n };
  // Without a read of the reference itself, what lies behind a missing one is simply null.
  const whole = new Set(reads.filter((read) => read.hop === null).map((read) => read.name));
  const hops = new Map<string, Map<string, unknown>>();
  for (const read of reads) if (read.hop !== null) hops.set(read.name, hops.get(read.name) ?? new Map());
  const needed = reads.map((read) => strict.has(read.path));

  return (scope, clock, counter = null) => {
    let missing = false;
    let empty = false;
    for (let i = 0; i < reads.length; i++) {
      const { name, hop } = reads[i]!;
      let value = context.get(scope, name);
      if (hop !== null) {
        const behind = hops.get(name)!;
        if (value !== null && value !== undefined) inputs.set(name, behind);
        else inputs.set(name, whole.has(name) ? null : behind);
        value = typeof value === 'object' && value !== null ? own(value, hop) : undefined;
        behind.set(hop, value === undefined ? null : input(value));
      } else if (!hops.has(name) || value === null || value === undefined)
        inputs.set(name, value === undefined ? null : input(value));
      if (value === undefined || value === null) {
        if (needed[i]) return undefined;
        missing = true;
        empty ||= value === null;
      }
    }
    variables.n = counter === null ? 0n : BigInt(counter);
    const outer = session.clock;
    const depth = Error.stackTraceLimit;
    session.clock = clock;
    session.bounds.reset();
    named?.reset();
    // What the library throws is caught right here: nobody reads its stack.
    Error.stackTraceLimit = 0;
    try {
      const answer = parsed(variables);
      if (session.bounds.exceeded !== null) throw session.bounds.exceeded;
      if (answer === null && missing && !empty) return undefined;
      return named === null ? answer : named.finish(answer);
    } catch (error) {
      if (missing && session.bounds.exceeded === null && !(error instanceof RollcallError)) return undefined;
      throw failed(session.bounds.exceeded ?? error, source);
    } finally {
      session.clock = outer;
      Error.stackTraceLimit = depth;
    }
  };
}

function own(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as { [name: string]: unknown })[name] : undefined;
}

/** Whole numbers as integers; an object that is referred to as its id. */
function input(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.some((item) => typeof item !== 'string') ? value.map(input) : value;
  if (typeof value === 'object' && value !== null) return input(own(value, 'id') ?? own(value, 'blob') ?? null);
  return value;
}

const REASONS: { readonly [code: string]: string } = {
  no_such_overload: 'an operator got a value of a kind it does not take',
  no_matching_overload: 'a function got a value of a kind it does not take',
  no_such_key: 'a key was looked up that is not there',
  field_type_mismatch: 'a value is of another kind than expected',
  invalid_condition_type: 'a condition is neither true nor false',
  invalid_logical_operand: 'a side of && or || is neither true nor false',
  division_by_zero: 'it divides by zero',
  modulo_by_zero: 'it divides by zero',
  numeric_overflow: 'a number is too large',
  int_conversion_error: 'a text that should be a whole number is none',
  double_conversion_error: 'a text that should be a number is none',
  bool_conversion_error: 'a text that should be true or false is neither',
  index_out_of_range: 'a position lies outside a list or text',
};

function failed(error: unknown, source: string): RollcallError {
  const why =
    error instanceof RollcallError
      ? error.message
      : (REASONS[(error as { code?: string } | null)?.code ?? ''] ?? 'it does not fit the value');
  const rule = source.length > 80 ? `${source.slice(0, 77)}…` : source;
  const remedy =
    (error instanceof RollcallError ? error.remedy : undefined) ??
    'correct the value in the source, or let the rule allow for it';
  return new RollcallError('invalidValue', `the rule ${rule} could not be worked out: ${why}`, { remedy });
}
