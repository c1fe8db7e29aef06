import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { LiveEvent } from '#operations/session';
import { liveText } from './live-text.ts';
import { openTerminal } from './terminal.ts';

const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
const terminal = openTerminal(streams, { NO_COLOR: '1' });
const text = (event: LiveEvent, quiet = false): string =>
  liveText(event, terminal, quiet).replace(/^\d{4}-\d\d-\d\d [\d:]{8}(?:Z|[+-]\d\d:\d\d) {2}/, '');
const fault = { kind: 'unavailable', message: 'refused', where: { connection: 'hr' }, remedy: 'start it' } as const;
const counts = { seen: 0, added: 0, changed: 0, gone: 0, written: 0 };
const changes = (connections: readonly object[], faults: readonly object[] = []): LiveEvent =>
  ({ what: 'changes', elapsedMs: 12.3, report: { run: 7, connections, faults, notices: [] } }) as unknown as LiveEvent;

it('tells what was heard and written in one line', () => {
  const both = [
    { ...counts, connection: 'hr', seen: 2 },
    { ...counts, connection: 'dir', written: 1 },
  ];
  expect(text(changes(both))).toBe('hr 2 changes and 1 written to dir in 12 ms (run 7)\n');
});

it('tells nothing where nothing was heard, and with --quiet only trouble', () => {
  expect(text(changes([]))).toBe('');
  expect(text(changes([{ ...counts, connection: 'hr', seen: 2 }]), true)).toBe('');
  expect(text({ what: 'listens', connection: 'hr' }, true)).toBe('');
  expect(text(changes([], [fault]), true)).toContain('✗ refused\n  at connection hr\n  → start it\n');
});

it('tells who is not heard, and when it is tried again', () => {
  const lost = text({ what: 'lost', connection: 'hr', fault, againInMs: 2_000 }, true);
  expect(lost).toBe('hr is heard no more; tried again in 2.0 s\n✗ refused\n  at connection hr\n  → start it\n');
});

it('tells of a cycle over all, or over which', () => {
  const cycle = (of: readonly string[] | null, connections: readonly object[] = []): LiveEvent => {
    const report = { run: 7, status: 'done', elapsedMs: 100, connections, faults: [], notices: [] };
    return { what: 'cycle', of, report } as unknown as LiveEvent;
  };
  expect(text(cycle(null))).toBe('cycle over all in 0.1 s: 0 changes, 0 written (run 7)\n');
  expect(text(cycle(['hr', 'dir'], [{ ...counts, connection: 'hr', changed: 1 }]))).toContain('cycle over hr and dir in');
  expect(text(cycle(['dir'], [{ ...counts, connection: 'dir', seen: 9 }]))).toBe('');
});

it('tells which connection rests, why, until when and what to do', () => {
  const until = String.raw`\d{4}-\d\d-\d\d [\d:]{8}(?:Z|[+-]\d\d:\d\d)`;
  const rest = { what: 'rests', connection: 'hr', fault, forMs: 900_000 } as const;
  expect(text({ ...rest, why: 'incomplete' }, true)).toMatch(
    new RegExp(`^hr is not read again before ${until}, .*\n✗ refused\n {2}at connection hr\n {2}→ start it\n$`),
  );
  expect(text({ ...rest, why: 'refused' })).toMatch(new RegExp(`^hr is not signed in to again before ${until}, .* not locked`));
});
