/**
 * What every connector must do, as tests: an ordinary module that takes the runner's functions and a subject. A connector's
 * own `conformance.test.ts` names how to make a system with given objects in it, and little else.
 *
 * Each case needs capabilities. One that a connector lacks is named in `lacks` with the reason, which becomes the text of
 * the skip; a capability that is there must not be named, so nothing is skipped that could be tested.
 */
import assert from 'node:assert/strict';
import { RollcallError } from '#core/errors';
import type {
  Change,
  Connection,
  ConnectorDefinition,
  Cursor,
  OpenContext,
  Page,
  RawValue,
  ReadEnd,
  ReadObject,
  WriteItem,
  Writer,
} from './contract.ts';

export interface Runner {
  describe(name: string, body: () => void): void;
  test(name: string, body: () => Promise<void>): void;
  skip(name: string): void;
}

export type Capability =
  | 'deltas'
  | 'resume'
  | 'write'
  | 'commit'
  | 'lookup'
  /** The caller chooses the anchor, or the name it follows from. */
  | 'callerKey'
  | 'fingerprint'
  /** Attributes with several values. */
  | 'lists';

/** A system made for one test. */
export interface Bench {
  /** As somebody would write it in rollcall.yaml. */
  readonly config: unknown;
  readonly folder: string;
  /** Takes the system away, or makes it one that cannot be this one. */
  ruin(): Promise<void>;
  /** Ends the connection as a crash of the process would: nothing is closed, committed or flushed. */
  crash?(): Promise<void>;
  /** Changes the system as a stranger would. Needed for `deltas`. */
  change?(edit: { put?: SeedObject; set?: SeedObject; remove?: string }): Promise<void>;
  dispose(): Promise<void>;
}

export interface SeedObject {
  /** Made into an anchor by `Subject.anchor`. */
  readonly key: string;
  readonly text?: string;
  readonly other?: string;
  readonly list?: readonly string[];
}

export interface Subject<Config> {
  readonly definition: ConnectorDefinition<Config>;
  readonly kind: string;
  /** Names of two attributes of one text and one of several. */
  readonly attributes: { readonly text: string; readonly other: string; readonly list: string };
  anchor(key: string): string;
  /** What a create needs besides: a name, or attributes. */
  creating?(key: string): { readonly name?: string; readonly set?: WriteItem['set'] };
  readonly lacks: { readonly [capability in Capability]?: string };
  make(objects: readonly SeedObject[]): Promise<Bench>;
}

interface Scene<Config> {
  readonly subject: Subject<Config>;
  readonly bench: Bench;
  readonly connection: Connection;
  readonly context: OpenContext;
  reopen(): Connection;
}

interface Case {
  readonly name: string;
  readonly needs: readonly Capability[];
  run(scene: Scene<unknown>): Promise<void>;
}

const SEED: readonly SeedObject[] = [
  { key: 'a', text: 'Ada', other: 'one', list: ['x', 'y'] },
  { key: 'b', text: 'Bo' },
  { key: 'c', text: 'Cy', other: 'three', list: ['z'] },
];

export function connectorConformance<Config>(runner: Runner, subject: Subject<Config>): void {
  runner.describe(`${subject.definition.type}: the contract`, () => {
    for (const [capability, reason] of Object.entries(subject.lacks)) {
      assert.ok(reason !== undefined && reason.trim() !== '', `say why ${subject.definition.type} lacks ${capability}`);
    }
    for (const { name, needs, run } of CASES) {
      const lacking = needs.find((capability) => subject.lacks[capability] !== undefined);
      if (lacking === undefined) runner.test(name, () => withScene(subject, (scene) => run(scene)));
      else runner.skip(`${name}: no ${lacking}, because ${subject.lacks[lacking]}`);
    }
  });
}

async function withScene<Config>(subject: Subject<Config>, run: (scene: Scene<unknown>) => Promise<void>): Promise<void> {
  const bench = await subject.make(SEED);
  const opened: Connection[] = [];
  const { text, other, list } = subject.attributes;
  const context: OpenContext = {
    connection: 'tested',
    folder: bench.folder,
    limits: { maxObjectBytes: 1_000_000 },
    ...(subject.lacks.write === undefined ? { mapped: { [subject.kind]: [text, other, list] } } : {}),
    warn: () => undefined,
  };
  const reopen = (): Connection => {
    const connection = subject.definition.open(subject.definition.config.parse(bench.config), context);
    opened.push(connection);
    return connection;
  };
  try {
    await run({ subject: subject as unknown as Subject<unknown>, bench, connection: reopen(), context, reopen });
  } finally {
    for (const connection of opened) await connection.close();
    await bench.dispose();
  }
}

const CASES: readonly Case[] = [
  {
    name: 'what it can do is what it says',
    needs: [],
    async run({ subject: { lacks }, connection }) {
      const has: { [capability in Capability]?: boolean } = {
        deltas: connection.read?.deltas === true && connection.read.cursor !== undefined,
        write: connection.write !== undefined,
        commit: connection.write?.commit !== undefined,
        lookup: connection.lookup !== undefined,
        callerKey: connection.write?.creates?.by === 'callerKey',
      };
      for (const [capability, is] of Object.entries(has)) {
        assert.equal(
          is,
          lacks[capability as Capability] === undefined,
          `${capability}: the connection and the list of what it lacks differ`,
        );
      }
      assert.ok(connection.read !== undefined || connection.write !== undefined, 'it neither reads nor writes');
    },
  },
  {
    name: 'configuration is checked without touching the system, and unknown keys are refused',
    needs: [],
    async run({ subject: { definition }, bench, context }) {
      assert.equal(definition.config.safeParse({ ...(bench.config as object), unheard: 1 }).success, false);
      assert.equal(definition.config.safeParse({}).success, false);
      assert.equal(definition.config.safeParse(null).success, false);
      await definition.open(definition.config.parse(bench.config), { ...context, folder: `${context.folder}/nowhere` }).close();
    },
  },
  {
    name: 'test answers in one line, or says what to do',
    needs: [],
    async run({ bench, connection, reopen }) {
      const found = await connection.test();
      assert.ok(found.length > 0 && !found.includes('\n'), found);
      await bench.ruin();
      const error = await rejection(reopen().test());
      assert.ok(error.remedy !== undefined && error.remedy !== '', `${error.message}: no remedy`);
    },
  },
  {
    name: 'the schema has the attributes and is the same twice',
    needs: [],
    async run({ subject, connection }) {
      const schema = await connection.discoverSchema();
      const attributes = schema.kinds[subject.kind];
      assert.ok(attributes !== undefined, `no kind ${subject.kind}`);
      assert.equal(attributes[subject.attributes.text]?.multi, false);
      assert.deepEqual(await connection.discoverSchema(), schema);
    },
  },
  {
    name: 'a full read shows everything once and ends complete, the same twice',
    needs: [],
    async run(scene) {
      const first = await readAll(scene.connection);
      assert.equal(first.end.complete, true, first.end.reason?.message);
      expectObjects(scene, first.objects, SEED);
      const second = await readAll(scene.connection);
      assert.deepEqual(second.objects, first.objects);
      assert.equal(second.end.fingerprint, first.end.fingerprint);
      const anchors = first.objects.map((object) => `${object.kind} ${object.anchor}`);
      assert.equal(new Set(anchors).size, anchors.length);
    },
  },
  {
    name: 'an aborted read ends without an end',
    needs: [],
    async run({ connection }) {
      const before = new AbortController();
      before.abort(new Error('enough'));
      assert.equal(
        (await pagesUntilFailure(connection, before)).some((page) => page.end !== undefined),
        false,
      );
      const within = new AbortController();
      const pages = await pagesUntilFailure(connection, within, () => within.abort(new Error('enough')));
      assert.ok(pages.length <= 2, 'it goes on after the abort');
    },
  },
  {
    name: 'an interrupted read is resumed where it was',
    needs: ['resume'],
    async run(scene) {
      const all = await readAll(scene.connection);
      const pages: Page[] = [];
      for await (const page of scene.connection.read!.read({ signal: new AbortController().signal })) {
        pages.push(page);
        if (page.resume !== undefined) break;
      }
      const rest = await readAll(scene.connection, { resume: pages.at(-1)!.resume! });
      assert.deepEqual([...pages.flatMap((page) => page.objects), ...rest.objects], all.objects);
      const again = await pagesOf(scene.connection, { resume: 'never given' });
      assert.equal(again[0]!.restarted, true);
    },
  },
  {
    name: 'a cursor taken before a full read leads to everything that changed since',
    needs: ['deltas'],
    async run(scene) {
      const { subject, connection, bench } = scene;
      const cursor = await connection.read!.cursor!();
      assert.ok(Buffer.byteLength(cursor) <= 65_536);
      const full = await readAll(connection);
      const quiet = await readAll(connection, { since: cursor });
      assert.deepEqual(quiet.objects, []);
      assert.equal(quiet.end.complete, true);
      await bench.change!({ put: { key: 'd', text: 'Dé' } });
      await bench.change!({ set: { key: 'a', text: 'Ada 2' } });
      await bench.change!({ remove: 'b' });
      const delta = await readAll(connection, { since: cursor });
      const after = applyChanges(full.objects as ReadObject[], delta.objects);
      expectObjects(scene, after, [{ ...SEED[0]!, text: 'Ada 2' }, SEED[2]!, { key: 'd', text: 'Dé' }]);
      assert.deepEqual((await readAll(connection, { since: delta.end.next ?? (await connection.read!.cursor!()) })).objects, []);
      assert.ok(delta.objects.some((change) => change.op === 'delete' && change.anchor === subject.anchor('b')));
    },
  },
  {
    name: 'a cursor it does not know is refused as a conflict, which a full read mends',
    needs: ['deltas'],
    async run({ connection }) {
      assert.equal((await rejection(readAll(connection, { since: 'never given' }))).kind, 'conflict');
    },
  },
  {
    name: 'create, update and delete, each with its answer',
    needs: ['write', 'callerKey'],
    async run(scene) {
      const results = await writeNow(scene, [
        create(scene, { key: 'd', text: 'Dé', other: 'four' }),
        update(scene, 'a', { text: 'Ada 2' }),
        remove(scene, 'b'),
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? result.anchor : result.fault.message)),
        ['d', 'a', 'b'].map((key) => scene.subject.anchor(key)),
      );
      const { objects } = await readAll(scene.reopen());
      expectObjects(scene, objects, [{ ...SEED[0]!, text: 'Ada 2' }, SEED[2]!, { key: 'd', text: 'Dé', other: 'four' }]);
    },
  },
  {
    name: 'an empty value clears, what is not named stays',
    needs: ['write'],
    async run(scene) {
      await writeNow(scene, [update(scene, 'a', { other: null, list: null })]);
      expectObjects(scene, (await readAll(scene.reopen())).objects, [{ key: 'a', text: 'Ada' }, SEED[1]!, SEED[2]!]);
    },
  },
  {
    name: 'several values are replaced, added and removed as sets',
    needs: ['write', 'lists'],
    async run(scene) {
      const { list } = scene.subject.attributes;
      await writeNow(scene, [
        update(scene, 'b', { list: ['p', 'q'] }),
        { ...update(scene, 'a', {}), add: { [list]: ['y', 'w'] }, remove: { [list]: ['x', 'unknown'] } },
      ]);
      expectObjects(scene, (await readAll(scene.reopen())).objects, [
        { ...SEED[0]!, list: ['w', 'y'] },
        { ...SEED[1]!, list: ['p', 'q'] },
        SEED[2]!,
      ]);
    },
  },
  {
    name: 'any text comes back as it was: scripts, newlines, quotes, long ones',
    needs: ['write', 'callerKey'],
    async run(scene) {
      const texts = [
        'Ærøskøbing 東京 😀',
        'two\nlines',
        '"quoted", \'s; |\t:',
        ' around ',
        'x'.repeat(100_000),
        '=1+1',
        '\\',
        'null',
        '0123',
      ];
      const seeds = texts.map((text, i) => ({ key: `t${i}`, text }));
      await writeNow(
        scene,
        seeds.map((seed) => create(scene, seed)),
      );
      expectObjects(scene, (await readAll(scene.reopen())).objects, [...SEED, ...seeds]);
    },
  },
  {
    name: 'names that mean something to JavaScript mean nothing here',
    needs: ['write', 'callerKey'],
    async run(scene) {
      const seeds = ['__proto__', 'constructor', 'toString'].map((key) => ({ key, text: '__proto__' }));
      await writeNow(
        scene,
        seeds.map((seed) => create(scene, seed)),
      );
      expectObjects(scene, (await readAll(scene.reopen())).objects, [...SEED, ...seeds]);
      assert.deepEqual(Object.keys(Object.prototype), []);
    },
  },
  {
    name: 'a second create of the same object is refused, not doubled',
    needs: ['write', 'callerKey'],
    async run(scene) {
      const results = await writeNow(scene, [
        create(scene, { key: 'a', text: 'other' }),
        create(scene, { key: 'n', text: 'N' }),
        create(scene, { key: 'n', text: 'N' }),
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? 'ok' : result.fault.kind)),
        ['conflict', 'ok', 'conflict'],
      );
      const again = await writeNow({ ...scene, connection: scene.reopen() }, [create(scene, { key: 'n', text: 'N' })]);
      assert.equal(again[0]!.ok, false);
      expectObjects(scene, (await readAll(scene.reopen())).objects, [...SEED, { key: 'n', text: 'N' }]);
    },
  },
  {
    name: 'what is not there is not found, and one bad item stops no other',
    needs: ['write'],
    async run(scene) {
      const results = await writeNow(scene, [
        update(scene, 'nobody', { text: 'x' }),
        update(scene, 'a', { text: 'with \0 in it' }),
        update(scene, 'b', { text: 'Bo 2' }),
        remove(scene, 'nobody'),
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? 'ok' : result.fault.kind)),
        ['notFound', 'invalidValue', 'ok', 'notFound'],
      );
      expectObjects(scene, (await readAll(scene.reopen())).objects, [SEED[0]!, { key: 'b', text: 'Bo 2' }, SEED[2]!]);
    },
  },
  {
    name: 'many objects in several batches',
    needs: ['write', 'callerKey'],
    async run(scene) {
      const seeds = Array.from({ length: 700 }, (_, i) => ({ key: `m${i}`, text: `Member ${i}` }));
      const writer = scene.connection.write!;
      for (let at = 0; at < seeds.length; at += 300)
        await writer.write(seeds.slice(at, at + 300).map((seed) => create(scene, seed)));
      await writer.commit?.();
      expectObjects(scene, (await readAll(scene.reopen())).objects, [...SEED, ...seeds]);
    },
  },
  {
    name: 'what is not committed leaves the system as it was',
    needs: ['write', 'commit'],
    async run(scene) {
      const before = await readAll(scene.connection);
      await scene.connection.write!.write([update(scene, 'a', { text: 'lost' }), remove(scene, 'b')]);
      assert.deepEqual((await readAll(scene.reopen())).objects, before.objects);
      await scene.bench.crash?.();
      assert.deepEqual((await readAll(scene.reopen())).objects, before.objects);
    },
  },
  {
    name: 'a commit answers the fingerprint a read then ends with, and without writes the one there was',
    needs: ['write', 'commit', 'fingerprint'],
    async run(scene) {
      const before = (await readAll(scene.connection)).end.fingerprint;
      assert.ok(before !== undefined);
      assert.equal((await scene.connection.write!.commit!()).fingerprint, before);
      await scene.connection.write!.write([update(scene, 'a', { text: 'Ada 2' })]);
      const { fingerprint } = await scene.connection.write!.commit!();
      assert.notEqual(fingerprint, before);
      assert.equal((await readAll(scene.reopen())).end.fingerprint, fingerprint);
    },
  },
  {
    name: 'single objects are looked up by anchor and by value',
    needs: ['lookup'],
    async run({ subject, connection }) {
      const { kind, attributes, anchor } = subject;
      const anchors = async (by: { anchor: string } | { attribute: string; value: string }): Promise<string[]> =>
        (await connection.lookup!(by, kind)).map((object) => object.anchor);
      assert.deepEqual(await anchors({ anchor: anchor('b') }), [anchor('b')]);
      assert.deepEqual(await anchors({ anchor: anchor('nobody') }), []);
      assert.deepEqual(await anchors({ attribute: attributes.text, value: 'Cy' }), [anchor('c')]);
      assert.deepEqual(await anchors({ attribute: attributes.text, value: 'nobody' }), []);
      assert.deepEqual(await connection.lookup!({ anchor: anchor('b') }, 'no such kind'), []);
    },
  },
  {
    name: 'closing twice is closing once',
    needs: [],
    async run({ connection, reopen }) {
      await readAll(connection);
      await connection.close();
      await connection.close();
      await reopen().close();
    },
  },
];

async function pagesOf(connection: Connection, more: { since?: Cursor; resume?: Cursor }): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of connection.read!.read({ ...more, signal: new AbortController().signal })) pages.push(page);
  return pages;
}

async function readAll(
  connection: Connection,
  more: { since?: Cursor; resume?: Cursor } = {},
): Promise<{ objects: (ReadObject | Change)[]; end: ReadEnd }> {
  const pages = await pagesOf(connection, more);
  assert.equal(
    pages.slice(0, -1).some((page) => page.end !== undefined),
    false,
    'an end before the last page',
  );
  const end = pages.at(-1)?.end;
  assert.ok(end !== undefined, 'no end');
  return { objects: pages.flatMap((page) => page.objects), end };
}

async function pagesUntilFailure(
  connection: Connection,
  controller: AbortController,
  onPage: () => void = () => undefined,
): Promise<Page[]> {
  const pages: Page[] = [];
  try {
    for await (const page of connection.read!.read({ signal: controller.signal })) {
      pages.push(page);
      onPage();
    }
  } catch (error) {
    assert.equal((error as Error).message, 'enough');
  }
  return pages;
}

async function rejection(promise: Promise<unknown>): Promise<RollcallError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof RollcallError, `not a RollcallError: ${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

async function writeNow({ connection }: Scene<unknown>, items: readonly WriteItem[]): ReturnType<Writer['write']> {
  const results = await connection.write!.write(items);
  assert.equal(results.length, items.length, 'one answer per item');
  await connection.write!.commit?.();
  return results;
}

type Texts = { readonly text?: string | null; readonly other?: string | null; readonly list?: readonly string[] | null };

function named({ attributes }: Subject<unknown>, values: Texts): WriteItem['set'] {
  const set: { [name: string]: string | null | readonly string[] } = {};
  for (const key of ['text', 'other', 'list'] as const) if (values[key] !== undefined) set[attributes[key]] = values[key];
  return set;
}

function create({ subject }: Scene<unknown>, { key, ...values }: SeedObject): WriteItem {
  const { name, set } = subject.creating?.(key) ?? {};
  return {
    attempt: `attempt ${key}`,
    operation: 'create',
    kind: subject.kind,
    anchor: subject.anchor(key),
    ...(name === undefined ? {} : { name }),
    set: { ...set, ...named(subject, values) },
  };
}

function update({ subject }: Scene<unknown>, key: string, values: Texts): WriteItem {
  return {
    attempt: `attempt ${key}`,
    operation: 'update',
    kind: subject.kind,
    anchor: subject.anchor(key),
    set: named(subject, values),
  };
}

function remove({ subject }: Scene<unknown>, key: string): WriteItem {
  return { attempt: `attempt ${key}`, operation: 'delete', kind: subject.kind, anchor: subject.anchor(key), set: {} };
}

/** The objects by anchor, with the three attributes as lists; absent and empty are the same here. */
function expectObjects(
  { subject }: Scene<unknown>,
  objects: readonly (ReadObject | Change)[],
  wanted: readonly SeedObject[],
): void {
  const { attributes, kind, anchor, lacks } = subject;
  const keys = lacks.lists === undefined ? (['text', 'other', 'list'] as const) : (['text', 'other'] as const);
  const found = objects.map((object) => {
    assert.equal(object.kind, kind);
    assert.ok(!('op' in object) || object.op === 'put' || object.op === undefined, 'a full read shows objects');
    const values = (object as ReadObject).attributes;
    return [object.anchor, ...keys.map((key) => textsOf(values[attributes[key]]))];
  });
  const expected = wanted.map((seed) => [anchor(seed.key), ...keys.map((key) => textsOf(seed[key]))]);
  const byAnchor = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1);
  assert.deepEqual(found.sort(byAnchor), expected.sort(byAnchor));
}

function textsOf(value: RawValue | undefined): string[] {
  if (value === undefined || value === null || value === '') return [];
  return (Array.isArray(value) ? value : [value]).map(String).sort();
}

function applyChanges(objects: readonly ReadObject[], changes: readonly (ReadObject | Change)[]): ReadObject[] {
  const state = new Map(objects.map((object) => [object.anchor, object]));
  for (const change of changes) {
    if (change.op === 'delete') state.delete(change.anchor);
    else if (change.op === 'patch')
      state.set(change.anchor, {
        ...state.get(change.anchor)!,
        attributes: { ...state.get(change.anchor)!.attributes, ...change.set },
      });
    else state.set(change.anchor, change);
  }
  return [...state.values()];
}
