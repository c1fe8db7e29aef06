/** The command line from an empty folder to a quiet run, in process, with the real store: what a stranger does in five minutes. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '#cli/commands/index';
import { main } from '#cli/index';
import { loadConfiguration } from '#config/load';
import type { ConnectorDefinition } from '#connectors/contract';
import { csv } from '#connectors/csv/index';
import { look as lookAtPostgres } from '#store/postgres/look';
import { open as openPostgres } from '#store/postgres/open';
import { look as lookAtSqlite } from '#store/sqlite/look';
import { open as openSqlite } from '#store/sqlite/open';
import { STORE, type TestStore, testStore } from '../store.ts';

const definitions: ReadonlyMap<string, ConnectorDefinition> = new Map([['csv', csv as ConnectorDefinition]]);
const HR = `Personalnummer;Vorname;Nachname;E-Mail;Vorgesetzter
E1;Zoë;Çelik;zoe@example.org;E3
E2;さくら;田中;sakura@example.org;E3
E3;Jürgen;Groß;jg@example.org;
`;

let folder: string;
let kept: TestStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-e2e-'));
  kept = await testStore(folder);
  await writeFile(join(folder, 'hr.csv'), HR);
});
afterAll(async () => {
  await kept.remove();
  await rm(folder, { recursive: true, force: true });
});

/** On PostgreSQL it is that one, whatever `init` writes. */
function openStore(config: { store: { kind: string } }, { readOnly }: { readOnly: boolean }) {
  const how = { program: 'test', readOnly, create: !readOnly };
  if (STORE === 'postgres') return openPostgres({ url: kept.place, ...how });
  return openSqlite({ path: (config.store as unknown as { path: string }).path, ...how });
}

async function call(...argv: string[]) {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const stdout = new PassThrough().on('data', (chunk: Buffer) => void out.push(chunk));
  const stderr = new PassThrough().on('data', (chunk: Buffer) => void err.push(chunk));
  const program = {
    version: '0',
    definitions,
    wall: () => Date.now(),
    env: {},
    loadConfig: (file: string) => loadConfiguration({ file, definitions, env: {} }),
    openStore,
    lookAtStore: async (config: { store: { kind: string } }) =>
      STORE === 'postgres'
        ? await lookAtPostgres({ url: kept.place })
        : lookAtSqlite((config.store as unknown as { path: string }).path),
    // In a process of its own: test/integration/serve.test.ts.
    serve: () => Promise.reject(new Error('not from here')),
  };
  const code = await main(
    ['-c', join(folder, 'rollcall.yaml'), ...argv],
    { ROLLCALL_USER: 'tester' },
    { stdin: new PassThrough(), stdout, stderr },
    program,
  );
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

/** As far as the tests look into it; its shape is checked. */
interface Answer {
  readonly [what: string]: unknown;
  readonly lines: readonly { readonly what: string }[];
  readonly connections: readonly { readonly written: number }[];
  readonly attributes: readonly [Attribute, ...Attribute[]];
  readonly changes: readonly object[];
  readonly run: number;
  readonly runs: readonly [{ readonly run: number }, ...{ readonly run: number }[]];
  readonly parked: readonly [{ readonly id: number }];
  readonly held: { readonly by: string };
}
interface Attribute {
  readonly attribute: string;
  readonly value: unknown;
  readonly difference: { readonly reason: string } | null;
}

/** Calls with --json and holds the answer to the shape that is documented: nothing missing, nothing more. */
async function json(name: string, ...argv: string[]) {
  const { code, out, err } = await call(...name.split(' '), ...argv, '--json');
  expect(out, err).not.toBe('');
  const answer: unknown = JSON.parse(out);
  expect(answer).not.toHaveProperty('error');
  const shape = COMMANDS.find((one) => one.name === name)!.output;
  expect(shape.parse(answer)).toEqual(answer);
  return { code, answer: answer as Answer };
}

describe('from nothing to a quiet run', () => {
  it('init, check and plan, before anything ran', async () => {
    const target = ['--target', `csv:${join(folder, 'book.csv')}`, '--target-name', 'directory'];
    const made = await json('init', '--source', `csv:${join(folder, 'hr.csv')}`, ...target);
    expect(made).toMatchObject({ code: 0, answer: { anchor: 'Personalnummer', unmapped: [] } });
    expect((await json('check')).answer).toMatchObject({
      ok: true,
      // A database of the tests' server has its tables already.
      store: { state: STORE === 'sqlite' ? 'none' : 'there', faults: [] },
      connections: [{ connection: 'hr' }, { connection: 'directory' }],
    });
    const { code, answer } = await json('plan', '--read');
    expect(code).toBe(2);
    expect(answer.lines.filter((one) => one.what === 'object')).toHaveLength(3);
    await expect(readFile(join(folder, 'rollcall.db'))).rejects.toThrow();
  });

  it('the first run only watches the target, approval by name lets it write', async () => {
    const first = await json('run');
    expect(first).toMatchObject({ code: 3, answer: { notices: [{ kind: 'firstPlan', command: 'rollcall approve directory' }] } });
    await expect(readFile(join(folder, 'book.csv'))).rejects.toThrow();
    expect((await call('approve', 'directory')).code).toBe(64);
    expect((await json('approve', 'directory', '--as', 'Ada', '--reason', 'looked at it')).answer).toMatchObject({
      what: 'firstPlan',
      decided: 3,
    });
    expect(await json('run')).toMatchObject({
      code: 0,
      answer: { connections: [{}, { connection: 'directory', created: 3, written: 3 }] },
    });
    expect(await readFile(join(folder, 'book.csv'), 'utf8')).toContain('さくら 田中');
    const quiet = await json('run');
    expect(quiet).toMatchObject({ code: 0, answer: { status: 'done' } });
    expect(quiet.answer.connections.map((one) => one.written)).toEqual([0, 0]);
    expect((await json('plan', '--read')).code).toBe(0);
  });

  it('a change is planned to a file, run from it, explained and remembered', async () => {
    await writeFile(
      join(folder, 'hr.csv'),
      HR.replace('Çelik;zoe@', 'Meier;zoe.meier@').replace('田中;sakura@example.org;E3', '田中;sakura@example.org;E9'),
    );
    await call('run', 'hr', '--profile', 'full-import');
    const file = join(folder, 'a.plan');
    await writeFile(`${file}.part`, 'left behind', { mode: 0o644 });
    const planned = await call('plan', '--out', file);
    expect(planned.code, planned.err).toBe(2);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const nowhere = await call('plan', '--out', join(folder, 'no such folder', 'a.plan'));
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringMatching(/cannot be written to .*ENOENT[\s\S]*→ Name a file/)]);
    expect((await call('run', '--plan', file)).code).toBe(0);
    expect(await readFile(join(folder, 'book.csv'), 'utf8')).toContain('zoe.meier@example.org');
    expect((await call('run', '--plan', join(folder, 'none.plan'))).code).toBe(64);

    const why = (await json('explain', 'hr:E1', 'mail')).answer;
    expect(why.attributes).toMatchObject([
      {
        value: 'zoe.meier@example.org',
        difference: null,
        contributions: [{ connection: 'hr', verdict: 'wins', rule: 'E-Mail' }],
      },
    ]);
    expect((await json('explain', 'hr:E1', 'manager')).answer.attributes[0].value).toMatchObject({ label: 'Jürgen Groß' });
    for (const person of ['hr:E1', 'hr:E2', 'hr:E3']) {
      for (const one of (await json('explain', person)).answer.attributes)
        expect(one.difference?.reason, one.attribute).not.toBe('unexplained');
    }
    expect((await json('history', 'hr:E1')).answer.changes[0]).toMatchObject({ by: 'tester' });
    const { runs } = (await json('runs')).answer;
    expect((await json('run show', String(runs[0].run))).answer.run).toBe(runs[0].run);
    expect((await json('preview', 'hr', 'E1')).answer).toMatchObject({ object: { label: 'Zoë Meier', isNew: false } });
    expect((await call('explain', 'hr:E1', 'mial')).err).toContain("'mail'");
  });

  it('a plan made with --read says that its run reads first, and that run does', async () => {
    const before = await readFile(join(folder, 'hr.csv'), 'utf8');
    await writeFile(join(folder, 'hr.csv'), before.replace('zoe.meier@', 'z.meier@'));
    const file = join(folder, 'read.plan');
    expect((await call('plan')).out.split('\n')[0]).toMatch(
      /, from what was last read: directory read \S+ \S+, hr read \S+ \S+\.$/,
    );
    const planned = await call('plan', '--read', '--out', file);
    expect(planned.out.split('\n')[0]).toMatch(/, from what was read for it: directory read \S+ \S+, hr read \S+ \S+\.$/);
    expect((await call('plan', 'hr', '--read')).out.split('\n')[0]).toMatch(
      /, from what was read for it: hr read \S+ \S+, from what was last read: directory read \S+ \S+\.$/,
    );
    expect([planned.code, planned.err]).toEqual([2, expect.stringContaining('reads the same systems again first')]);
    expect((await call('run', '--plan', file)).code).toBe(0);
    expect(await readFile(join(folder, 'book.csv'), 'utf8')).toContain('z.meier@example.org');
    await writeFile(join(folder, 'hr.csv'), before);
    expect((await call('run')).code).toBe(0);
  });

  it('a name that nothing has is refused in the same way everywhere, and nothing is done', async () => {
    const by = ['--as', 'Ada', '--reason', 'x'];
    for (const argv of [
      ['run', 'directry'],
      ['plan', 'directry'],
      ['check', 'directry'],
      ['preview', 'directry', 'E1'],
      ['approve', 'directry', ...by],
      ['approve', 'directry', '--read', ...by],
      ['discard', 'directry', ...by],
      ['hold', 'directry', ...by],
      ['release', 'directry', ...by],
      ['link', 'directry', 'E1', 'hr:E1', ...by],
      ['unlink', 'directry', 'E1', ...by],
      ['parked', '--connection', 'directry'],
      ['decisions', '--connection', 'directry'],
    ]) {
      const { code, err } = await call(...argv);
      expect([code, err], argv.join(' ')).toEqual([64, "✗ There is no connection 'directry'.\n  → Did you mean 'directory'?\n"]);
    }
    expect(await call('run', '--profile', 'ful-sync')).toMatchObject({ code: 64, err: expect.stringContaining("'full-sync'") });
    const whole = await call('run', '--person', 'hr:E1', '--profile', 'full-import');
    expect(whole).toMatchObject({ code: 1, err: expect.stringContaining('not one person') });
  });

  it('references are shown by the names of those meant', async () => {
    const before = await readFile(join(folder, 'hr.csv'), 'utf8');
    await writeFile(join(folder, 'hr.csv'), before.replace('example.org;E3', 'example.org;E2'));
    await call('run', 'hr', '--profile', 'full-import');
    expect((await call('preview', 'hr', 'E1')).out).toMatch(/manager +Jürgen Groß \(#\d+\) → さくら 田中 \(#\d+\)/);
    await writeFile(join(folder, 'hr.csv'), before);
    await call('run', 'hr');
    const { runs } = (await json('runs')).answer;
    const shown = await Promise.all(runs.map((one) => call('run', 'show', String(one.run))));
    expect(shown.map((one) => one.out).join('')).toMatch(/manager +Jürgen Groß \(#\d+\)/);
    for (const { out } of shown) expect(out).not.toMatch(/manager +#/);
  });

  it('what is parked is decided, and a connection is held and released', async () => {
    const { parked } = (await json('parked')).answer;
    expect(parked).toMatchObject([{ kind: 'debt', label: 'さくら 田中' }]);
    expect((await json('parked decide', String(parked[0].id), 'ignore', '--as', 'Ada', '--reason', 'known')).code).toBe(0);
    expect((await json('parked')).answer).toMatchObject({ parked: [], ignored: 1 });
    expect((await json('hold', 'hr', '--as', 'Ada', '--reason', 'migration')).answer.held.by).toBe('Ada');
    expect((await json('run')).code).toBe(3);
    expect((await json('release', 'hr', '--as', 'Ada', '--reason', 'done')).answer.changed).toBe(true);
    expect((await json('run')).code).toBe(0);
    expect((await call('discard', 'directory', '--as', 'Ada', '--reason', 'x')).code).toBe(1);
  });

  it('people are found by any beginning of their words, accents aside', async () => {
    expect((await json('people', 'zoe')).answer.people).toMatchObject([{ label: 'Zoë Meier' }]);
    // A sign that is in no word is no question for everybody.
    expect((await json('people', '%')).answer.people).toEqual([]);
    expect((await json('people', '--limit', '2')).answer).toMatchObject({ next: 2 });
    expect((await call('explain', 'nobody at all')).code).toBe(1);
    expect((await call('explain', 'meier')).code).toBe(0);
  });
});
