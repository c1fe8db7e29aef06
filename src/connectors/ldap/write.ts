/** Creates, updates and deletes: several under way at once on one connection, each with its own answer. */
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { RollcallError, toFault } from '#core/errors';
import { depth, nameKey, parentKey } from '#protocols/ldap/names';
import { Unanswered } from './client.ts';
import { createEntry } from './create.ts';
import { deleteEntry } from './delete.ts';
import type { Reading } from './read.ts';
import type { Live } from './session.ts';
import { Stale, updateEntry } from './update.ts';
import { type View, viewOf } from './view.ts';

/** Requests under way at once: slapd takes a hundred of one connection, and sixteen keep it busy. */
const AT_ONCE = 16;

export interface Writing {
  readonly live: Live;
  readonly reading: Reading;
  readonly view: View;
}

export function ldapWriter(reading: Reading): Writer {
  return {
    creates: { by: 'callerKey' },
    batch: { items: 500 },
    answers: 'object',
    async write(items) {
      const live = await reading.session.live();
      return writeAll(items, { live, reading, view: viewOf(reading.config, live, reading.clears) });
    },
  };
}

/** What stands below another entry is created after it, and deleted before it. */
async function writeAll(items: readonly WriteItem[], writing: Writing): Promise<WriteResult[]> {
  const results: WriteResult[] = [];
  const created = new Map<string, Promise<void>>();
  const order = items.map((item, place) => ({ item, place, key: nameKey(item.name ?? '') ?? '' })).sort(parentsFirst);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let one = order[next++]; one !== undefined; one = order[next++]) {
      const { item, place, key } = one;
      let done = (): void => undefined;
      if (item.operation === 'create') created.set(key, new Promise((resolve) => (done = resolve)));
      await created.get(parentKey(key));
      results[place] = await writeOne(item, writing);
      done();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

interface Placed {
  readonly item: WriteItem;
  readonly key: string;
}

function parentsFirst(a: Placed, b: Placed): number {
  const rank = ({ item, key }: Placed): number => (item.operation === 'create' ? depth(key) : Number.POSITIVE_INFINITY);
  const [left, right] = [rank(a), rank(b)];
  return left === right ? 0 : left - right;
}

async function writeOne(item: WriteItem, writing: Writing): Promise<WriteResult> {
  try {
    if (item.operation === 'create') return await createEntry(item, writing);
    return await (item.operation === 'update' ? updateEntry(item, writing) : deleteEntry(item, writing));
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    const fault = toFault(error, item.anchor === null ? {} : { object: item.anchor });
    if (error instanceof Stale) return { ok: false, fault, stale: true };
    return error instanceof Unanswered ? { ok: false, fault, unknown: true } : { ok: false, fault };
  }
}
