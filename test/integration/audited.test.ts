/** What people do is in the audit log with its commit, is found there, exported, erased and verified. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: audited hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, givenName: given } }
`;
const ME = ['--as', 'Ada', '--reason', 'asked them'];

let here: Place;
interface Event {
  readonly action: string;
  readonly label: string;
  readonly erased: boolean;
  readonly after: { readonly value?: string } | null;
}

interface Answer {
  readonly [what: string]: unknown;
  readonly decision: number;
  readonly error: { readonly kind: string };
  readonly events: readonly [Event, ...Event[]];
  readonly head: { readonly hash: string };
}

async function ask(...argv: string[]): Promise<Answer> {
  const { out } = await here.call(...argv, '--json');
  return JSON.parse(out);
}
const actions = async (...argv: string[]): Promise<string[]> =>
  (await ask('audit', ...argv)).events.map((one) => one.action).reverse();

beforeEach(async () => {
  here = await place(YAML);
  memorySystem('audited hr').put('person', 'E1', { id: 'E1', given: 'Zoë' });
  memorySystem('audited hr').put('person', 'E2', { id: 'E2', given: 'Kim' });
  await here.run();
});
afterEach(async () => {
  await here.remove();
  forgetMemorySystem('audited hr');
});

it('notes runs and decisions, with who and why, and finds them by person and kind', async () => {
  const { decision } = await ask('fix', 'hr:E1', 'givenName', 'Zoe', ...ME);
  await ask('hold', 'hr', ...ME);
  await ask('decisions', 'revoke', String(decision), ...ME);
  const refused = await ask('decisions', 'revoke', '99', ...ME);
  expect(refused.error.kind).toBe('notFound');
  await here.call('plan');
  expect(await actions()).toEqual(['run.start', 'decision.fixed', 'decision.hold', 'decision.revoke']);
  expect(await actions('--action', 'decision', '--by', 'Ada', '--connection', 'hr')).toEqual(['decision.hold']);
  expect(await actions('--person', 'hr:E1')).toEqual(['decision.fixed', 'decision.revoke']);
  expect(await actions('--until', '2020-01-01')).toEqual([]);
  const [revoked, , fixed, started] = (await ask('audit')).events;
  expect(fixed).toMatchObject({ by: 'Ada', as: 'person', label: 'Zoë', outcome: 'done', source: null });
  expect(fixed!.after).toEqual({ attribute: 'givenName', reason: 'asked them', value: 'Zoe' });
  expect(revoked.after).toMatchObject({ revokes: decision });
  expect(started).toMatchObject({ run: 1, after: { profile: 'cycle', connections: null, planned: false } });
  const page = await ask('audit', '--limit', '1');
  expect(page.next).toBe(4);
  const { out } = await here.call('audit');
  expect(out).toMatch(/decision\.fixed {2}Zoë #\d+\n.*, Ada\n +attribute +givenName\n/);
});

it('seals each command at its end, verifies what is there and what was exported, and finds what was changed', async () => {
  await ask('hold', 'hr', ...ME);
  const { head } = await ask('audit', 'head');
  expect(head).toMatchObject({ to: 2, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  await ask('release', 'hr', ...ME);
  const whole = { events: 3, segments: 3, unsealed: 0, erased: 0, found: 0 };
  expect(await ask('audit', 'verify', '--kept', head.hash)).toMatchObject(whole);
  const file = path.join(here.folder, 'audit.jsonl');
  expect(await ask('audit', 'export', file)).toMatchObject({ events: 3, segments: 3 });
  expect((await ask('audit', 'export', file)).error).toMatchObject({ kind: 'permission', where: { file } });
  expect(await ask('audit', 'verify-file', file, '--kept', head.hash)).toMatchObject(whole);
  const text = await readFile(file, 'utf8');
  const other = `${file}.changed`;
  await writeFile(other, text.replace('"action":"decision.hold"', '"action":"decision.link"'));
  const { code, out } = await here.call('audit', 'verify-file', other);
  expect(code).toBe(1);
  expect(out).toContain('event 2: events of this segment were changed');
  await writeFile(other, text.replace('asked them', 'asked us'));
  expect((await ask('audit', 'verify-file', other)).findings).toEqual([{ from: 2, to: 2, message: 'its values were changed' }]);
  await writeFile(other, '{}');
  expect((await ask('audit', 'verify-file', other)).error).toMatchObject({ where: { file: other, line: 1 } });
  expect((await ask('audit', 'verify', '--kept', 'abc')).error.kind).toBe('invalidValue');
});

it('forgets what somebody was given, and stays verifiable', async () => {
  await ask('fix', 'hr:E1', 'givenName', 'Secret', ...ME);
  await ask('fix', 'hr:E2', 'givenName', 'Other', ...ME);
  expect(await ask('audit', 'erase', 'hr:E1', ...ME)).toMatchObject({ erased: 1 });
  const { events } = await ask('audit', '--action', 'decision');
  expect(events.map((one) => [one.label, one.erased, one.after?.value ?? null])).toEqual([
    ['Kim', false, 'Other'],
    ['Zoë', true, null],
  ]);
  expect(await ask('audit', 'verify')).toMatchObject({ events: 4, erased: 1, found: 0 });
});
