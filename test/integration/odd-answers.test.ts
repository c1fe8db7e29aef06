/** SEMANTICS 7 and 9: what a target answers that none should: with the account of somebody else, or with what nobody can keep. */
import { afterEach, expect, it } from 'vitest';
import type { ConnectorDefinition, WriteItem, WriteResult } from '#connectors/contract';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const yaml = (dir?: string) =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create')} }`,
    read: 'mail: mail',
    dir: `mode: on\n${dir ?? ''}`,
    written: 'mail: mail',
  });

let here: Firm;
afterEach(() => here.close());

interface Odd {
  readonly sent?: (item: WriteItem) => WriteItem;
  readonly answered?: (result: WriteResult) => WriteResult;
}

/** The directory with another way to take what it is sent, or to answer it. */
function behaves({ sent = (item) => item, answered = (result) => result }: Odd): void {
  const odd = (definition: ConnectorDefinition): ConnectorDefinition => ({
    ...definition,
    open(config, context) {
      const inner = definition.open(config as never, context);
      const { write } = inner;
      if (!write) return inner;
      return { ...inner, write: { ...write, write: async (items) => (await write.write(items.map(sent))).map(answered) } };
    },
  });
  const { config } = here;
  here.config = {
    ...config,
    connections: config.connections.map((one) => (one.name === 'dir' ? { ...one, definition: odd(one.definition) } : one)),
  };
}

async function start(dir?: string): Promise<void> {
  here = await firm(yaml(dir));
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.run();
  await here.approve('dir');
  await cycles();
}

function person(id: string, mail = `${id}@example.org`): void {
  here.system('hr').put('person', id, { id, mail });
}
async function cycles(): Promise<void> {
  for (let i = 0; i < 2; i++) await here.run();
}
function accounts(): object[] {
  return here
    .system('dir')
    .objects()
    .map((one) => one.attributes)
    .filter((one) => one['number'] !== 'root');
}

it('a target that takes a new account for one of the same mail: whose it was keeps it, the other is parked', async () => {
  await start();
  const byMail = ({ set }: WriteItem) =>
    here
      .system('dir')
      .objects()
      .find((one) => one.attributes['mail'] === set['mail']);
  behaves({
    sent: (item) => {
      const had = item.operation === 'create' ? byMail(item) : undefined;
      return had ? { ...item, operation: 'update', anchor: had.anchor } : item;
    },
  });
  person('p1', 'same@example.org');
  await cycles();
  const before = await here.account('dir', 'p1');
  person('p2', 'same@example.org');
  const report = await here.run();
  expect(report.connections.find((one) => one.connection === 'dir')).toMatchObject({ created: 0, written: 0, failed: 1 });
  expect(report.faults).toMatchObject([{ kind: 'conflict', where: { connection: 'dir', object: 'p1' } }]);
  const changes = await here.store.runs.changes({ run: report.run }, { limit: 99 });
  expect(changes.filter((one) => one.subject === 'staged' && one.operation === 'create')).toEqual([]);
  await cycles();
  expect((await here.account('dir', 'p1'))?.objectId).toBe(before!.objectId);
  expect(accounts()).toEqual([{ number: 'p1', mail: 'same@example.org' }]);
  const parked = await here.parked('refused');
  expect(parked.map((one) => JSON.parse(one.detail) as object)).toMatchObject([{ kind: 'conflict', where: { object: 'p1' } }]);
});

it('two that were made at once and answered with one account: the second is no new account either', async () => {
  await start();
  behaves({ answered: (result) => (result.ok ? { ok: true, anchor: 'both' } : result) });
  for (const id of ['p1', 'p2']) person(id);
  const report = await here.run();
  expect(report.connections.find((one) => one.connection === 'dir')).toMatchObject({ created: 1, written: 1, failed: 1 });
  const changes = await here.store.runs.changes({ run: report.run }, { limit: 99 });
  const made = changes.filter((one) => one.subject === 'staged' && one.operation === 'create');
  expect(made.map(({ from, to }) => to - from + 1)).toEqual([1]);
  expect(report.faults).toMatchObject([{ kind: 'conflict', where: { connection: 'dir', object: 'both' } }]);
});

it.each([
  ['an object', (r: WriteResult) => (r.ok && r.object ? { ...r, object: { ...r.object, anchor: 'p\u0000' } } : r)],
  ['an anchor', (r: WriteResult) => (r.ok ? { ...r, anchor: 'p\u0000' } : r)],
  ['a value', (r: WriteResult) => (r.ok ? { ...r, holds: { mail: 'p\u0000' } } : r)],
  ['a name', (r: WriteResult) => (r.ok ? { ...r, name: 'p\ud800' } : r)],
] as const)('%s that nobody can keep costs no other account its answer', async (_, spoilt) => {
  await start();
  behaves({ answered: (result) => (result.ok && result.anchor === 'p2' ? spoilt(result) : result) });
  for (const id of ['p1', 'p2', 'p3']) person(id);
  const report = await here.run();
  expect(report.faults).toMatchObject([{ kind: 'invalidValue', where: { connection: 'dir', object: 'p2' } }]);
  expect(report.connections.find((one) => one.connection === 'dir')).toMatchObject({ provenByAnswer: 2 });
  await cycles();
  expect(accounts()).toHaveLength(3);
  expect(await here.store.exports.counts('dir')).toEqual({});
});

it('what a look-up shows that nobody can keep proves nothing', async () => {
  await start('answers: anchor');
  const { config } = here;
  const dir = config.connections.find((one) => one.name === 'dir')!;
  const open: ConnectorDefinition['open'] = (settings, context) => {
    const inner = dir.definition.open(settings as never, context);
    const lookup: typeof inner.lookup = async (by, kind) =>
      (await inner.lookup!(by, kind)).map((one) => (one.anchor === 'p2' ? { ...one, anchor: 'p\u0000' } : one));
    return { ...inner, lookup };
  };
  here.config = {
    ...config,
    connections: config.connections.map((one) => (one === dir ? { ...one, definition: { ...dir.definition, open } } : one)),
  };
  for (const id of ['p1', 'p2', 'p3']) person(id);
  const report = await here.run();
  expect(report.faults).toMatchObject([{ kind: 'invalidValue', where: { connection: 'dir', object: 'p2' } }]);
  await cycles();
  expect(accounts()).toHaveLength(3);
  expect(await here.store.exports.counts('dir')).toEqual({});
});
