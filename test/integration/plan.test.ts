/** SEMANTICS 15: a plan changes nothing, and a run after it does exactly what it says. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PlanLine } from '#runs/model';
import { type Firm, firm, HOUR } from './firm.ts';

const YAML = `store: sqlite:rollcall.db
attributes:
  person:
    login: { unique: { candidates: [ '\${person.givenName.lower()}', '\${person.givenName.lower() + string(n)}' ] } }
life: { person: { ends: endDate, grace: 1d } }
gates: { create: { percent: 100, count: 100 } }
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
        attributes: { employeeId: id, givenName: given, title: title, endDate: ends }
  book:
    type: csv
    path: book.csv
    anchor: id
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, anchor: login, attributes: { id: login, number: employeeId, title: title } }
    deprovision: { action: delete }
`;
let here: Firm;
const write = (name: string, rows: readonly string[]) => writeFile(path.join(here.folder, name), `${rows.join('\n')}\n`);
const hr = (...rows: readonly string[]) => write('hr.csv', ['id,given,title,ends', ...rows]);
const book = async () => (await readFile(path.join(here.folder, 'book.csv'), 'utf8')).trimEnd().split('\n').slice(1).sort();
const texts = (lines: readonly PlanLine[]) => lines.map((line) => JSON.stringify(line));

/** Name and content of every file beside the store's journal, and every table. */
async function everything(): Promise<unknown> {
  const files: { [name: string]: string } = {};
  for (const name of (await readdir(here.folder)).filter((one) => !/-(wal|shm)$|\.lock/.test(one)))
    files[name] = createHash('sha256')
      .update(await readFile(path.join(here.folder, name)))
      .digest('hex');
  return { files, tables: await here.store.checksums() };
}

beforeEach(async () => {
  here = await firm(YAML, []);
  await hr('1,Ann,Clerk,', '2,Ann,Clerk,', '3,Bob,Clerk,2026-01-20');
  await write('book.csv', ['id,number,title']);
  await here.run();
  await here.approve('book');
  await here.run();
  expect(await book()).toEqual(['ann,1,Clerk', 'ann2,2,Clerk', 'bob,3,Clerk']);
  await hr('1,Ann,Boss,', '2,Ann,Clerk,', '3,Bob,Clerk,2026-01-20', '4,Ann,Clerk,', '5,Zoe,Clerk,');
});
afterEach(() => here.close());

it('leaves store and targets as they are, byte by byte', async () => {
  const before = await everything();
  const first = await here.plan();
  expect(first.lines.length).toBeGreaterThan(3);
  await here.plan({ asOf: here.now + 30 * 24 * HOUR });
  expect(await everything()).toEqual(before);
  expect((await here.plan()).hash).toBe(first.hash);
});

it('says what the run then does, ids and logins included', async () => {
  const { lines } = await here.plan();
  const wanted = lines.flatMap((line) => (line.what === 'export' ? [[line.operation, line.anchor, line.after]] : []));
  expect(wanted).toEqual(
    expect.arrayContaining([
      ['update', 'ann', { title: 'Boss' }],
      ['create', 'ann3', { id: 'ann3', number: '4', title: 'Clerk' }],
      ['create', 'zoe', { id: 'zoe', number: '5', title: 'Clerk' }],
    ]),
  );
  expect(wanted).toHaveLength(3);
  await here.run();
  expect(await book()).toEqual(['ann,1,Boss', 'ann2,2,Clerk', 'ann3,4,Clerk', 'bob,3,Clerk', 'zoe,5,Clerk']);
  for (const line of lines) {
    if (line.what !== 'object') continue;
    const [object] = await here.store.sync.objects([line.object]);
    expect({ ...(JSON.parse(object!.attributes) as object), '(state)': object!.state }).toMatchObject(line.after!);
  }
});

it('carried out, it does what it says and nothing else, and lists what changed since', async () => {
  await here.run({ profile: 'full-import' });
  const { lines } = await here.plan({ read: false });
  await hr('1,Ann,Chief,', '2,Ann,Boss,', '3,Bob,Clerk,2026-01-20', '4,Ann,Clerk,', '5,Zoe,Clerk,');
  await here.run({ profile: 'full-import' });
  const report = await here.run({ planLines: texts(lines) });
  expect(await book()).toEqual(['ann,1,Clerk', 'ann2,2,Clerk', 'ann3,4,Clerk', 'bob,3,Clerk', 'zoe,5,Clerk']);
  expect(report.faults.map((fault) => fault.message)).toEqual([
    'person hr:1 has changed since the plan was made; what differs is left out',
    'person hr:2 has changed since the plan was made; what differs is left out',
  ]);
  await here.run();
  expect(await book()).toEqual(['ann,1,Chief', 'ann2,2,Boss', 'ann3,4,Clerk', 'bob,3,Clerk', 'zoe,5,Clerk']);
});

it('that was tampered with is refused, and nothing is done', async () => {
  await here.run({ profile: 'full-import' });
  const good = texts((await here.plan({ read: false })).lines);
  const before = await book();
  for (const bad of [
    good.map((line) => line.replace('"Boss"', '"Queen"')),
    good.slice(0, -1),
    good.slice(1),
    [good[0]!, ...good.slice(1).reverse()],
    [],
    ['{'],
  ]) {
    await expect(here.run({ planLines: bad })).rejects.toThrow(/plan/);
    expect(await book()).toEqual(before);
  }
  await here.run({ planLines: good });
  expect(await book()).toContain('ann,1,Boss');
});

it('as of a later day shows who leaves by then', async () => {
  await here.run();
  const leavers = (lines: readonly PlanLine[]) =>
    lines.flatMap((line) => (line.what === 'export' && line.operation === 'delete' ? [line.anchor] : []));
  expect(leavers((await here.plan()).lines)).toEqual([]);
  expect(leavers((await here.plan({ asOf: Date.UTC(2026, 0, 20, 12) })).lines)).toEqual([]);
  expect(leavers((await here.plan({ asOf: Date.UTC(2026, 0, 21, 12) })).lines)).toEqual(['bob']);
  await here.run();
  expect(await book()).toContain('bob,3,Clerk');
});
