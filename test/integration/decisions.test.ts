/** What people decide outranks rules, is listed, survives full syncs, and can be taken back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
attributes:
  person:
    login: { type: string, unique: { candidates: [person.givenName] } }
gates: { create: { percent: 100, count: 1000 }, delete: { percent: 100, count: 1000 } }
connections:
  hr:
    type: memory
    system: decisions hr
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, givenName: given, title: title }
  dir:
    type: memory
    system: decisions dir
    mode: on
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: givenName, title: title, uid: login } }
    deprovision: { action: delete }
`;
const ME = ['--as', 'Ada', '--reason', 'asked them'];

let here: Place;
let hr: MemorySystem;
let dir: MemorySystem;
const person = (id: string, given: string, more: object = {}) => hr.put('person', id, { id, given, title: 'Clerk', ...more });
const account = (anchor: string) => dir.objects().find((one) => one.anchor === anchor)?.attributes;
interface Answer {
  readonly [what: string]: unknown;
  readonly id: number;
  readonly object: { readonly id: number } | null;
  readonly decisions: readonly { readonly kind: string }[];
  readonly parked: readonly { readonly id: number; readonly kind: string; readonly account: string }[];
  readonly attributes: readonly object[];
}

async function ask(...argv: string[]): Promise<Answer> {
  const { code, out, err } = await here.call(...argv, '--json');
  const answer = JSON.parse(out);
  if (answer.error) throw new Error(`${code} ${answer.error.message} ${err}`);
  return answer;
}
const owner = async (name: string): Promise<number | null> => {
  const { object } = await ask('preview', ...(name.split(':') as [string, string]));
  return object?.id ?? null;
};
/** A run after which a full sync has nothing left to do. */
async function settled(): Promise<void> {
  await here.run();
  await here.run();
  const before = dir.objects();
  await here.run('--profile', 'full-sync');
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  expect(dir.objects()).toEqual(before);
}

beforeEach(async () => {
  here = await place(YAML);
  hr = memorySystem('decisions hr');
  dir = memorySystem('decisions dir');
  person('1', 'ann');
  person('2', 'bob');
  dir.put('person', 'x', { number: '1', cn: 'Ann X', uid: 'annx' });
  dir.put('person', 'y', { number: '9', cn: 'Nobody' });
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await settled();
});
afterEach(async () => {
  await here.remove();
  for (const name of ['decisions hr', 'decisions dir']) forgetMemorySystem(name);
});

describe('unlink', () => {
  it('leaves the account as it is, for good, until it is taken back', async () => {
    expect(account('x')).toMatchObject({ cn: 'ann' });
    await ask('unlink', 'dir', 'x', ...ME);
    await settled();
    expect(await owner('dir:x')).toBeNull();
    const before = account('x');
    // She has an account of her own now; nothing that becomes of her concerns the other one.
    expect(account('1')).toMatchObject({ cn: 'ann' });
    hr.remove('person', '1');
    await settled();
    expect([account('1'), account('x')]).toEqual([undefined, before]);
  });

  it('is listed and has a way back', async () => {
    const { decision } = await ask('unlink', 'dir', 'x', ...ME);
    await settled();
    const { decisions } = await ask('decisions', '--person', '#1');
    expect(decisions).toMatchObject([
      { id: decision, kind: 'barred', connection: 'dir', account: 'x', by: 'Ada', reason: 'asked them', revocable: true },
    ]);
    dir.remove('person', '1');
    await ask('decisions', 'revoke', String(decision), ...ME);
    await here.run();
    expect((await ask('decisions', '--person', '#1', '--all')).decisions.map((one) => one.kind)).toEqual(['barred', 'release']);
    expect((await here.call('decisions', 'revoke', String(decision), ...ME)).code).toBe(1);
  });
});

describe('link', () => {
  it('moves accounts from one person to another, for good', async () => {
    const [ann, bob] = [await owner('hr:1'), await owner('hr:2')];
    // Nobody has two: who has one is to lose it first.
    await expect(ask('link', 'dir', 'x', 'hr:2', ...ME)).rejects.toThrow(/rollcall unlink dir 2/);
    await ask('unlink', 'dir', '2', ...ME);
    expect(await ask('link', 'dir', 'x', 'hr:2', ...ME)).toMatchObject({ before: ann, person: bob });
    await ask('link', 'dir', '2', 'hr:1', ...ME);
    await settled();
    expect([await owner('dir:x'), await owner('dir:2')]).toEqual([bob, ann]);
    expect([account('x'), account('2')]).toMatchObject([{ cn: 'bob' }, { cn: 'ann' }]);
    // A new decision about the same account takes the place of the one before it.
    await ask('unlink', 'dir', '2', ...ME);
    await ask('link', 'dir', 'x', 'hr:1', ...ME);
    await ask('link', 'dir', '2', 'hr:2', ...ME);
    expect((await ask('decisions')).decisions.filter((one) => one.kind === 'link')).toHaveLength(2);
    await settled();
    expect([await owner('dir:x'), await owner('dir:2')]).toEqual([ann, bob]);
    expect([account('x'), account('2')]).toMatchObject([{ cn: 'ann' }, { cn: 'bob' }]);
  });

  it('makes the account of nobody the one that is kept, once the other is unlinked; that one stays as it is', async () => {
    const { decision: barred } = await ask('unlink', 'dir', '2', ...ME);
    const { decision } = await ask('link', 'dir', 'y', 'hr:2', ...ME);
    await settled();
    expect(account('y')).toMatchObject({ number: '2', cn: 'bob' });
    person('2', 'bert');
    await settled();
    expect([account('y'), account('2')]).toMatchObject([{ cn: 'bert' }, { cn: 'bob' }]);
    expect((await ask('parked', '--kind', 'unjoined')).parked.map((one) => one.account)).toContain('2');
    await ask('decisions', 'revoke', String(decision), ...ME);
    await ask('decisions', 'revoke', String(barred), ...ME);
    await settled();
    expect(account('2')).toMatchObject({ cn: 'bert' });
  });
});

describe('a doubtful link', () => {
  beforeEach(async () => {
    // HR gives her another number: the account still carries the old one until it is written.
    await here.call('hold', 'dir', ...ME);
    person('1', 'ann', { id: '11' });
    await here.run();
  });
  const doubtful = async () => (await ask('parked', '--kind', 'linkDoubtful')).parked;

  it('is kept, and not doubted again', async () => {
    const [item] = await doubtful();
    expect(item).toMatchObject({ connection: 'dir', detail: { anchor: 'x' } });
    await ask('parked', 'decide', String(item!.id), 'keep', ...ME);
    await here.run();
    expect(await doubtful()).toEqual([]);
    expect(await owner('dir:x')).toBe(await owner('hr:1'));
  });

  it('is ended', async () => {
    const [item] = await doubtful();
    await ask('parked', 'decide', String(item!.id), 'unlink', ...ME);
    await here.run();
    expect([await doubtful(), await owner('dir:x')]).toEqual([[], null]);
  });
});

describe('a fixed value', () => {
  it('outranks sources, is explained, and goes when it is taken back', async () => {
    const { decision } = await ask('fix', 'hr:1', 'title', 'Countess', ...ME);
    await settled();
    expect(account('x')).toMatchObject({ title: 'Countess' });
    person('1', 'ann', { title: 'Boss' });
    await settled();
    expect(account('x')).toMatchObject({ title: 'Countess' });
    const [title] = (await ask('explain', 'hr:1', 'title')).attributes;
    expect(title).toMatchObject({
      value: 'Countess',
      difference: null,
      fixed: { decision, by: 'Ada', reason: 'asked them' },
      contributions: [{ connection: 'hr', verdict: 'outranked', why: 'Ada fixed the value' }],
    });
    await ask('decisions', 'revoke', String(decision), ...ME);
    await settled();
    expect(account('x')).toMatchObject({ title: 'Boss' });
  });

  it('may be a unique one, and is refused while somebody else has it', async () => {
    await ask('fix', 'hr:1', 'login', 'queen', ...ME);
    await settled();
    expect(account('x')).toMatchObject({ uid: 'queen' });
    await ask('fix', 'hr:2', 'login', 'queen', ...ME);
    here.now += 1_000;
    await settled();
    expect(account('2')).toMatchObject({ uid: 'bob' });
    const [item] = (await ask('parked', '--kind', 'uniqueTaken')).parked;
    const queen = (await ask('explain', 'hr:1')).id;
    // What is asked for, and who has it; what was decided before it was parked is no answer to it.
    expect(item).toMatchObject({
      detail: { attribute: 'login', value: 'queen', holders: [queen] },
      names: { [queen]: expect.any(String) },
      decided: null,
    });
    expect((await here.call('parked')).out).toMatch(/attribute: login; somebody else has it: .*\(#\d+\); value: queen/);
    here.now += 1_000;
    await ask('parked', 'decide', String(item!.id), 'fix', '--value', 'queen', ...ME);
    await settled();
    const { out } = await here.call('parked');
    expect(out).toMatch(/decided: fixed by Ada, .*: asked them {2}\(decision \d+; a run carried it out, and this is left\)/);
    await ask('parked', 'decide', String(item!.id), 'fix', '--value', 'king', ...ME);
    expect((await ask('parked', '--kind', 'uniqueTaken')).parked).toMatchObject([
      { id: item!.id, decided: { kind: 'fixed', by: 'Ada', reason: 'asked them', waitsFor: 'run' } },
    ]);
    expect((await here.call('parked')).out).toMatch(
      /decided: fixed by Ada, .*: asked them {2}\(decision \d+; the next 'rollcall run' carries it out\)/,
    );
    await settled();
    expect(account('2')).toMatchObject({ uid: 'king' });
    expect((await ask('parked')).parked.map((one) => one.kind)).not.toContain('uniqueTaken');
  });

  it('is not taken away by a value that was forgotten', async () => {
    expect(await here.call('fix', 'hr:1', 'title', ...ME)).toMatchObject({ code: 64, err: expect.stringContaining('--empty') });
    expect(await ask('fix', 'hr:1', 'title', '--empty', ...ME)).toMatchObject({ value: null });
  });

  it('must be of its type', async () => {
    expect((await here.call('fix', 'hr:1', 'titel', 'x', ...ME)).err).toContain("Did you mean 'title'?");
  });
});
