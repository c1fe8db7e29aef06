import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { keepSecret } from '#config/secrets/redact';
import { bars, quietLines } from './progress.ts';

const step = (connection: string | null, phase: string, done: number, total: number | null = null) => ({
  connection,
  phase,
  done,
  total,
});

function screen(rows = 24) {
  const writes: string[] = [];
  let at = 0;
  return {
    writes,
    tick: (ms: number) => {
      at += ms;
    },
    bars: bars({ write: (text) => void writes.push(text), paint: pc.createColors(false), columns: 100, rows, clock: () => at }),
    quiet: quietLines({ write: (text) => void writes.push(text), clock: () => at }),
  };
}

const ESCAPE = String.fromCharCode(27);
const SEEN = new RegExp(`${ESCAPE}\\[(\\d*)([AKJ])|\\r|\\n|[^${ESCAPE}\\r\\n]+`, 'g');
const UP = new RegExp(`${ESCAPE}\\[(\\d+)A`);

/** What a terminal shows after these writes: cursor up, erase to the end of line or screen, line ends. */
function shown(writes: readonly string[]): string[] {
  const lines: string[] = [''];
  let row = 0;
  for (const match of writes.join('').matchAll(SEEN)) {
    const [text, n, code] = match;
    if (code === 'A') row -= Number(n);
    else if (code === 'J') lines.splice(row, lines.length, lines[row]?.slice(0, 0) ?? '');
    else if (code === 'K' || text === '\r') continue;
    else if (text === '\n') row += 1;
    else lines[row] = text;
    lines[row] ??= '';
  }
  return lines.filter((line) => line !== '');
}

describe('bars', () => {
  it('draw one line per connection and phase, in place', () => {
    const { bars: progress, writes, tick } = screen();
    progress.report(step('hr', 'import', 100, 500));
    tick(200);
    progress.report(step('hr', 'import', 500, 500));
    tick(200);
    progress.report(step(null, 'sync', 10, null));
    progress.finish();
    const lines = shown(writes);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/✓ hr reading\s+500\s+0\.2 s/);
    expect(lines[1]).toMatch(/✓ working out\s+10/);
  });

  it('keep a secret in what is noted, also where the line is broken in it', () => {
    keepSecret('a phrase of several words');
    const { bars: progress, writes } = screen();
    progress.note(`${'x '.repeat(45)}a phrase of several words\n`);
    expect(writes.join('')).toBe(`${'x '.repeat(45)}••••\n`);
  });

  it('draw at most ten times a second, whatever is reported', () => {
    const { bars: progress, writes, tick } = screen();
    for (let i = 0; i < 10_000; i++) {
      progress.report(step('hr', 'import', i, 1_000_000));
      tick(0.1);
    }
    expect(writes.length).toBeLessThanOrEqual(12);
  });

  it('keep to the height of the terminal', () => {
    const { bars: progress, writes, tick } = screen(6);
    for (let i = 0; i < 20; i++) {
      progress.report(step(`c${i}`, 'import', 5, 5));
      tick(200);
    }
    progress.finish();
    for (const write of writes) expect(Number(UP.exec(write)?.[1] ?? 0)).toBeLessThanOrEqual(4);
    expect(shown(writes)).toHaveLength(20);
  });

  it('print notes above the bars and nothing after the end', () => {
    const { bars: progress, writes, tick } = screen();
    progress.report(step('hr', 'import', 1, 2));
    tick(200);
    progress.note('Stopping.\n');
    progress.note(`${'word '.repeat(30)}\n`);
    expect(Math.max(...shown(writes).map((line) => line.length))).toBeLessThanOrEqual(100);
    progress.finish();
    const before = writes.length;
    progress.report(step('hr', 'import', 2, 2));
    expect(writes.length).toBe(before);
    expect(shown(writes)[0]).toBe('Stopping.');
  });
});

describe('quiet lines', () => {
  it('say when a phase ends, and every half minute that it goes on', () => {
    const { quiet, writes, tick } = screen();
    quiet.report(step('hr', 'import', 1));
    tick(10_000);
    quiet.report(step('hr', 'import', 100));
    tick(25_000);
    quiet.report(step('hr', 'import', 200));
    tick(5_000);
    quiet.report(step('hr', 'export', 1, 2));
    quiet.finish();
    expect(writes).toEqual([
      'hr reading: 200 so far\n',
      'hr reading: 200 objects in 40.0 s\n',
      'hr writing: 1 object in 0.0 s\n',
    ]);
  });
});
