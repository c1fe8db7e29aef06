import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Connection, Page, ReadObject, WriteItem } from '#connectors/contract';
import { ERROR_KINDS } from '#core/errors';
import { forgetMemorySystem, memory, memorySystem } from '../memory/index.ts';
import { type FaultAction, type FaultRule, type Operation, randomScript, type Script, withFaults } from './index.ts';

let name: string;
let waited: number[];
let happened: FaultAction[];
beforeEach(() => {
  [name, waited, happened] = [randomUUID(), [], []];
});
afterEach(() => forgetMemorySystem(name));

function faulty(script: readonly FaultRule[] | Script, config: object = {}): Connection {
  const definition = withFaults(memory, {
    script,
    happened: (action) => void happened.push(action),
    wait: async (ms) => void waited.push(ms),
  });
  const settings = memory.config.parse({ system: name, pageSize: 2, ...config });
  return definition.open(settings, { connection: 'dir', folder: '/', limits: { maxObjectBytes: 1000 }, warn: () => undefined });
}

function people(...anchors: readonly string[]): void {
  for (const anchor of anchors) memorySystem(name).put('person', anchor, { mail: `${anchor}@x`, tags: ['a', 'b'] });
}

function create(anchor: string, set: WriteItem['set'] = {}): WriteItem {
  return { attempt: `create ${anchor}`, operation: 'create', kind: 'person', anchor, set };
}

const there = (): string[] =>
  memorySystem(name)
    .objects()
    .map((one) => one.anchor);
const anchorsOf = (page: Page): string[] => page.objects.map((one: ReadObject | Change) => one.anchor);

/** What came, page by page, `end` behind a complete one; and how it failed. */
async function read(connection: Connection, request: object = {}): Promise<{ pages: string[][]; end?: unknown; error?: string }> {
  const pages: string[][] = [];
  let end: unknown;
  try {
    for await (const page of connection.read!.read({ ...request, signal: new AbortController().signal })) {
      pages.push(anchorsOf(page));
      end = page.end;
    }
  } catch (error) {
    return { pages, error: (error as { kind?: string }).kind ?? 'unknown' };
  }
  return end === undefined ? { pages } : { pages, end };
}

const onRead = (action: FaultAction): FaultRule[] => [{ on: 'read', times: 1, do: action }];

describe('a read', () => {
  beforeEach(() => people('1', '2', '3', '4', '5'));
  const whole = { pages: [['1', '2'], ['3', '4'], ['5']], end: expect.objectContaining({ complete: true }) };
  const lost = 'unavailable';
  it.each([
    ['fails before the first page', { refuse: 'permission' }, { pages: [], error: 'permission' }],
    [
      'fails after a page',
      { breakAfterPage: 2 },
      {
        pages: [
          ['1', '2'],
          ['3', '4'],
        ],
        error: lost,
      },
    ],
    ['fails in the middle of a page', { breakAfter: 3 }, { pages: [['1', '2'], ['3']], error: lost }],
    [
      'fails instead of its end',
      { die: 'after', how: 'throw' },
      {
        pages: [
          ['1', '2'],
          ['3', '4'],
        ],
        error: lost,
      },
    ],
    [
      'stops without an end',
      { cutAfter: 4 },
      {
        pages: [
          ['1', '2'],
          ['3', '4'],
        ],
      },
    ],
    ['ends incomplete', { limit: 3 }, { pages: [['1', '2'], ['3']], end: expect.objectContaining({ complete: false }) }],
    ['says a page twice', { repeatPage: 2 }, { ...whole, pages: [['1', '2'], ['3', '4'], ['3', '4'], ['5']] }],
    ['says its last page twice', { repeatPage: 3 }, { ...whole, pages: [['1', '2'], ['3', '4'], ['5'], ['5']] }],
  ] as const)('%s, once', async (_, action, expected) => {
    const connection = faulty(onRead(action));
    expect(await read(connection)).toEqual(expected);
    expect(happened).toEqual([action]);
    expect(await read(connection)).toEqual(whole);
  });

  it('waits before it begins, or before it ends', async () => {
    const connection = faulty([
      { on: 'read', do: { delay: 100 } },
      { on: 'read', do: { delay: 50, when: 'after' } },
    ]);
    expect(await read(connection)).toEqual(whole);
    expect(waited).toEqual([100, 50]);
  });

  it('that was cut inside a page does not go on behind what it did not show', async () => {
    const connection = faulty(onRead({ breakAfter: 3 }), { snapshots: true });
    const resumes: (string | undefined)[] = [];
    const reading = async (): Promise<void> => {
      for await (const page of connection.read!.read({ signal: new AbortController().signal })) resumes.push(page.resume);
    };
    await expect(reading()).rejects.toMatchObject({ kind: lost });
    expect(resumes).toEqual([expect.any(String), undefined]);
    expect((await read(connection, { resume: resumes[0] })).pages).toEqual([['3', '4'], ['5']]);
  });

  it('shows less than there is; a feed has no whole that could be shortened', async () => {
    const less: FaultRule[] = [
      { on: 'read', do: { limit: 0 } },
      { on: 'read', do: { hide: ['mail'] } },
    ];
    const since = await faulty([]).read!.cursor!();
    people('6');
    expect((await read(faulty(less), { since })).pages).toEqual([['6'], []]);
    expect((await read(faulty(less))).pages).toEqual([[]]);
  });
});

describe('a write', () => {
  const ok = (anchor: string) => expect.objectContaining({ ok: true, anchor });
  const unknown = expect.objectContaining({ ok: false, unknown: true });
  it.each([
    ['does the work and says nothing of it', { die: 'after', how: 'unknown' }, [ok('1'), unknown, ok('3')], ['1', '2', '3']],
    ['does not, and says nothing', { die: 'before', how: 'unknown' }, [ok('1'), unknown, ok('3')], ['1', '3']],
    ['leaves the rest', { die: 'after', how: 'rest' }, [ok('1'), unknown, unknown], ['1', '2']],
    ['answers for some only', { die: 'after', how: 'cut' }, [ok('1')], ['1', '2']],
    ['answers late', { delay: 9, when: 'after' }, [ok('1'), ok('2'), ok('3')], ['1', '2', '3']],
  ] as const)('%s', async (_, action, answers, done) => {
    const connection = faulty([{ on: 'create', anchor: '2', do: action }]);
    expect(await connection.write!.write(['1', '2', '3'].map((one) => create(one)))).toEqual(answers);
    expect(there()).toEqual(done);
    expect(happened).toEqual([action]);
    expect(waited).toEqual('delay' in action ? [9] : []);
  });

  it.each([
    ['before', 'throw', undefined, ['1']],
    ['after', 'throw', undefined, ['1', '2']],
    ['before', 'unavailable', 'unavailable', ['1']],
    ['after', 'unavailable', 'unavailable', ['1', '2']],
  ] as const)('fails as a whole, %s: %s', async (die, how, kind, done) => {
    const connection = faulty([{ on: 'write', anchor: '2', do: { die, how } }]);
    const failed = connection.write!.write(['1', '2', '3'].map((one) => create(one)));
    expect(await failed.catch((error: { kind?: string }) => ({ kind: error.kind }))).toEqual({ kind });
    expect(there()).toEqual(done);
  });

  it.each(ERROR_KINDS)('refuses: %s', async (refuse) => {
    const connection = faulty([{ on: 'create', anchor: '2', do: { refuse, retryAfterMs: 5, attribute: 'mail' } }]);
    expect(await connection.write!.write([create('1'), create('2')])).toMatchObject([
      { ok: true },
      { ok: false, retryAfterMs: 5, fault: { kind: refuse, where: { object: '2', attribute: 'mail' } } },
    ]);
    expect(there()).toEqual(['1']);
  });

  it('of other values than it was told', async () => {
    people('1');
    const connection = faulty([{ on: 'write', do: { rewrite: { mail: 'upper', tags: { cut: 2 } } } }]);
    const change = { attempt: 'u', operation: 'update', kind: 'person', anchor: '1' } as const;
    await connection.write!.write([{ ...change, set: { mail: 'a@b', note: 'as it is' }, add: { tags: ['long'] } }]);
    expect({ ...memorySystem(name).get('person', '1')!.attributes }).toEqual({
      mail: 'A@B',
      note: 'as it is',
      tags: ['a', 'b', 'lo'],
    });
  });

  it('counts only when it is committed, and the answer to that may be lost', async () => {
    const connection = faulty(
      [
        { on: 'commit', times: 1, do: { die: 'before', how: 'throw' } },
        { on: 'commit', after: 1, do: { die: 'after', how: 'throw' } },
      ],
      { atomic: true },
    );
    for (const done of [[], ['1']]) {
      await connection.write!.write([create('1')]);
      await expect(connection.write!.commit!()).rejects.toMatchObject({ kind: 'unavailable' });
      await connection.close();
      expect(there()).toEqual(done);
    }
  });
});

it('what else is asked of it fails as well', async () => {
  const connection = faulty(({ on }) => [on === 'clock' ? { ahead: -15 } : { refuse: 'authentication' }], { clock: true });
  const refused = { kind: 'authentication', message: 'dir refuses as its script says' };
  await expect(connection.test()).rejects.toMatchObject(refused);
  await expect(connection.lookup!({ anchor: '1' }, 'person')).rejects.toMatchObject(refused);
  await expect(connection.read!.cursor!()).rejects.toMatchObject(refused);
  memorySystem(name).time = () => 3_600_000;
  expect(await connection.clock!.now(new AbortController().signal)).toBe(2_700_000);
});

describe('a rule that could never apply is refused with its place and what was meant', () => {
  const good = { on: 'create', do: { die: 'after' } } as const;
  it.each([
    [{ on: 'creat', do: { die: 'after' } }, "on: 'creat' is none of read, cursor,", "did you mean 'create'?"],
    [
      { on: 'create', do: { explode: 1 } },
      'do: is none of rewrite, refuse, die,',
      'docs/guide/faults.md says what can be written',
    ],
    [{ on: 'create', do: { die: 'afer' } }, "do: die: 'afer' is none of before, after", "did you mean 'after'?"],
    [{ on: 'create', do: { refuse: 'unavailable', retryAfter: 5 } }, 'do: Unrecognized key: "retryAfter"', expect.any(String)],
    [{ on: 'create', do: { late: 2 } }, 'do: is none of rewrite,', expect.any(String)],
    [{ on: 'create', do: { limit: 3 } }, 'do: limit happens on read, never on create', expect.any(String)],
    [{ on: 'read', anchor: '2', do: { refuse: 'unavailable' } }, 'anchor: a read is of no one object', expect.any(String)],
    [{ on: 'create', time: 1, do: { die: 'after' } }, 'Unrecognized key: "time"', expect.any(String)],
    [{ on: 'create' }, 'do: Invalid input', expect.any(String)],
    ['create', 'rule 2 of the script of faults: Invalid input', expect.any(String)],
  ])('%j', (rule, message, remedy) => {
    const script = [good, rule as FaultRule];
    expect(() => withFaults(memory, { script })).toThrow(
      expect.objectContaining({
        ...{ kind: 'configuration', remedy },
        message: expect.stringMatching(/^rule 2 of the script of faults: /),
      }),
    );
    expect(() => withFaults(memory, { script })).toThrow(message);
  });

  it('also where it comes later, or from a function', async () => {
    const script: FaultRule[] = [];
    const connection = faulty(script);
    expect(await connection.read!.cursor!()).toEqual(expect.any(String));
    script.push({ on: 'creat' as 'create', do: { die: 'after' } });
    await expect(connection.read!.cursor!()).rejects.toThrow("rule 1 of the script of faults: on: 'creat' is none of");
    const answers = faulty(() => [{ explode: 1 } as unknown as FaultAction]);
    await expect(answers.test()).rejects.toThrow('what the script of faults answers to test: is none of rewrite,');
  });
});

it('`how` is unknown where it is left out, as in a memory connection', async () => {
  const connection = faulty([{ on: 'create', anchor: '1', do: { die: 'after' } }]);
  expect(await connection.write!.write([create('1'), create('2')])).toMatchObject([{ unknown: true }, { ok: true }]);
  expect(there()).toEqual(['1', '2']);
});

it('by chance: the same seed brings the same faults, so many and no more', async () => {
  const met = (seed: number): unknown[] => {
    const script = randomScript({ seed, share: 0.5, most: 7 });
    const operations: Operation[] = Array.from({ length: 40 }, (_, i) => ({ on: i % 2 === 0 ? 'read' : 'create' }));
    return operations.map(script);
  };
  expect(met(1)).toEqual(met(1));
  expect(met(1)).not.toEqual(met(2));
  expect(met(1).flat()).toHaveLength(7);
});
