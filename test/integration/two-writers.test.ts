/** SEMANTICS 16, as far as one SQLite file allows: one process writes, others read; runs of one process follow each other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createProgram } from '#main';
import { run } from '#runs/index';
import type { Services } from '#runs/model';
import { STORE } from '../store.ts';
import { BOOK, book, type Place, place, rows } from './place.ts';

const HOLDER = fileURLToPath(new URL('./holder.ts', import.meta.url));
const YAML = `store: sqlite:rollcall.db
connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, displayName: name, phone: phone }
${BOOK}`;
const ME = ['--as', 'Ada', '--reason', 'looked at it'];

let here: Place;
const places: Place[] = [];
let other: ChildProcess | undefined;

beforeEach(async () => {
  here = await place(YAML);
  places.push(here);
  await here.write('hr.csv', ['id,name,phone', ...rows(), ''].join('\n'));
  await here.first();
});
afterEach(async () => {
  await killed();
  for (const one of places.splice(0)) await one.remove();
});

/** Another process that has the store open for writing, until it is killed. */
async function held(): Promise<number> {
  other = spawn(process.execPath, ['--conditions=source', HOLDER, here.path('rollcall.yaml')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(other.stdout!, 'data');
  return other.pid!;
}

async function killed(): Promise<void> {
  if (other === undefined) return;
  const ended = once(other, 'exit');
  other.kill('SIGKILL');
  await ended;
  other = undefined;
}

it('a second writer is told who holds the store, and changes nothing', async ({ skip }) => {
  skip(STORE !== 'sqlite', 'a file has one writer; a server has several');
  await here.write('hr.csv', ['id,name,phone', ...rows().slice(0, 11), ''].join('\n'));
  const pid = await held();
  const files = ['rollcall.db', 'book.csv'];
  const before = await Promise.all(files.map((name) => readFile(here.path(name))));
  for (const argv of [['run'], ['approve', 'book', ...ME], ['hold', 'hr', ...ME]]) {
    const { code, err } = await here.call(...argv);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(`(process ${pid}, since `) });
  }
  expect(await Promise.all(files.map((name) => readFile(here.path(name))))).toEqual(before);
});

it('reading commands work beside a writer, and a writer after one that was killed', async () => {
  await held();
  for (const argv of [['people'], ['explain', 'hr:E01'], ['runs'], ['parked']]) {
    const { code, err } = await here.call(...argv);
    expect({ argv, code, err }).toMatchObject({ code: 0 });
  }
  await killed();
  expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
});

it('two runs at once on one store end as one after the other would', async () => {
  const changed = rows()
    .slice(1)
    .map((row) => row.replace('Person 5', 'Somebody'));
  await here.write('hr.csv', ['id,name,phone', ...changed, 'E90,New Person,900', ''].join('\n'));
  const copy = await here.copy();
  places.push(copy);
  await copy.run();
  await copy.run();

  const program = await createProgram();
  const loaded = await program.loadConfig(here.path('rollcall.yaml'));
  if (!loaded.ok) throw new Error('the configuration has faults');
  const store = await program.openStore(loaded.config, { readOnly: false });
  try {
    const services: Services = { config: loaded.config, store, wall: () => here.now };
    const request = { profile: 'cycle', connections: null, by: 'tester' } as const;
    const reports = await Promise.all([run(request, services), run(request, services)]);
    expect(reports.map((one) => one.status)).not.toContain('failed');
  } finally {
    await store.close();
  }
  expect(await here.read('book.csv')).toBe(await copy.read('book.csv'));
  expect(Object.keys(await book(here))).toHaveLength(12);
  const people = async (at: Place) => (JSON.parse((await at.call('people', '--json')).out) as { people: unknown }).people;
  expect(await people(here)).toEqual(await people(copy));
  expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
});
