/** Decision 15 with files: what is written to a file that is listened to is in the targets without any run that somebody starts. */
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type LiveEvent, live } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const PHONE = { read: 'displayName: name, phone: phone', written: 'cn: displayName, phone: phone' };
const TOP = `gates: { ${unlimited('create', 'update', 'attribute')} }\n`;
const yaml = (hr: string, more: { readonly others?: string; readonly dir?: string } = {}) =>
  hrAndDirectory({ top: TOP, dir: 'mode: on\n', ...PHONE, ...more }).replace(
    /type: memory\n {4}system: hr\n/,
    `type: ${hr}\n    live: true\n`,
  );
const CSV = yaml('csv\n    path: hr.csv\n    anchor: id');

interface Listening {
  readonly events: readonly LiveEvent[];
  until(holds: () => boolean | Promise<boolean>): Promise<void>;
}

let here: Firm;
let end = async (): Promise<void> => undefined;
afterEach(async () => {
  await end();
  end = async () => undefined;
  await here.close();
});

const rows = (...all: readonly (readonly [id: string, phone: string])[]): string =>
  `id,name,phone\n${all.map(([id, phone]) => `${id},Name ${id},${phone}\n`).join('')}`;
const hr = (name = 'hr.csv'): string => path.join(here.folder, name);
const account = (id: string) => here.system('dir').get('person', id)?.attributes;

/** As exports are put in their place. */
async function replaced(text: string): Promise<void> {
  await writeFile(hr('hr.csv.new'), text);
  await rename(hr('hr.csv.new'), hr());
}

async function begun(text: string, content: string, name?: string): Promise<void> {
  here = await firm(text);
  await writeFile(hr(name), content);
  await here.first();
}

function listen(): Listening {
  const stop = new AbortController();
  const events: LiveEvent[] = [];
  const ended = live(
    { connections: null, by: 'test', cycleEveryMs: 3_600_000, restMs: () => 86_400_000 },
    {
      config: here.config,
      store: here.store,
      wall: () => here.now,
      signal: stop.signal,
      onLive: (event) => void events.push(event),
    },
  );
  let over = false;
  ended.then(
    () => (over = true),
    () => (over = true),
  );
  end = () => {
    stop.abort();
    return ended;
  };
  return {
    events,
    async until(holds) {
      while (!(await holds())) {
        if (over) throw new Error(`it ended after ${JSON.stringify(events)}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
  };
}

const cyclesOver = ({ events }: Listening, name: string): number =>
  events.filter((event) => event.what === 'cycle' && event.of?.includes(name)).length;

it('a file that is replaced, added to or cut is read at once, it alone', async () => {
  await begun(CSV, rows(['1', '1'], ['2', '1'], ['3', '1']));
  const now = listen();
  // One for the ring as it begins to listen: nobody knows what was written before.
  await now.until(() => cyclesOver(now, 'hr') === 1);
  const { reads } = here.system('dir').counts;
  await replaced(rows(['1', '2'], ['2', '1'], ['3', '1']));
  await now.until(() => account('1')?.['phone'] === '2');
  await appendFile(hr(), '4,Name 4,4\n');
  await now.until(() => account('4')?.['phone'] === '4');
  // Written in its place, and shorter than before.
  await writeFile(hr(), rows(['1', '2'], ['3', '3']));
  await now.until(() => account('3')?.['phone'] === '3');
  expect(cyclesOver(now, 'hr')).toBeLessThan(8);
  // What is written is read back, by cycles that wrote something alone.
  expect(here.system('dir').counts.reads).toBeLessThanOrEqual(reads + 3);
  await end();
  await here.run();
  expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
});

it('a file that is not there yet is read when it comes, while others cannot be reached', async () => {
  await begun(
    yaml('csv\n    path: hr.csv\n    anchor: id', {
      others: `down:
  type: memory
  system: down
  faults: [{ on: read, do: { refuse: unavailable } }]
  import: { person: { join: employeeId, attributes: { employeeId: id } } }
`,
    }),
    rows(['1', '1']),
  );
  await rm(hr());
  const now = listen();
  await now.until(() => now.events.some((event) => event.what === 'cycle' && event.report.failed.includes('hr')));
  await replaced(rows(['1', '5']));
  await now.until(() => account('1')?.['phone'] === '5');
  await now.until(() => now.events.some((event) => event.what === 'cycle' && event.of?.join() === 'hr'));
});

it('one with a row that cannot be used is followed as ever', async () => {
  await begun(CSV, rows(['1', '1'], ['2', '1']));
  const now = listen();
  await now.until(() => cyclesOver(now, 'hr') === 1);
  await appendFile(hr(), 'no row\n');
  await now.until(() => now.events.some((event) => event.what === 'cycle' && event.report.faults.length > 0));
  await appendFile(hr(), '3,Name 3,3\n');
  await now.until(() => account('3')?.['phone'] === '3');
  expect(now.events.filter(({ what }) => what === 'rests')).toHaveLength(0);
});

it('what Rollcall writes to a file that is listened to as well rings once', async () => {
  const out = `out:
  type: csv
  path: out.csv
  anchor: id
  live: true
  mode: on
  import: { person: { join: employeeId, attributes: { employeeId: id } } }
  export:
    person: { provision: true, anchor: employeeId, attributes: { id: employeeId, phone: phone } }
`;
  await begun(yaml('csv\n    path: hr.csv\n    anchor: id', { others: out }), rows(['1', '1']));
  await here.approve('out');
  await here.run();
  const now = listen();
  await now.until(() => cyclesOver(now, 'hr') === 1 && cyclesOver(now, 'out') === 1);
  for (const phone of ['2', '3', '4']) {
    const before = cyclesOver(now, 'out');
    await replaced(rows(['1', phone]));
    await now.until(async () => (await readFile(hr('out.csv'), 'utf8')).includes(`1,${phone}\n`));
    await now.until(() => cyclesOver(now, 'out') > before);
  }
  expect([cyclesOver(now, 'hr'), cyclesOver(now, 'out')]).toEqual([4, 4]);
});

it('a log is read on', async () => {
  const put = (phone: string): string =>
    `${JSON.stringify({ op: 'put', anchor: '1', set: { id: '1', name: 'Name 1', phone } })}\n`;
  await begun(yaml('jsonl\n    path: hr.jsonl\n    format: changes'), put('1'), 'hr.jsonl');
  const now = listen();
  await now.until(() => now.events.some(({ what }) => what === 'changes'));
  for (const phone of ['2', '3']) {
    await appendFile(hr('hr.jsonl'), put(phone));
    await now.until(() => account('1')?.['phone'] === phone);
  }
  expect(now.events.filter(({ what }) => what === 'cycle')).toHaveLength(1);
});
