/** The examples, as their README says, by the real command in a copy of their folder. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const ME = ['--as', 'Ada', '--reason', 'looked at it'];

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function example(name: string): void {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-example-'));
  cpSync(fileURLToPath(new URL(name, import.meta.url)), folder, { recursive: true });
}
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const edit = (name: string, from: string, to: string): void => {
  expect(read(name)).toContain(from);
  writeFileSync(join(folder, name), read(name).replace(from, to));
};

function rollcall(code: number, ...argv: string[]): string {
  const done = spawnSync(process.execPath, ['--conditions=source', MAIN, ...argv], { cwd: folder, encoding: 'utf8' });
  expect({ argv, code: done.status, err: done.stdout + done.stderr }).toMatchObject({ code });
  return done.stdout;
}
/** Nothing is written any more, and it says so. */
function quiet(): void {
  expect(rollcall(0, 'run')).toMatch(/\b0 written/);
}

it('csv-to-ldif: ten people become ten entries', () => {
  example('csv-to-ldif');
  rollcall(0, 'check');
  rollcall(3, 'run');
  rollcall(0, 'approve', 'directory', ...ME);
  rollcall(0, 'run');
  const entries = read('directory.ldif').match(/^dn: .*$/gm)!;
  expect(entries).toHaveLength(10);
  expect(entries).toContain('dn: uid=lzak,ou=people,dc=example,dc=org');
  expect(entries.filter((dn) => dn.includes('berg')).sort()).toEqual([
    expect.stringMatching(/uid=a(berg|nders\.berg|nn\.berg),/),
    expect.stringMatching(/uid=a(berg|nders\.berg|nn\.berg),/),
  ]);
  expect(read('directory.ldif')).toContain('manager: uid=jgross,ou=people,dc=example,dc=org');
  quiet();
});

it('two-way: the newest number wins, wherever it was entered', () => {
  example('two-way');
  rollcall(0, 'check');
  rollcall(3, 'run');
  for (const target of ['crm', 'desk']) rollcall(0, 'approve', target, ...ME);
  rollcall(0, 'run');
  expect(read('desk.jsonl')).toContain('+49 30 1003');
  quiet();
  edit('desk.jsonl', '+49 30 1001', '+49 30 2001');
  edit('crm.jsonl', '+49 30 1002', '+49 30 2002');
  rollcall(0, 'run');
  expect(read('crm.jsonl')).toContain('+49 30 2001');
  expect(read('desk.jsonl')).toContain('+49 30 2002');
  quiet();
});
