/** Creates, updates and deletes, a few at a time, each with its own answer. */
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { type ErrorKind, RollcallError, toFault } from '#core/errors';
import { createResource, NAMES } from './create.ts';
import { deleteResource } from './delete.ts';
import { type Able, type Service, visibleSeconds } from './service.ts';
import { Stale, updateResource } from './update.ts';
import { Writing } from './writing.ts';

/** Requests under way at once. */
const AT_ONCE = 4;
/** One that is not begun by then is left to the next batch, ms: an attempt counts as lost after half a minute. */
const BEGIN_WITHIN = 15_000;

/** What is said of the server, and not of the item: the next one would be answered with the same. */
const OF_ALL: ReadonlySet<ErrorKind> = new Set(['configuration', 'authentication', 'rateLimited', 'unavailable']);

export function scimWriter(service: Service): Writer {
  const { config, places, context } = service;
  const attribute = Object.fromEntries(
    places.map(({ kind, type }) => {
      // A name of a group is not everywhere one group's alone.
      const isGiven = type.name === 'Group' && context.mapped?.[kind]?.includes('externalId');
      return [kind, isGiven ? 'externalId' : NAMES[type.name as 'User']];
    }),
  );
  return {
    creates: { by: 'lookup', attribute, visibleWithinSeconds: visibleSeconds(config) },
    batch: { items: 20 },
    answers: 'object',
    write: async (items) => writeAll(service, await service.able(), items),
  };
}

async function writeAll(service: Service, able: Able, items: readonly WriteItem[]): Promise<WriteResult[]> {
  const results = new Array<WriteResult | undefined>(items.length);
  const begun = Date.now();
  let stopped: RollcallError | undefined;
  let isAnyDone = false;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < items.length && stopped === undefined; at = next++) {
      const item = items[at]!;
      if (Date.now() - begun > BEGIN_WITHIN) {
        stopped ??= slow(service);
        return;
      }
      let writing: Writing | undefined;
      try {
        writing = new Writing(service, able, item);
        results[at] = await written(writing);
        isAnyDone = true;
      } catch (error) {
        isAnyDone ||= writing?.mayBeDone === true;
        results[at] = refused(error, item, writing?.mayBeDone === true);
        if (error instanceof RollcallError && OF_ALL.has(error.kind) && writing?.isItsOwn !== true) stopped ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (stopped !== undefined && !isAnyDone) throw stopped;
  return items.map((item, at) => results[at] ?? refused(stopped, item, false));
}

function written(writing: Writing): Promise<WriteResult> {
  const { operation } = writing.item;
  if (operation === 'create') return createResource(writing);
  return operation === 'delete' ? deleteResource(writing) : updateResource(writing);
}

function refused(error: unknown, { anchor }: WriteItem, mayBeDone: boolean): WriteResult {
  const fault = toFault(error, anchor === null ? {} : { object: anchor });
  if (error instanceof Stale && !mayBeDone) return { ok: false, fault, stale: true };
  const { retryAfterMs } = fault;
  return { ok: false, fault, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...(mayBeDone ? { unknown: true } : {}) };
}

function slow({ title }: Service): RollcallError {
  return new RollcallError('unavailable', `${title} is slow: this was not sent yet`, { remedy: 'nothing is to be done' });
}
