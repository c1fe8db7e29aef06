/** The suite finds what a connector does wrong, and says in a sentence what it must do. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Connection, ConnectorDefinition, Page, RawAttributes, Reader } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { MemoryConfig } from '../memory/config.ts';
import { forgetMemorySystem, memory, memorySystem } from '../memory/index.ts';
import { connectorConformance, type Subject } from './index.ts';

type Change = (connection: Connection) => Partial<Connection>;

/** What a memory connector with this change fails in: by the case, what is said. */
async function failures(change: Change): Promise<{ [name: string]: string }> {
  const cases = new Map<string, () => Promise<void>>();
  connectorConformance(
    { describe: (_, body) => body(), test: (name, body) => void cases.set(name, body), skip: () => undefined },
    subject({
      ...memory,
      open(config, context) {
        const connection = memory.open(config, context);
        return { ...connection, ...change(connection) };
      },
    }),
  );
  const failed: { [name: string]: string } = {};
  for (const [name, body] of cases) await body().catch((error: Error) => Object.assign(failed, { [name]: error.message }));
  expect(cases.size).toBeGreaterThan(15);
  return failed;
}

function subject(definition: ConnectorDefinition<MemoryConfig>): Subject<MemoryConfig> {
  return {
    definition,
    kind: 'person',
    attributes: { text: 'name', other: 'note', list: 'tags' },
    anchor: (key) => key,
    lacks: { commit: 'it is written at once', fingerprint: 'it has none', clock: 'it has none', resume: 'it has none' },
    async make(seeds) {
      const folder = await mkdtemp(join(tmpdir(), 'rollcall-conformance-'));
      const system = randomUUID();
      const objects = seeds.map(({ key, text, other, list }) => ({
        anchor: key,
        attributes: {
          name: text!,
          ...(other === undefined ? {} : { note: other }),
          ...(list === undefined ? {} : { tags: list }),
        },
      }));
      return {
        folder,
        config: { system, objects, compare: true, faults: [{ on: 'test', after: 1, do: { refuse: 'unavailable' } }] },
        ruin: async () => undefined,
        async change({ put, set, remove }) {
          if (put) memorySystem(system).put('person', put.key, { name: put.text! });
          if (set) memorySystem(system).edit('person', set.key, { name: set.text! });
          if (remove !== undefined) memorySystem(system).remove('person', remove);
        },
        async dispose() {
          forgetMemorySystem(system);
          await rm(folder, { recursive: true });
        },
      };
    },
  };
}

function reading(connection: Connection, change: (page: Page) => Page | null): Pick<Connection, 'read'> {
  const read: Reader['read'] = async function* (request) {
    for await (const page of connection.read!.read(request)) {
      const changed = change(page);
      if (changed !== null) yield changed;
    }
  };
  return { read: { ...connection.read!, read } };
}

it('finds nothing wrong with a connector that is right', async () => {
  expect(await failures(() => ({}))).toEqual({});
});

it('nor with one whose records have no prototype in what is read, and one in what is answered', async () => {
  const bare = (from: RawAttributes): RawAttributes => Object.assign(Object.create(null) as object, from);
  const unlike = (connection: Connection): Partial<Connection> => ({
    ...reading(connection, (page) => ({
      ...page,
      objects: page.objects.map((one) => ('attributes' in one ? { ...one, attributes: bare(one.attributes) } : one)),
    })),
    write: {
      ...connection.write!,
      write: async (items) =>
        (await connection.write!.write(items)).map((one) =>
          one.ok && one.object ? { ...one, object: { ...one.object, attributes: { ...one.object.attributes } } } : one,
        ),
    },
  });
  expect(await failures(unlike)).toEqual({});
});

const SHOWS: Change = (connection) => reading(connection, (page) => ({ ...page, objects: page.objects.slice(1) }));
it.each<[string, string, Change]>([
  ['a full read shows everything once', 'a full read shows everything that is there (contract: Reader.read)', SHOWS],
  [
    'a full read shows everything once',
    'the last page of a read that nothing disturbs has an `end` (contract: Page)',
    (connection) => reading(connection, ({ end: _, ...page }) => page),
  ],
  [
    'single objects are looked up',
    'a look-up of an anchor by another kind is empty, and no error (contract: Connection.lookup)',
    ({ lookup }) => ({ lookup: (by, kind) => lookup!(by, kind === 'no such kind' ? 'person' : kind) }),
  ],
  [
    'a cursor it does not know',
    'a cursor that the system does not know is refused with a RollcallError (contract: Reader.read); it threw Error: gone',
    ({ read }) => ({
      read: {
        ...read!,
        read(request) {
          if (request.since === 'never given') throw new Error('gone');
          return read!.read(request);
        },
      },
    }),
  ],
  [
    'one bad item stops no other',
    'a text with U+0000 is refused with `invalidValue`, and that stops no other item (contract: RawValue, Writer.write)',
    ({ write }) => ({
      write: {
        ...write!,
        write: (items) =>
          write!.write(
            items.map((one) => (one.set['name'] === 'with \0 in it' ? { ...one, set: { ...one.set, name: 'without' } } : one)),
          ),
      },
    }),
  ],
  [
    'what is not there is not found',
    'an update or delete of what is not there is refused with `notFound` (contract: Writer.write)',
    ({ write }) => ({
      write: {
        ...write!,
        write: async (items) =>
          (await write!.write(items)).map((one) => (one.ok ? one : { ...one, fault: { ...one.fault, kind: 'internal' } })),
      },
    }),
  ],
  [
    'what somebody changed since it was seen',
    'an update is refused with `conflict` as `stale` when an attribute is otherwise than `seen` says, and only then (contract: WriteItem.seen)',
    ({ write }) => ({
      write: { ...write!, write: (items) => write!.write(items.map(({ seen: _, ...blind }) => blind)) },
    }),
  ],
  [
    'test answers in one line',
    'the error of test has a remedy: what to do (contract: Connection.test), and not only "no"',
    ({ test }) => ({
      test: () =>
        test().catch(() => {
          throw new RollcallError('unavailable', 'no');
        }),
    }),
  ],
])('%s: %s', async (name, sentence, change) => {
  const failed = await failures(change);
  const said = Object.entries(failed).find(([one]) => one.startsWith(name))?.[1];
  expect(said?.split('\n')[0]).toBe(sentence);
});

it('every assertion has its sentence, which names a part of the contract', async () => {
  const parts = ['../contract.ts', '../objects.ts', '../writing.ts'].map((name) =>
    readFile(new URL(name, import.meta.url), 'utf8'),
  );
  const contract = (await Promise.all(parts)).join('\n');
  const folder = new URL('./', import.meta.url);
  for (const file of (await readdir(folder)).filter((name) => !/^(must|conformance\.test|subject)\.ts$/.test(name))) {
    const text = await readFile(new URL(file, folder), 'utf8');
    expect([file, text.includes('node:assert')]).toEqual([file, false]);
    for (const [, named] of text.matchAll(/\(contract: ([^)]+)\)/g))
      for (const part of named!.split(', ').flatMap((one) => one.split('.')))
        expect(contract, `${file}: ${named}`).toMatch(new RegExp(`\\b${part}\\b`));
  }
});
