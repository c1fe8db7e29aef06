/**
 * Traces, where somebody wants them: what goes on, from a request to the commits and the writes that come of it. The few places that matter
 * call `traced`; without a tracer that is a call of what they do, and nothing more. Attributes are names from rollcall.yaml, ids and
 * counts, never a value of a person.
 */

export type SpanAttributes = { readonly [name: string]: string | number | boolean };

export interface Span {
  /** 32 hex digits. */
  readonly trace: string;
  /** As `traceparent` (W3C Trace Context, 3.2): whoever is asked elsewhere goes on from here. */
  readonly parent: string;
  set(attributes: SpanAttributes): void;
  end(how?: { readonly failed: boolean }): void;
}

export interface SpanOptions {
  /** `server`: somebody outside asked; `client`: somebody outside is asked. */
  readonly kind?: 'server' | 'client';
  /** `traceparent` of what it belongs to, in place of what goes on here. */
  readonly from?: string | undefined;
}

export interface Tracer {
  begin(name: string, attributes: SpanAttributes, options: SpanOptions): Span;
  /** What is begun in `work`, and in what it begins, belongs to the span. */
  within<T>(span: Span, work: () => T): T;
  current(): Span | null;
}

let tracer: Tracer | null = null;

/** From now on, in this thread. */
export function traceBy(by: Tracer | null): void {
  tracer = by;
}

export function isTraced(): boolean {
  return tracer !== null;
}

/** Null where nothing is traced. Whoever begins one ends it. */
export function beginSpan(name: string, attributes: SpanAttributes, options: SpanOptions = {}): Span | null {
  return tracer?.begin(name, attributes, options) ?? null;
}

export function withinSpan<T>(span: Span | null, work: () => T): T {
  return span === null || tracer === null ? work() : tracer.within(span, work);
}

/** `traceparent` of what goes on now. */
export function traceParent(): string | undefined {
  return tracer?.current()?.parent;
}

/** One step of the work. Its span ends with it, as failed where it throws; why is in the log and the record of the run, not here. */
export async function traced<T>(
  name: string,
  attributes: SpanAttributes,
  work: (span: Span | null) => Promise<T>,
  options: SpanOptions = {},
): Promise<T> {
  const span = beginSpan(name, attributes, options);
  if (span === null) return await work(null);
  try {
    const answer = await withinSpan(span, () => work(span));
    span.end();
    return answer;
  } catch (error) {
    span.end({ failed: true });
    throw error;
  }
}

/** Each page by itself: reading one is a request. */
export async function* tracedPages<T>(
  name: string,
  attributes: SpanAttributes,
  pages: AsyncIterable<T>,
  count: (page: T) => number,
): AsyncGenerator<T> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await traced(
        name,
        attributes,
        async (span) => {
          const page = await iterator.next();
          if (!page.done) span?.set({ 'rollcall.items': count(page.value) });
          return page;
        },
        { kind: 'client' },
      );
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
