/** Hooks between the phases of a cycle: told what happened as JSON, stopped in time, and able to end the cycle where required. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const yaml = (hooks: readonly object[]) => hrAndDirectory({ top: `hooks: ${JSON.stringify(hooks)}` });
const PHASES = ['import', 'sync', 'export', 'cycle'] as const;
/** Adds what it is told to told.jsonl, or ends as its argument says. */
const SCRIPT = `
import { appendFileSync } from 'node:fs';
let told = '';
for await (const chunk of process.stdin) told += chunk;
appendFileSync('told.jsonl', told + '\\n');
if (process.argv[2] === 'fail') { process.stderr.write('the door is shut'); process.exit(3); }
if (process.argv[2] === 'hang') setInterval(() => undefined, 1000);
`;
const hook = (after: string, ...args: string[]) => ({ after, command: [process.execPath, 'hook.mjs', ...args] });

let here: Firm;
async function begin(hooks: readonly object[]): Promise<void> {
  here = await firm(yaml(hooks));
  await writeFile(path.join(here.folder, 'hook.mjs'), SCRIPT);
  for (const id of ['1', '2']) here.system('hr').put('person', id, { id, name: `Person ${id}` });
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
}
afterEach(() => here.close());

interface Told {
  readonly version: number;
  readonly run: number;
  readonly phase: string;
  readonly now: string;
  readonly connections: {
    readonly [name: string]: { readonly seen: number; readonly projected: number; readonly created: number };
  };
}
async function told(): Promise<readonly Told[]> {
  const text = await readFile(path.join(here.folder, 'told.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told);
}

it('a command is told each phase, and no names of people', async () => {
  await begin(PHASES.map((phase) => hook(phase)));
  await here.plan();
  expect(await told()).toEqual([]);
  const { run, status } = await here.run();
  expect(status).toBe('done');
  const all = await told();
  expect(all.map((one) => [one.version, one.run, one.phase, one.now])).toEqual(
    PHASES.map((phase) => [1, run, phase, new Date(here.now).toISOString()]),
  );
  expect(all[0]!.connections['hr']).toMatchObject({ seen: 2, projected: 0 });
  expect(all[1]!.connections['hr']).toMatchObject({ projected: 2 });
  expect(all[1]!.connections['dir']).toMatchObject({ created: 0, waiting: 2 });
  expect(all[2]!.connections['dir']).toMatchObject({ created: 2, waiting: 0 });
  expect(await readFile(path.join(here.folder, 'told.jsonl'), 'utf8')).not.toContain('Person');
});

it.each([
  ['import', 0, 0],
  ['sync', 2, 0],
  ['export', 2, 2],
] as const)('a required one that fails after %s ends the cycle there', async (phase, people, accounts) => {
  await begin([{ ...hook(phase, 'fail'), required: true }, ...PHASES.filter((one) => one !== phase).map((one) => hook(one))]);
  const report = await here.run();
  expect(report.status).toBe('failed');
  expect(report.faults[0]!.message).toContain('the door is shut');
  expect([report.objects['person']!.total, here.system('dir').objects().length]).toEqual([people, accounts]);
  expect((await told()).map((one) => one.phase)).toEqual(PHASES.slice(0, PHASES.indexOf(phase) + 1));
  // Mended, it goes on where it stopped.
  await writeFile(path.join(here.folder, 'hook.mjs'), '');
  await here.run();
  expect(here.system('dir').objects()).toHaveLength(2);
});

it('another that fails is reported, and the cycle goes on', async () => {
  await begin([hook('import', 'fail'), { after: 'sync', command: ['no-such-program-anywhere'] }]);
  const report = await here.run();
  expect([report.status, report.faultCount]).toEqual(['warnings', 2]);
  expect(here.system('dir').objects()).toHaveLength(2);
});

it('one that does not end is stopped', async () => {
  await begin([{ ...hook('import', 'hang'), timeout: '1s', required: true }]);
  const report = await here.run();
  expect(report.faults.map((fault) => fault.message)).toEqual([expect.stringContaining('stopped after 1000 ms')]);
  expect(here.system('dir').objects()).toEqual([]);
});

it('one whose own children do not end is stopped with them, and one that leaves some behind is over when it ends', async () => {
  const shell = (script: string) => ({ after: 'import', command: ['sh', '-c', script] });
  await begin([{ ...shell('sleep 3600; true'), timeout: '1s' }, shell('sleep 3600 & echo over > over.txt')]);
  const report = await here.run();
  expect(report.faults.map((fault) => fault.message)).toEqual([expect.stringContaining('stopped after 1000 ms')]);
  expect(await readFile(path.join(here.folder, 'over.txt'), 'utf8')).toBe('over\n');
  expect(here.system('dir').objects()).toHaveLength(2);
});

it('a webhook is sent the same, and its answer counts', async () => {
  const bodies: Told[] = [];
  let answer = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      expect([request.method, request.headers['content-type']]).toEqual(['POST', 'application/json']);
      bodies.push(JSON.parse(body) as Told);
      response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rollcall`;
    await begin([{ after: 'sync', webhook, required: true }]);
    for (answer of [500, 302]) {
      const report = await here.run();
      expect(report.status).toBe('failed');
      expect(here.system('dir').objects()).toEqual([]);
    }
    answer = 200;
    expect((await here.run()).status).toBe('done');
    expect(here.system('dir').objects()).toHaveLength(2);
    expect(bodies.map((one) => one.phase)).toEqual(['sync', 'sync', 'sync']);
    expect(bodies[0]!.connections['hr']).toMatchObject({ seen: 2 });
  } finally {
    server.close();
  }
});
