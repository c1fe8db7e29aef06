import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { main, type Program } from './index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

function collect(): { stream: PassThrough; text: () => string } {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

async function call(argv: string[], more: Partial<Program> = {}) {
  const stdout = collect();
  const stderr = collect();
  const program: Program = {
    version: '1.2.3',
    definitions: new Map(),
    wall: () => 0,
    env: {},
    loadConfig: async (file) => ({
      ok: false,
      files: new Map(),
      faults: [
        {
          kind: 'configuration',
          message: 'unknown key conections',
          where: { file, line: 2, column: 1 },
          remedy: 'did you mean connections?',
        },
        {
          kind: 'configuration',
          message: 'password is secret and is written out here',
          where: { file, line: 3, column: 1 },
          remedy: 'x',
        },
      ],
    }),
    openStore: async () => {
      throw new Error('a faulty configuration opens no store');
    },
    lookAtStore: async () => {
      throw new Error('nor is one looked at');
    },
    serve: async () => {
      throw new Error('nor is it served');
    },
    ...more,
  };
  const file = join(folder, 'rollcall.yaml');
  await writeFile(file, '# a\nconections:\npassword: hunter2hunter2\n');
  const code = await main(
    ['-c', file, ...argv],
    {},
    { stdin: new PassThrough(), stdout: stdout.stream, stderr: stderr.stream },
    program,
  );
  return { code, out: stdout.text(), err: stderr.text() };
}

describe('the command line', () => {
  it('prints version and help on stdout', async () => {
    expect(await call(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    expect(JSON.parse((await call(['--version', '--json'])).out)).toEqual({ version: 1, command: 'version', rollcall: '1.2.3' });
    expect((await call([])).out).toContain('rollcall init');
    const all = JSON.parse((await call(['--help', '--json'])).out);
    expect(all).toMatchObject({ version: 1, command: 'help' });
    expect(all.commands.map((one: { name: string }) => one.name)).toContain('run show');
    for (const one of all.commands) expect([one.name, one.examples.length > 0]).toEqual([one.name, true]);
    const one = JSON.parse((await call(['run', 'show', '-h', '--json'])).out).commands;
    expect(one).toMatchObject([{ name: 'run show', arguments: [{ name: 'ID', required: true, many: false }] }]);
    expect((await call(['run', '--help'])).out).toContain('--profile');
  });

  it('answers a wrong command line with 64, on stderr', async () => {
    const { code, out, err } = await call(['rnu']);
    expect([code, out]).toEqual([64, '']);
    expect(err).toContain("'rollcall run'");
    expect((await call(['hold', 'hr'])).code).toBe(64);
    expect((await call(['init'])).code).toBe(64);
    expect((await call(['run', 'show', 'x'])).code).toBe(64);
  });

  it('shows every fault of the configuration with its line, and never a secret', async () => {
    for (const argv of [['people'], ['check'], ['run'], ['check', '--json']]) {
      const { code, out, err } = await call(argv);
      expect(code).toBe(1);
      expect(out + err).toContain('conections');
      expect(out + err).not.toContain('hunter2');
    }
    expect((await call(['people'])).err).toContain('     2 │ conections:\n         ^\n');
  });

  it('prints one JSON object for a fault too', async () => {
    const { out } = await call(['people', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      command: 'people',
      error: { kind: 'configuration' },
      faults: [{ where: { line: 2 } }, {}],
    });
    const usage = await call(['people', '--json', '--limit', 'x']);
    expect(JSON.parse(usage.out)).toMatchObject({ command: 'people', error: { kind: 'usage' } });
  });

  it('prints completion scripts', async () => {
    expect((await call(['completion', 'bash'])).out).toContain('complete -o default');
    expect((await call(['completion', 'tcsh'])).code).toBe(64);
  });

  it('lets go of the signals it listened to', async () => {
    const before = process.listenerCount('SIGINT');
    await call(['people']);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('writes a first configuration, once', async () => {
    const definition = {
      type: 'fake',
      title: 'Fake',
      maturity: 'alpha',
      config: z.looseObject({ anchor: z.string() }),
      open: () => ({
        test: async () => '',
        discoverSchema: async () => ({
          complete: true,
          kinds: { person: { Personalnummer: {}, Vorname: {}, Nachname: {}, Schuhgröße: {} } },
        }),
        close: async () => {},
      }),
    };
    const program = { definitions: new Map([['fake', definition]]) } as unknown as Partial<Program>;
    const refused = await call(['init', '--source', 'fake:people'], program);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('--force');
    const { code, out } = await call(['init', '--source', 'fake:people', '--force'], program);
    expect(code).toBe(0);
    expect(out).toContain('Schuhgröße');
    const text = await readFile(join(folder, 'rollcall.yaml'), 'utf8');
    expect(text).toContain('anchor: Personalnummer');
    expect((await call(['init', '--source', 'fkae:x', '--force'], program)).err).toContain('fake');
  });
});
