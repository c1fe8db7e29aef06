import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands/index.ts';
import { fold } from './fold.ts';
import { commandHelp, globalHelp } from './help.ts';

const look = (width: number | null) => ({ paint: pc.createColors(false), width });
const pages = (width: number | null): string[] => [
  globalHelp(COMMANDS, '1.2.3', look(width)),
  ...COMMANDS.map((command) => commandHelp(command, look(width))),
];
/** Commands to copy stay in one piece. */
const isCommand = (line: string): boolean => line.startsWith('  rollcall ');

describe.each([40, 60, 80, 100])('on %d columns', (width) => {
  it('every line of every help fits, and none is broken once more', () => {
    for (const page of pages(width)) {
      expect(fold(page, width)).toBe(page);
      for (const line of page.split('\n')) if (!isCommand(line)) expect(line.length, line).toBeLessThanOrEqual(width);
    }
  });

  it('no line is left with a word or two where the next one would have fitted', () => {
    for (const page of pages(width))
      for (const [line, next] of page.split('\n').map((one, i, all) => [one, all[i + 1] ?? '']))
        if (/^ {6,}\S/.test(next!) && /^ {6,}\S/.test(line!) && /[a-z,]$/.test(line!) && /^ +[a-z]/.test(next!))
          expect(line!.length + 1 + next!.trimStart().split(' ')[0]!.length, `${line}\n${next}`).toBeGreaterThan(
            Math.min(width, 96),
          );
  });
});

it('a file or a pipe gets lines of at most 96 columns', () => {
  expect(pages(null)).toEqual(pages(96));
});

it('where there is no room beside the names, what is said of them stands below', () => {
  expect(globalHelp(COMMANDS, '1.2.3', look(40))).toContain('\n  init\n      ');
  expect(globalHelp(COMMANDS, '1.2.3', look(80))).toMatch(/\n {2}init {2,}\S/);
});
