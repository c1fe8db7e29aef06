/** Creates, updates and deletes: several under way at once on one connection, each with its own answer. */
import type { WriteItem, WriteResult, Writer } from '#connectors/contract';
import { toFault } from '#core/errors';
import { checkLength } from '#core/length';
import { depth, nameKey, parentKey } from '#protocols/ldap/names';
import { ENABLED } from './account.ts';
import { Stale } from './change.ts';
import { Unanswered } from './client.ts';
import { createEntry } from './create.ts';
import { deleteEntry, Parent } from './delete.ts';
import { described } from './modifications.ts';
import { holdsPassword, PASSWORD, withPassword } from './password.ts';
import { writtenFirst } from './password-modify.ts';
import type { Reading } from './reading.ts';
import type { Live } from './session.ts';
import { updateEntry } from './update.ts';
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
      const sent = items.map((item) => withPassword(item, live));
      return writeAll(sent, { live, reading, view: viewOf(reading.config, live, reading.clears) });
    },
  };
}

/** What stands below another entry is created after it, and deleted before it. */
async function writeAll(items: readonly WriteItem[], writing: Writing): Promise<WriteResult[]> {
  const results: WriteResult[] = [];
  const created = new Map<string, Promise<void>>();
  let parents: Placed[] = [];
  const write = async (one: Placed): Promise<void> => {
    try {
      results[one.place] = await written(one.item, writing);
    } catch (error) {
      if (error instanceof Parent) parents.push(one);
      results[one.place] = refused(error, one.item);
    }
  };
  const order = items.map((item, place) => ({ item, place, key: nameKey(item.name ?? '') ?? '' })).sort(parentsFirst);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let one = order[next++]; one !== undefined; one = order[next++]) {
      const { item, key } = one;
      let done = (): void => undefined;
      // What is no DN stands below nothing, itself included.
      // Of two entries of one name the first is made.
      const sameName = created.get(key);
      if (item.operation === 'create' && key !== '') created.set(key, new Promise((resolve) => (done = resolve)));
      await sameName;
      await created.get(parentKey(key));
      await write(one);
      done();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // A delete does not say where its entry stands: what had others below it goes once they are gone.
  for (let before = items.length; parents.length > 0 && parents.length < before; ) {
    const again = parents;
    before = again.length;
    parents = [];
    for (const one of again) await write(one);
  }
  return results;
}

interface Placed {
  readonly item: WriteItem;
  readonly place: number;
  readonly key: string;
}

function parentsFirst(a: Placed, b: Placed): number {
  const rank = ({ item, key }: Placed): number => (item.operation === 'create' ? depth(key) : Number.POSITIVE_INFINITY);
  const [left, right] = [rank(a), rank(b)];
  return left === right ? 0 : left - right;
}

async function written(item: WriteItem, writing: Writing): Promise<WriteResult> {
  checkLengths(item, writing);
  if (item.operation === 'delete') return await deleteEntry(item, writing);
  const write = item.operation === 'create' ? createEntry : updateEntry;
  return await writtenFirst(item, writing, (rest) => write(rest, writing));
}

/** Of Active Directory, which says how much it takes and not of what it was too much. */
function checkLengths({ set, add = {} }: WriteItem, { live }: Writing): void {
  for (const edits of [set, add])
    for (const [name, value] of Object.entries(edits)) {
      if (name === PASSWORD || holdsPassword(name) || name === ENABLED) continue;
      const attribute = described(name);
      checkLength(attribute, value, live.schema[attribute]?.maxLength);
    }
}

function refused(error: unknown, { anchor }: WriteItem): WriteResult {
  // A fault of this program is that of one entry too: others are under way.
  const fault = toFault(error, anchor === null ? {} : { object: anchor });
  if (error instanceof Stale) return { ok: false, fault, stale: true };
  return error instanceof Unanswered ? { ok: false, fault, unknown: true } : { ok: false, fault };
}
