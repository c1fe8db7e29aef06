/** Reading everything. Pages show different moments, so that who is missing is looked up by whoever reads (SEMANTICS 6). */
import type { Page } from '#connectors/contract';
import { type Fault, toFault } from '#core/errors';
import { skippedIn } from '../files/skipped.ts';
import { objectOf } from './objects.ts';
import { pagesOf } from './pages.ts';
import type { Service } from './service.ts';

export async function* readAll(service: Service, signal: AbortSignal): AsyncGenerator<Page> {
  const skipped = skippedIn(service.context.connection, 'resources', service.context.warn);
  let reason: Fault | undefined;
  for (const place of service.places)
    for await (const { resources, end } of pagesOf(service, place, signal)) {
      signal.throwIfAborted();
      reason ??= end?.reason;
      const objects = resources.flatMap((body) => {
        try {
          return [objectOf(service, place, body)];
        } catch (error) {
          skipped.add(toFault(error));
          return [];
        }
      });
      if (objects.length > 0) yield { objects };
    }
  signal.throwIfAborted();
  reason ??= skipped.reason();
  yield { objects: [], end: reason === undefined ? { complete: true } : { complete: false, reason } };
}
