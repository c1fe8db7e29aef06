import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { pad, shorten, table } from './table.ts';

const look = { width: null, head: (text: string) => text };

describe('tables', () => {
  it('align where characters are two columns wide or none', () => {
    const text = table(
      [{ title: 'name' }, { title: 'n', align: 'right' }],
      [
        ['田中さくら', '1'],
        ['Zoë', '22'],
        ['Zoe\u0308', '333'],
      ],
      look,
    );
    const lines = text.trimEnd().split('\n');
    expect(lines).toEqual(['name          n', '田中さくら    1', 'Zoë          22', 'Zoe\u0308         333']);
    expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1);
  });

  it('shorten the widest text to fit a terminal, never numbers or what must be copied whole', () => {
    const text = table(
      [{ title: 'id', whole: true }, { title: 'name' }, { title: 'n', align: 'right' }],
      [['#123456789', 'a very long name indeed, longer than the terminal', '1,234,567']],
      { ...look, width: 40 },
    );
    expect(text).toContain('#123456789');
    expect(text).toContain('1,234,567');
    expect(text).toContain('…');
    for (const line of text.trimEnd().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(40);
  });

  it('measure text without its colour', () => {
    const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
    expect(
      table(
        [{ title: '' }, { title: '' }],
        [
          [{ text: 'ab', paint: red }, 'x'],
          ['abcd', 'y'],
        ],
        look,
      ),
    ).toBe(`${red('ab  ')}  x\nabcd  y\n`);
  });

  it('never cut inside a grapheme, never exceed the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.integer({ min: 2, max: 20 }), (text, width) => {
        const cut = shorten(text, width);
        expect(stringWidth(cut)).toBeLessThanOrEqual(Math.max(width, 1));
        if (cut !== text) expect(text.startsWith(cut.slice(0, -1))).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(shorten('👨‍👩‍👧👨‍👩‍👧', 3)).toBe('👨‍👩‍👧…');
    expect(pad('日本', 6, 'right')).toBe('  日本');
  });
});
