/** How lines look, for programs and for people. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { RollcallError } from '#core/errors';
import { unforeseen } from '#core/unforeseen';
import { lineOf, ofFault } from './lines.ts';
import { openLog } from './log.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
const wall = () => Date.UTC(2026, 6, 1, 10);
const common = { level: 'info', zone: 'Europe/Berlin', wall } as const;

it('text is one line each, with the time of the zone; what would move a terminal is taken out', async () => {
  const file = join(folder, 'text.log');
  const log = openLog({ ...common, format: 'text', file });
  log.write({ level: 'debug', text: 'not this', fields: {} });
  log.write({ level: 'info', text: 'a\nb\u001b[2J', fields: { run: 3, none: {}, remedy: 'see there' } });
  await log.close();
  expect(readFileSync(file, 'utf8')).toBe('2026-07-01 12:00:00 info  a b [2J  (run=3)\n  → see there\n');
});

it('JSON has the level by name and the instant; all that was written before it could be is there', async () => {
  const file = join(folder, 'json.log');
  const log = openLog({ ...common, format: 'json', file });
  for (let n = 0; n < 100; n++) log.write({ level: 'warn', text: 'text', fields: { n } });
  await log.close();
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toHaveLength(100);
  expect(lines[99]).toEqual({ level: 'warn', time: '2026-07-01T10:00:00.000Z', pid: process.pid, n: 99, msg: 'text' });
});

it('a file that cannot be written is told at once', () => {
  expect(() => openLog({ ...common, format: 'json', file: join(folder, 'no', 'such') })).toThrow(RollcallError);
});

it('a fault about an object has its ids and not its text; one that nobody foresaw what says where it is', () => {
  const fault = {
    kind: 'conflict',
    message: 'cn=Zoe is there',
    where: { connection: 'ad', object: 'cn=Zoe', attribute: 'mail' },
  } as const;
  const line = ofFault(fault, { run: 4, subject: 'staged', id: 9 });
  expect(line.fields).toEqual({
    kind: 'conflict',
    connection: 'ad',
    attribute: 'mail',
    run: 4,
    account: 9,
    remedy: 'rollcall run show 4',
  });
  expect(line.text).not.toContain('Zoe');
  let thrown: unknown;
  try {
    JSON.parse('Zoe');
  } catch (error) {
    thrown = error;
  }
  const event = lineOf({
    what: 'fault',
    fault: { kind: 'internal', message: String(thrown), where: {} },
    error: unforeseen(thrown)!,
  });
  expect(event).toMatchObject({
    level: 'error',
    text: 'an error that was not foreseen',
    fields: { error: { name: 'SyntaxError' } },
  });
  expect(JSON.stringify(event)).not.toContain('Zoe');
  expect(unforeseen(new TypeError('x.y is not a function'))).toMatchObject({ message: 'x.y is not a function' });
  expect(unforeseen(new RollcallError('conflict', 'no'))).toBeUndefined();
});
