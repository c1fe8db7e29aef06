import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AuditRow, AuditSegment, Store } from '#store/contract';
import { eventLine, firstHash, segmentHash } from './chain.ts';
import { type At, type Entry, entriesAfter } from './entries.ts';
import { auditEvent } from './event.ts';
import { entryLine, readExport } from './export.ts';
import { type Verified, verify } from './verify.ts';

const OF: Entry = { store: 'store' };
const FIRST = firstHash('store');

/** A log of so many events, sealed in segments of these sizes; the rest is not sealed. */
function log(events: number, sizes: readonly number[]): Entry[] {
  const rows = Array.from({ length: events }, (_, i): AuditRow => {
    const values = i % 3 === 0 ? {} : { before: { a: i }, after: i % 3 === 1 ? undefined : { a: i + 1 } };
    const actor = { kind: 'person', name: 'ann', token: null, source: null } as const;
    return { seq: i + 1, ...auditEvent({ at: i, action: 'run.start', actor, subject: { objectId: i }, ...values }) };
  });
  const out: Entry[] = [];
  let previous = FIRST;
  let from = 1;
  for (const size of sizes) {
    const some = rows.slice(from - 1, from - 1 + size);
    if (some.length < size) break;
    const segment = { from, to: from + size - 1, at: 7, previous };
    const hash = segmentHash(segment, some.map(eventLine));
    out.push(...some.map((event) => ({ event })), { segment: { ...segment, hash, removedAt: null } });
    previous = hash;
    from += size;
  }
  out.push(...rows.slice(from - 1).map((event) => ({ event })));
  return out;
}

async function* streamed<T>(list: readonly T[]): AsyncGenerator<T> {
  yield* list;
}
const look = (entries: readonly Entry[], kept?: string): Promise<Verified> => verify(streamed([OF, ...entries]), kept);
const hashes = (entries: readonly Entry[]): string[] => entries.flatMap(({ segment }) => segment?.hash ?? []);

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
const logs = sizes.chain((list) => {
  const sealed = list.reduce((sum, n) => sum + n, 0);
  return fc.integer({ min: sealed, max: sealed + 3 }).map((events) => ({ entries: log(events, list), sealed }));
});

test('a log as it was written has nothing wrong, erased or exported', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.nat(), async ({ entries, sealed }, nth) => {
      const kept = hashes(entries)[nth % hashes(entries).length];
      const erased = entries.map(
        (one, i): Entry => (one.event && (nth >> (i % 8)) % 2 === 1 ? { event: { ...one.event, values: null } } : one),
      );
      const said = await look(erased, kept);
      expect(said.findings).toEqual([]);
      expect(said.events - said.unsealed).toBe(sealed);
      expect(said.head?.hash).toBe(hashes(entries).at(-1));
      const file = [OF, ...erased].map(entryLine);
      expect(await verify(readExport(streamed(file)), kept)).toEqual(said);
    }),
  );
});

test('part by part it is the same as whole, however long a part is', async () => {
  await fc.assert(
    fc.asyncProperty(logs, fc.integer({ min: 1, max: 5 }), fc.boolean(), async ({ entries }, limit, isCut) => {
      const segments = entries.flatMap(({ segment }) => segment ?? []);
      const first = isCut ? segments[0]! : null;
      const gone = first && { segment: { ...first, removedAt: 8 } };
      const all = gone === null ? entries : [gone, ...entries.slice(entries.findIndex(({ segment }) => segment === first) + 1)];
      const parts: Entry[] = [];
      for (let at: At | null = null; ; ) {
        const { entries: part, next }: Awaited<ReturnType<typeof entriesAfter>> = await entriesAfter(storeOf(all), at, limit);
        expect(part.filter(({ event }) => event !== undefined).length).toBeLessThanOrEqual(limit);
        parts.push(...part);
        if (next === null) break;
        at = next;
      }
      expect(parts).toEqual([OF, ...all]);
    }),
  );
});

/** What is read of it. */
function storeOf(entries: readonly Entry[]): Pick<Store, 'audit' | 'info'> {
  const events = entries.flatMap(({ event }) => event ?? []);
  const segments = entries.flatMap(({ segment }) => segment ?? []);
  const audit: Partial<Store['audit']> = {
    async list(_, page) {
      const coming = events.filter(({ seq }) => 'after' in page && seq > page.after);
      const read = coming.slice(0, page.limit);
      return { events: read, next: read.length < coming.length ? read.at(-1)!.seq : null };
    },
    segments: async ({ after, limit }) => segments.filter(({ to }) => to > after).slice(0, limit),
    head: async () => segments.at(-1) ?? null,
  };
  return { audit: audit as Store['audit'], info: { storeId: 'store' } as Store['info'] };
}

type Change = (entries: readonly Entry[], at: number) => readonly Entry[];
const without: Change = (entries, at) => entries.toSpliced(at, 1);
const moved: Change = (entries, nth) => {
  const at = Math.min(nth, entries.length - 2);
  return entries.toSpliced(at, 2, entries[at + 1]!, entries[at]!);
};
const doubled: Change = (entries, at) => entries.toSpliced(at, 0, entries[at]!);
const changed =
  (change: (row: AuditRow) => Partial<AuditRow>, segment: (one: AuditSegment) => Partial<AuditSegment>): Change =>
  (entries, at) =>
    entries.with(
      at,
      entries[at]!.event
        ? { event: { ...entries[at]!.event, ...change(entries[at]!.event) } }
        : { segment: { ...entries[at]!.segment!, ...segment(entries[at]!.segment!) } },
    );
const CHANGES: { readonly [name: string]: Change } = {
  removed: without,
  moved,
  'put in': doubled,
  'of another person': changed(
    () => ({ subject: { objectId: 99 } }),
    () => ({ hash: 'f'.repeat(64) }),
  ),
  'at another time': changed(
    () => ({ at: 99 }),
    () => ({ at: 99 }),
  ),
  'of other values': changed(
    ({ values }) => ({ values: { salt: '00', before: values?.before ?? '1', after: '{"a":99}' } }),
    ({ previous }) => ({ previous: previous.toUpperCase().replace(/^./, (digit) => (digit === 'A' ? 'B' : 'A')) }),
  ),
};

test.each(Object.entries(CHANGES))('anything sealed that is %s is found', async (_, change) => {
  await fc.assert(
    fc.asyncProperty(logs, fc.nat(), async ({ entries }, nth) => {
      const last = entries.findLastIndex(({ segment }) => segment !== undefined);
      // What is wrong with the last segment alone is found by its hash.
      const at = nth % (last + 1);
      const said = await look(change(entries, at), hashes(entries).at(-1));
      expect(said.found).toBeGreaterThan(0);
    }),
  );
});

test('a chain made anew, or cut off at its end, is found by a hash that was kept', async () => {
  const entries = log(6, [2, 2, 2]);
  const kept = hashes(entries).at(-1)!;
  expect((await look(log(6, [2, 2, 2]), kept)).found, 'other salts').toBe(1);
  const cut = entries.slice(0, 6);
  expect((await look(cut)).found, 'without it').toBe(0);
  expect((await look(cut, kept)).findings).toEqual([{ from: 0, to: 4, message: expect.stringContaining('its end was cut off') }]);
});

test('what went because of its age leaves what the next one is chained to; without that it is missing', async () => {
  const entries = log(6, [2, 2, 2]);
  const anchor: Entry = { segment: { ...entries[2]!.segment!, removedAt: 9 } };
  const kept = [anchor, ...entries.slice(3)];
  expect(await look(kept, anchor.segment!.hash)).toMatchObject({ found: 0, first: 3, segments: 2 });
  const older = await look([{ segment: { ...entries[5]!.segment!, removedAt: 9 } }, ...entries.slice(6)], hashes(entries)[0]);
  expect(older.findings).toMatchObject([{ message: expect.stringContaining('or it is older than what is kept') }]);
  expect((await look(kept.slice(1))).found).toBeGreaterThan(0);
  expect((await look([...entries.slice(0, 3), { segment: { ...entries[5]!.segment!, removedAt: 9 } }])).found).toBeGreaterThan(0);
});

test('an event without values has none later', async () => {
  const [one] = log(1, []);
  const event = { ...one!.event!, values: { salt: '', before: null, after: '1' } };
  expect((await look([{ event }])).findings).toEqual([{ from: 1, to: 1, message: 'it had no values, and has some now' }]);
});

test.each([
  ['{"event":{}}', 1],
  [`${entryLine(OF)}\n{"event":`, 2],
  [`${entryLine(OF)}\n${entryLine(OF)}`, 2],
])('what is no export is said so, with its line: %j', async (text, line) => {
  await expect(verify(readExport(streamed(text.split('\n'))))).rejects.toMatchObject({ where: { line } });
});
