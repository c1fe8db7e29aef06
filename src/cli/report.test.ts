import { PassThrough } from 'node:stream';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { NO_COUNTS } from '#operations/runs';
import type { ReportOutput } from '#operations/shapes';
import { countsTable, reportText, summaryLine } from './report.ts';
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

it('a run that was stopped says whether it had done anything', () => {
  expect(summaryLine(report(0), terminal(80))).toBe(
    'Run 9 was stopped after 0.1 s, before it read or wrote anything. 0 written.\n',
  );
  for (const some of [report(3), report(0, { seen: 1 }), report(0, { written: 1 })])
    expect(summaryLine(some, terminal(80))).toContain('was stopped after 0.1 s; what it had done is kept. ');
  const objects = { person: { created: 2, changed: 0, total: 20 } };
  expect(summaryLine({ ...report(3), objects }, terminal(80))).toBe(
    'Run 9 was stopped after 0.1 s; what it had done is kept. 20 people (2 new), 0 written.\n',
  );
});

it('why a read was not complete is said once, with what to do', () => {
  const why = {
    kind: 'invalidValue',
    message: 'line 15: the row has 2 fields',
    where: { connection: 'hr' },
    remedy: 'mend the row',
  } as const;
  const notice = { kind: 'incompleteRead', connection: 'hr', remedy: 'mend the row', hold: null, command: null } as const;
  const message = (told: string) => `hr: the read was not complete${told}; nobody is taken as gone`;
  const notices = [{ ...notice, message: message(` (${why.message})`) }];
  const said = reportText({ ...report(3), faultCount: 1, faults: [why], notices }, terminal(120));
  expect(said).toContain(`! ${message('')}\n\n`);
  expect([said.match(/line 15/g), said.match(/mend the row/g)]).toMatchObject([{ length: 1 }, { length: 1 }]);
  // Among the first faults it may not be.
  expect(reportText({ ...report(3), notices }, terminal(120))).toContain(`! ${notices[0]!.message}\n  → mend the row\n`);
});
