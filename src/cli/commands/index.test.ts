import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { GLOBAL_OPTIONS, parse } from '../arguments.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { commandHelp, GROUPS, globalHelp } from '../help.ts';
import { COMMANDS } from './index.ts';

const plain = pc.createColors(false);

/** A line of an example as a shell would split it: words and quotes, nothing else. */
function words(line: string): string[] {
  return (line.match(/'[^']*'|"[^"]*"|[^\s'"]+(?:'[^']*'|"[^"]*")?/g) ?? []).map((word) => word.replace(/['"]/g, ''));
}

describe('the command table', () => {
  it('names each command once and puts it into one group of the help', () => {
    const names = COMMANDS.map((one) => one.name);
    expect(new Set(names).size).toBe(names.length);
    expect(GROUPS.flatMap((group) => group.names).sort()).toEqual([...names].sort());
  });

  it('gives an option of one name the same form everywhere', () => {
    const forms = new Map<string, string>();
    for (const option of [...GLOBAL_OPTIONS, ...COMMANDS.flatMap((one) => one.options)]) {
      const form = `${option.value === undefined ? 'switch' : 'value'} ${option.short ?? ''}`;
      expect(forms.get(option.name) ?? form, option.name).toBe(form);
      forms.set(option.name, form);
    }
  });

  it('shows examples that the parser takes', () => {
    for (const command of COMMANDS) {
      expect(command.examples.length, command.name).toBeGreaterThan(0);
      for (const { line } of command.examples) {
        for (const part of line.split(/&&|\||>/).filter((text) => text.trim().startsWith('rollcall '))) {
          expect(parse(words(part).slice(1), COMMANDS).command?.name, line).toMatch(/^[a-z]/);
        }
      }
    }
  });

  it('tells in help every option, argument and example', () => {
    const help = globalHelp(COMMANDS, '1.2.3', { paint: plain, width: null });
    expect(help).toContain('1.2.3');
    for (const command of COMMANDS) {
      expect(help).toContain(command.summary.split(' ')[0]);
      const text = commandHelp(command, { paint: plain, width: null });
      for (const option of command.options) expect(text).toContain(`--${option.name}`);
      for (const positional of command.positionals) expect(text).toContain(positional.name);
      for (const example of command.examples) expect(text).toContain(example.line);
    }
  });
});

describe('completion', () => {
  it('offers every command and option in every shell', () => {
    for (const shell of SHELLS) {
      const script = completionScript(shell, COMMANDS);
      for (const command of COMMANDS)
        for (const option of command.options) expect(script, `${shell} ${command.name}`).toContain(option.name);
    }
  });

  const complete = (typed: readonly string[], env: { readonly [name: string]: string } = {}): string[] => {
    const script = `${completionScript('bash', COMMANDS)}
COMP_WORDS=(${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length - 1}; _rollcall; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc'], { input: script, encoding: 'utf8', env: { ...process.env, ...env } })
      .trim()
      .split('\n');
  };

  it('works in bash', () => {
    expect(complete(['rollcall', 're'])).toEqual(['release', 'reports']);
    expect(complete(['rollcall', 'run', 'sh'])).toEqual(['show']);
    expect(complete(['rollcall', 'run', '--prof'])).toEqual(['--profile']);
    expect(complete(['rollcall', 'run', '--profile', 'full'])).toEqual(['full-import', 'full-sync']);
    expect(complete(['rollcall', 'completion', 'z'])).toEqual(['zsh']);
    expect(complete(['rollcall', 'parked', 'decide', '1', 'x', '--pe'])).toEqual(['--person']);
  });

  it('offers the connections of rollcall.yaml in bash', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-completion-'));
    const file = join(folder, 'rollcall.yaml');
    await writeFile(
      file,
      'zone: UTC\nlife:\n  person: { ends: x }\nconnections: # all of them\n  hr:\n    type: csv\n    import:\n  # two\n\n  dir: { type: ldif }\n  "odd name":\n    type: csv\ngates:\n  delete:\n    percent: 5\n',
    );
    const offered = (...typed: string[]): string[] => complete([...typed], { ROLLCALL_CONFIG: file });
    expect(offered('rollcall', 'approve', '')).toEqual(['hr', 'dir']);
    expect(offered('rollcall', 'plan', 'hr', 'd')).toEqual(['dir']);
    expect(offered('rollcall', 'run', '')).toEqual(['show', 'hr', 'dir']);
    expect(offered('rollcall', 'parked', '--connection', 'h')).toEqual(['hr']);
    // What follows is no connection.
    expect(offered('rollcall', 'link', 'dir', '')).toEqual(['']);
    await rm(folder, { recursive: true });
    expect(offered('rollcall', 'approve', '')).toEqual(['']);
  });

  it.each(['zsh', 'fish'] as const)('parses in %s where that shell is installed', (shell) => {
    const checked = spawnSync(shell, ['-n'], { input: completionScript(shell, COMMANDS), encoding: 'utf8' });
    if (checked.error !== undefined) expect((checked.error as NodeJS.ErrnoException).code).toBe('ENOENT');
    else expect(checked.stderr).toBe('');
  });
});
