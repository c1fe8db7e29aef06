/** Traces by OpenTelemetry, sent by OTLP over HTTP. Loaded only where rollcall.yaml or the environment says where they go. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Span as ApiSpan,
  type Context,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { type Span, traceBy } from '#core/tracing';

export interface TraceSettings {
  /** Null: as the environment says (`OTEL_EXPORTER_OTLP_ENDPOINT` and its like). */
  readonly url: string | null;
  readonly headers: { readonly [name: string]: string };
  /** Of traces that nobody outside began, from 0 to 1; null: as the environment says, or all. */
  readonly sample: number | null;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

/** Answers what sends the rest and ends it. `version`: of this program. */
export function startTraces({ url, headers, sample }: TraceSettings, version: string): () => Promise<void> {
  // Where they go is not there: the service goes on, and says so once.
  let told = false;
  const tell = (): void => {
    if (!told) process.emitWarning('traces cannot be sent to where telemetry.traces says');
    told = true;
  };
  const quiet = (): void => undefined;
  diag.setLogger({ error: tell, warn: quiet, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.ERROR);
  const exporter = new OTLPTraceExporter(url === null ? {} : { url, headers: { ...headers } });
  const named = resourceFromAttributes({ 'service.name': 'rollcall', 'service.version': version });
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(named)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
    ...(sample === null ? {} : { sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sample) }) }),
  });
  const tracer = provider.getTracer('rollcall', version);
  const active = new AsyncLocalStorage<Traced>();
  traceBy({
    begin(name, attributes, { kind, from }) {
      const parent = contextOf(from) ?? active.getStore()?.context ?? ROOT_CONTEXT;
      const span = tracer.startSpan(
        name,
        { attributes: { ...attributes }, ...(kind === undefined ? {} : { kind: KINDS[kind] }) },
        parent,
      );
      return new Traced(span, parent);
    },
    within: (span, work) => active.run(span as Traced, work),
    current: () => active.getStore() ?? null,
  });
  return async () => {
    traceBy(null);
    await provider.shutdown().catch(tell);
  };
}

class Traced implements Span {
  readonly #span: ApiSpan;
  readonly context: Context;
  readonly trace: string;
  readonly parent: string;

  constructor(span: ApiSpan, parent: Context) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.#span = span;
    this.context = trace.setSpan(parent, span);
    this.trace = traceId;
    this.parent = `00-${traceId}-${spanId}-${(traceFlags & 1).toString().padStart(2, '0')}`;
  }

  set(attributes: Parameters<Span['set']>[0]): void {
    this.#span.setAttributes({ ...attributes });
  }

  end(how?: { readonly failed: boolean }): void {
    if (how?.failed) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }
}

/** Of a `traceparent`; null for what is none: then it begins here (W3C Trace Context, 4.3). */
function contextOf(traceparent: string | undefined): Context | null {
  const [, version, traceId, spanId, flags, rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(traceparent ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (/^0+$/.test(traceId!) || /^0+$/.test(spanId!)) return null;
  const remote = { traceId: traceId!, spanId: spanId!, traceFlags: Number.parseInt(flags!, 16) & 1, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, remote);
}
