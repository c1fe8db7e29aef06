/** A request as the beginning of a trace, or a step of one that somebody else began (`traceparent`, W3C Trace Context). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { beginSpan, isTraced, type Span, withinSpan } from '#core/tracing';

const SPANS = new WeakMap<FastifyRequest, Span>();

/** Of all routes that are added after it. Named by routes as they are declared: addresses may name people. */
export function traceRequests(app: FastifyInstance): void {
  if (!isTraced()) return;
  app.addHook('onRequest', async (request) => {
    const { method, protocol, headers } = request;
    const route = request.routeOptions.url ?? 'none';
    const from = typeof headers.traceparent === 'string' ? headers.traceparent : undefined;
    const asked = { 'http.request.method': method, 'http.route': route, 'url.scheme': protocol, 'rollcall.request': request.id };
    const span = beginSpan(`${method} ${route}`, asked, { kind: 'server', from });
    if (span !== null) SPANS.set(request, span);
  });
  app.addHook('preHandler', (request, _, done) => withinSpan(SPANS.get(request) ?? null, done));
  app.addHook('onResponse', async (request, { statusCode }) => {
    const span = SPANS.get(request);
    span?.set({ 'http.response.status_code': statusCode });
    span?.end({ failed: statusCode >= 500 });
  });
}

/** For the log. */
export function traceOf(request: FastifyRequest): string | undefined {
  return SPANS.get(request)?.trace;
}
