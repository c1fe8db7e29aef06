import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const DEMO = fileURLToPath(new URL('../../examples/demo/demo.ts', import.meta.url));

let folder: string;
let done: { status: number | null; stdout: string; stderr: string };
let chapters: readonly string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-demo-'));
  const env = { ...process.env, NO_COLOR: '1' };
  done = spawnSync(process.execPath, ['--conditions=source', DEMO, '--folder', 'demo'], {
    cwd: folder,
    encoding: 'utf8',
    env,
    maxBuffer: 64 * 1_048_576,
  });
  chapters = done.stdout.split(/^(?=━━ \d+\. )/m);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chapter = (number: number): string => chapters.find((text) => text.startsWith(`━━ ${number}. `)) ?? '';

describe('npm run demo', () => {
  it('holds what it claims, to the end', () => {
    expect({ status: done.status, last: done.stdout.slice(-2_000), stderr: done.stderr.slice(-2_000) }).toMatchObject({
      status: 0,
    });
    expect(chapter(10)).toContain('rollcall.yaml');
  });

  it('says nothing of warnings of the platform', () => expect(done.stderr).not.toMatch(/Warning:|DeprecationWarning/));

  it('touches no target before its first plan is approved', () => {
    expect(chapter(2)).toContain('✓ no target was touched');
    expect(chapter(2)).toMatch(/\b0 written/);
    expect(chapter(4)).toMatch(/\$ rollcall approve directory --as 'Ada Lovelace'/);
  });

  it('explains two sources that disagree', () => expect(chapter(3)).toMatch(/✓ hr .*\n(.*\n)*.*· directory /));

  it('parks the second account of one person', () => expect(chapter(5)).toMatch(/duplicateAccount {2}.*\n(.*\n)*.*-old,/));

  it('disables leavers who were still enabled', () => expect(chapter(6)).toContain('✓ the account is disabled now'));

  it('is silent the second time, in every file and table', () => {
    expect(chapter(7)).toMatch(/\b0 written/);
    expect(chapter(7)).not.toContain('DIFFERENT');
    const [, files, tables] = /✓ (\d+) target files and (\d+) tables have the same checksum as before/.exec(chapter(7))!;
    expect(Number(files) + Number(tables)).toBeGreaterThan(15);
  });

  it('carries joiner, mover, leaver, rename and manager change to the targets', () => {
    const phonebook = readFileSync(join(folder, 'demo/phonebook/phonebook.csv'), 'utf8');
    expect(phonebook).toContain('Þórunn 山田');
    expect(phonebook).toContain('Rosenqvist');
    expect(chapter(8)).toContain('directory  1 to disable, 3 to change, 1 to create');
    expect(chapter(8)).toContain('✓ the leaver is disabled');
    expect(chapter(8)).toContain('✓ the joiner has an account');
  });

  it('harms nobody when HR delivers half a file', () => {
    expect(chapter(9)).toContain('✓ no account was disabled, deleted or changed');
    expect(chapter(9)).toContain('✓ with the whole file back, there is nothing to repair');
  });
});
