import { PassThrough } from 'node:stream';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { keepSecret } from '#config/secrets/redact';
import { RollcallError } from '#core/errors';
import { UsageError } from './command.ts';
import { errorText, excerpt, faultText } from './fault.ts';
import { openTerminal, printable } from './terminal.ts';
import { count, duration, listing, number, showTimesIn, time, value, wrap } from './write.ts';

const plain = pc.createColors(false);

describe('text from outside', () => {
  it('cannot move the cursor, colour, or turn the reading direction', () => {
    expect(printable('a\u001b[2Jb\u0007c\u202ed\u2066e\u009bf')).toBe('a�[2Jb�c�d�e�f');
    expect(printable('a\r\nb\tc\u2028d')).toBe('a b c d');
    expect(printable('Zoë Ñ 田中 אבג')).toBe('Zoë Ñ 田中 אבג');
    expect(value(['x\u001b[31m', 'y'])).toBe('x�[31m, y');
  });
});

describe('secrets', () => {
  it('are found before lines are folded, and leave JSON as it is', () => {
    keepSecret('correct horse battery');
    keepSecret('4711');
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
    const terminal = openTerminal({ stdin: new PassThrough(), stdout, stderr: new PassThrough() }, {});
    terminal.out('the hook said that it would not take correct horse battery\n');
    terminal.json({ id: 4711, text: 'pin 4711' });
    expect(String(stdout.read())).toBe('the hook said that it would not take\n  ••••\n{"id":4711,"text":"pin ••••"}\n');
  });
});

it('JSON holds no character that a terminal would obey, and says the same', () => {
  const stdout = new PassThrough();
  const value = { a: 'x\u009b2Jy\u202ez\u2028\u0007', é: 'Zoë 田中' };
  openTerminal({ stdin: new PassThrough(), stdout, stderr: new PassThrough() }, {}).json(value);
  const text = String(stdout.read());
  expect(text).toBe('{"a":"x\\u009b2Jy\\u202ez\\u2028\\u0007","é":"Zoë 田中"}\n');
  expect(JSON.parse(text)).toEqual(value);
});

it('what is said on stderr is folded to its terminal, what is drawn there is not', () => {
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 40 });
  const terminal = openTerminal({ stdin: new PassThrough(), stdout: new PassThrough(), stderr }, {});
  terminal.err(errorText(new UsageError('It does not fit.', 'mend what is said there; then type: rollcall check'), plain));
  const long = 'x '.repeat(40);
  terminal.draw(long);
  expect(String(stderr.read())).toBe(`✗ It does not fit.\n  → mend what is said there; then type:\n    rollcall check\n${long}`);
});

describe('values and numbers', () => {
  it('read well', () => {
    expect(number(1234567)).toBe('1,234,567');
    expect([count(1, 'person', 'people'), count(2000, 'person', 'people')]).toEqual(['1 person', '2,000 people']);
    expect([duration(850), duration(65_000), duration(7_260_000), duration(259_200_000)]).toEqual([
      '0.8 s',
      '1 min 05 s',
      '2 h 01 min',
      '3 days',
    ]);
    expect(value(null)).toBe('(empty)');
    expect(value({ blob: 'ab', size: 12345 })).toBe('12,345 bytes');
    expect(value({ object: 7, label: 'Ada' })).toBe('Ada (#7)');
    expect(value(Array.from({ length: 10 }, (_, i) => i))).toBe('0, 1, 2, 3, 4, 5, 6, 7 and 2 more');
    expect(listing(['a', 'b', 'c'])).toBe('a, b and c');
    expect(wrap('one two three', 7, '  ')).toBe('one two\n  three');
  });
});

describe('faults', () => {
  it('show the line with a caret below the column, wide characters counted', () => {
    expect(excerpt({ line: 3, column: 6 }, { 3: 'name: x' }, plain)).toBe('     3 │ name: x\n              ^\n');
    const wide = excerpt({ line: 1, column: 3 }, { 1: '田中x' }, plain).split('\n');
    expect(wide[1]!.indexOf('^')).toBe(9 + 4);
    expect(excerpt({ line: 9, column: 1 }, {}, plain)).toBe('');
  });

  it('say what, where and what to do', () => {
    const text = faultText(
      {
        kind: 'configuration',
        message: 'unknown key',
        where: { file: 'a.yaml', line: 2, column: 3, connection: 'hr' },
        remedy: 'did you mean x?',
      },
      plain,
      { 2: 'abc' },
    );
    expect(text).toBe(
      '✗ unknown key\n  at a.yaml, line 2, column 3, connection hr\n     2 │ abc\n           ^\n  → did you mean x?\n',
    );
  });

  it('tell a fault of the user from one of ours', () => {
    expect(errorText(new UsageError('no', 'do'), plain)).toBe('✗ no\n  → do\n');
    expect(errorText(new RollcallError('notFound', 'gone', { remedy: 'look' }), plain)).not.toContain('report it');
    expect(errorText(new Error('oops'), plain)).toContain('report it');
  });
});

describe('colours', () => {
  const open = (tty: boolean, environment: { [name: string]: string }): boolean => {
    const stream = Object.assign(new PassThrough(), { isTTY: tty });
    return openTerminal({ stdin: new PassThrough(), stdout: stream, stderr: new PassThrough() }, environment).paint
      .isColorSupported;
  };
  it('follow the terminal, NO_COLOR and FORCE_COLOR', () => {
    expect(open(true, {})).toBe(true);
    expect(open(false, {})).toBe(false);
    expect(open(true, { NO_COLOR: '1' })).toBe(false);
    expect(open(true, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
    expect(open(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(open(true, { TERM: 'dumb' })).toBe(false);
  });
});

it.each([
  ['UTC', '2026-07-01 12:00:00Z'],
  ['Europe/Berlin', '2026-07-01 14:00:00+02:00'],
  ['America/St_Johns', '2026-07-01 09:30:00-02:30'],
])('a time says how far from UTC it is: %s', (zone, shown) => {
  showTimesIn(zone);
  expect(time('2026-07-01T12:00:00.000Z')).toBe(shown);
  showTimesIn(null);
});
