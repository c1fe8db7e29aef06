/** For what watches the service: is it alive, can it be used, what did it count. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RollcallError } from '#core/errors';
import type { Metrics } from '#telemetry/metrics';

export interface WatchOptions {
  readonly metrics: Metrics;
  /** Errors: why nothing can be asked now. */
  readonly ready: () => Promise<void>;
  /** Errors: whoever asks may not. */
  readonly mayScrape: (request: FastifyRequest) => Promise<void>;
}

/**
 * `/healthz`: the process answers; one that does not is to be started again. `/readyz`: the store answers and the loop that works goes on;
 * until then requests go elsewhere. Neither asks who it is, and neither says why: that is in the log.
 */
export function offerWatching(app: FastifyInstance, { metrics, ready, mayScrape }: WatchOptions): void {
  app.addHook('onResponse', async (request, reply) => {
    // What no route is for is one label, whatever was asked.
    const route = request.routeOptions.url ?? 'none';
    metrics.answered({ method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime });
  });
  app.get('/healthz', async (_, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/readyz', async (_, reply) => {
    try {
      await ready();
    } catch {
      throw new RollcallError('unavailable', 'the service is not ready', { remedy: 'its log says why' });
    }
    return reply.type('text/plain').send('ok\n');
  });
  app.get('/metrics', async (request, reply) => {
    await mayScrape(request);
    return reply.type(metrics.contentType).send(await metrics.text());
  });
}
