import { PassThrough } from 'node:stream';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { NO_COUNTS } from '#operations/runs';
import type { ReportOutput } from '#operations/shapes';
import { countsTable, summaryLine } from './report.ts';
import { openTerminal } from './terminal.ts';

type Counts = ReportOutput['connections'][number];

const connections: readonly Counts[] = [
  { connection: 'hr', ...NO_COUNTS, seen: 7, projected: 7, parked: 1 },
  { connection: 'directory', ...NO_COUNTS, seen: 4, joined: 3, adopted: 3, observed: 2, updated: 12_345, held: 1 },
];
const terminal = (columns: number) =>
  openTerminal(
    { stdin: new PassThrough(), stdout: Object.assign(new PassThrough(), { isTTY: true, columns }), stderr: new PassThrough() },
    { NO_COLOR: '1' },
  );
const at = (columns: number, planned = false) => countsTable(connections, terminal(columns), planned);

it('the counts fit any terminal: all columns, those in which something happened, or one line per connection', () => {
  for (const columns of [90, 120])
    for (const line of at(columns).split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
  expect(at(120)).toContain('disabled');
  expect(at(90)).toMatch(/^connection {2}seen {2}joined/);
  expect(at(90)).not.toContain('disabled');
  expect(at(60)).toBe(
    'hr  seen 7, projected 7, parked 1\ndirectory  seen 4, joined 3, adopted 3, observed 2, updated 12,345, held 1\n',
  );
});

it('a plan that read nothing says nothing of reading', () => {
  const some = [{ connection: 'directory', ...NO_COUNTS, observed: 2 }];
  expect(countsTable(some, terminal(80), true)).toBe('connection  observed\ndirectory          2\n');
  expect(countsTable([{ connection: 'hr', ...NO_COUNTS }], terminal(80), true)).toBe('');
  expect(countsTable(some, terminal(120))).toContain('seen');
});

it('a run that was stopped says whether it had done anything', () => {
  const report = (rowsWritten: number, more: Partial<Counts> = {}): ReportOutput => ({
    run: 9,
    profile: 'cycle',
    status: 'interrupted',
    now: '2026-01-12T08:00:00Z',
    elapsedMs: 100,
    connections: [{ connection: 'hr', ...NO_COUNTS, parked: 2, ...more }],
    objects: {},
    rowsWritten,
    faultCount: 0,
    failed: [],
    faults: [],
    notices: [],
  });
  expect(summaryLine(report(0), terminal(80))).toBe('Run 9 was stopped before it read or wrote anything in 0.1 s. 0 written.\n');
  for (const some of [report(3), report(0, { seen: 1 }), report(0, { written: 1 })])
    expect(summaryLine(some, terminal(80))).toContain('was stopped; what it had done is kept');
});
