/**
 * Reading everything. Pages show different moments, so that who is missing is looked up by whoever reads (SEMANTICS 6). A read that
 * was broken off, by a server that is asked too often perhaps, goes on at the next page; a cursor that is too old by then begins anew.
 */
import type { Page } from '#connectors/contract';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { skippedIn } from '../files/skipped.ts';
import { objectOf } from './objects.ts';
import { type Position, pagesOf } from './pages.ts';
import type { Service } from './service.ts';

interface Mark {
  /** What is read, and how: of other settings it is worth nothing. */
  readonly of: string;
  /** Number of the list. */
  readonly list: number;
  /** Left out: its beginning. */
  readonly from?: Position;
  /** Why it is not complete so far. */
  readonly reason?: Fault;
}

export async function* readAll(service: Service, signal: AbortSignal, resume?: string): AsyncGenerator<Page> {
  const { paging } = await service.able(signal);
  const of = [service.config.url, paging, ...service.places.map(({ endpoint }) => endpoint)].join(' ');
  const beginning: Mark = { of, list: 0 };
  if (resume === undefined) return yield* readFrom(service, signal, beginning);
  const mark = markIn(resume, of);
  let isBegun = false;
  try {
    if (mark !== null)
      for await (const page of readFrom(service, signal, mark)) {
        isBegun = true;
        yield page;
      }
  } catch (error) {
    if (isBegun || !isUnknown(error)) throw error;
  }
  if (isBegun) return;
  let restarted: { restarted?: true } = { restarted: true };
  for await (const page of readFrom(service, signal, beginning)) {
    yield { ...page, ...restarted };
    restarted = {};
  }
}

async function* readFrom(service: Service, signal: AbortSignal, mark: Mark): AsyncGenerator<Page> {
  const skipped = skippedIn(service.context.connection, 'resources', service.context.warn);
  let { reason, from } = mark;
  for (const [list, place] of service.places.entries()) {
    if (list < mark.list) continue;
    for await (const { resources, next, end } of pagesOf(service, place, signal, from)) {
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
      const why = reason ?? skipped.reason();
      const at = {
        ...(next === undefined ? { list: list + 1 } : { list, from: next }),
        ...(why === undefined ? {} : { reason: why }),
      };
      if (objects.length > 0) yield { objects, resume: JSON.stringify({ of: mark.of, ...at } satisfies Mark) };
    }
    from = undefined;
  }
  signal.throwIfAborted();
  reason ??= skipped.reason();
  yield { objects: [], end: reason === undefined ? { complete: true } : { complete: false, reason } };
}

/** Null for one that is worth nothing. */
function markIn(resume: string, of: string): Mark | null {
  try {
    const mark = JSON.parse(resume) as Mark;
    return mark.of === of ? mark : null;
  } catch {
    return null;
  }
}

/** The server does not know the place any more (RFC 9865 2.1); not all say so by its name. */
function isUnknown(error: unknown): boolean {
  return error instanceof RollcallError && (error.kind === 'conflict' || error.kind === 'invalidValue');
}
