import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parse } from './arguments.ts';
import { type Command, UsageError } from './command.ts';

function command(name: string, more: Partial<Command> = {}): Command {
  return {
    name,
    summary: '',
    about: [],
    positionals: [],
    options: [],
    examples: [],
    output: z.unknown(),
    execute: async () => 0,
    ...more,
  };
}
const run = command('run', {
  positionals: [{ name: 'CONNECTION', about: 'Only these.', required: false, many: true }],
  options: [
    { name: 'profile', value: 'NAME', about: '' },
    { name: 'only', value: 'X', many: true, about: '' },
    { name: 'read', about: '' },
  ],
});
const show = command('run show', { positionals: [{ name: 'ID', about: 'The number.', required: true }] });
const COMMANDS = [run, show, command('runs'), command('release')];

function usage(argv: string[]): UsageError {
  try {
    parse(argv, COMMANDS);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('arguments', () => {
  it('finds the longest command and leaves the rest as positionals', () => {
    expect(parse(['run', 'show', '12'], COMMANDS)).toMatchObject({
      command: { name: 'run show' },
      args: { positionals: ['12'] },
    });
    expect(parse(['run', 'hr', 'ad'], COMMANDS)).toMatchObject({ command: { name: 'run' }, args: { positionals: ['hr', 'ad'] } });
  });

  it('takes options before, between and after the words, with and without an equals sign', () => {
    const { args } = parse(
      ['--config', 'a.yaml', 'run', '--profile=full-sync', 'hr', '--read', '--only', 'x', '--only=y'],
      COMMANDS,
    );
    expect(args.text('config')).toBe('a.yaml');
    expect(args.text('profile')).toBe('full-sync');
    expect(args.all('only')).toEqual(['x', 'y']);
    expect(args.has('read')).toBe(true);
    expect(args.positionals).toEqual(['hr']);
  });

  it('takes everything after -- as it is', () => {
    expect(parse(['run', '--', '--read'], COMMANDS).args.positionals).toEqual(['--read']);
  });

  it('names the nearest command and option', () => {
    expect(usage(['rnu']).remedy).toContain("'rollcall run'");
    expect(usage(['relea']).remedy).toContain("'rollcall release'");
    expect(usage(['run', '--prfile', 'x']).remedy).toContain('--profile');
    expect(usage(['run', '--conf', 'x']).remedy).toContain('--config');
    expect(usage(['runs', '--profile', 'x']).message).toContain("'rollcall runs' has no option --profile");
    expect(usage(['zzzzzz']).remedy).toContain('--help');
  });

  it('asks for what is missing and refuses what is too much', () => {
    expect(usage(['run', 'show']).message).toContain('ID');
    expect(usage(['run', 'show', '1', '2']).message).toContain("'2'");
    expect(usage(['run', '--profile']).remedy).toContain('--profile NAME');
    expect(usage(['run', '--profile', '--read']).message).toContain('needs a value');
    expect(usage(['run', '--read=yes']).message).toContain('takes no value');
    expect(usage(['run', '--profile', 'a', '--profile', 'b']).message).toContain('twice');
  });

  it('needs no arguments for help', () => {
    expect(parse(['run', 'show', '--help'], COMMANDS).args.has('help')).toBe(true);
    expect(parse([], COMMANDS).command).toBeNull();
  });
});
