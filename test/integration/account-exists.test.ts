/** "Account exists" (SEMANTICS 7): what stands in the way of a new account is adopted, or its person renamed, by a decision. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { type Called, type Place, place } from './place.ts';

const yaml = (attributes: string, login: string, export_: string): string => `store: sqlite:rollcall.db
attributes: { person: { ${attributes} } }
gates: { create: { percent: 100, count: 1000 } }
connections:
  hr:
    type: memory
    system: exists hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, givenName: given${login} } }
  dir:
    type: memory
    system: exists dir
    mode: on
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, ${export_} }
`;
const UID = 'anchor: employeeId, attributes: { number: employeeId, uid: login }';
const MADE = `login: { unique: { candidates: [person.givenName, '\${person.givenName + string(n)}'] } },
  mail: { unique: { onRename: regenerate, candidates: ['\${person.login + "@firm.example"}'] } }`;
const GIVEN = `login: { unique: { candidates: [person.employeeId], uniqueIn: [dir.uid] } }`;
const ME = ['--as', 'Ada', '--reason', 'asked them'];

let here: Place;
let hr: MemorySystem;
let dir: MemorySystem;
beforeEach(() => {
  hr = memorySystem('exists hr');
  dir = memorySystem('exists dir');
});
afterEach(async () => {
  await here.remove();
  for (const name of ['exists hr', 'exists dir']) forgetMemorySystem(name);
});

const uids = () => Object.fromEntries(dir.objects().map(({ anchor, attributes }) => [anchor, attributes.uid]));
interface Item {
  readonly id: number;
  readonly detail: object;
  readonly choices: readonly { readonly name: string; readonly takes: string | null }[];
}
async function existing(): Promise<readonly Item[]> {
  const { out } = await here.call('parked', '--kind', 'accountExists', '--json');
  return (JSON.parse(out) as { parked: Item[] }).parked;
}
const decide = (item: Item, choice: string, ...more: string[]): Promise<Called> =>
  here.call('parked', 'decide', String(item.id), choice, ...more, ...ME);
/** Nothing is left to do, for a full sync neither. */
async function settled(): Promise<void> {
  await here.run();
  const before = dir.objects();
  await here.run('--profile', 'full-sync');
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  expect(dir.objects()).toEqual(before);
}
async function started(text: string): Promise<void> {
  here = await place(text);
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await here.run();
}

describe('an account with the unique value that a source gives', () => {
  beforeEach(async () => {
    hr.put('person', 'p1', { id: 'p1', given: 'zed', login: 'zed' });
    hr.put('person', 'p2', { id: 'p2', given: 'amy', login: 'amy' });
    dir.put('person', 'old', { number: 'old', uid: 'Zed' });
    await started(yaml(GIVEN, ', login: login', UID));
  });

  it('is listed with what can be done, and not touched', async () => {
    const [item, ...others] = await existing();
    expect(others).toEqual([]);
    expect(item).toMatchObject({ detail: { by: 'dir.uid', anchor: 'zed' } });
    expect(item!.choices.map(({ name, takes }) => [name, takes])).toEqual([
      ['adopt', null],
      ['rename', 'value'],
      ['ignore', null],
    ]);
    expect(uids()).toEqual({ old: 'Zed', p2: 'amy' });
    expect((await here.call('parked')).out).toContain('parked decide ID rename [--value VALUE]');
  });

  it('is adopted', async () => {
    const [item] = await existing();
    expect(await decide(item!, 'adopt')).toMatchObject({ code: 0 });
    await settled();
    expect(dir.objects().map(({ anchor, attributes }) => [anchor, attributes])).toEqual([
      ['old', { number: 'p1', uid: 'zed' }],
      ['p2', { number: 'p2', uid: 'amy' }],
    ]);
    expect(await existing()).toEqual([]);
  });

  it('is left alone, and its person gets the value that is given, as a decision with a way back', async () => {
    const [item] = await existing();
    expect(await decide(item!, 'rename')).toMatchObject({ code: 1, err: expect.stringMatching(/--value.*comes from hr/) });
    for (const taken of ['amy', 'ZED'])
      expect(await decide(item!, 'rename', '--value', taken)).toMatchObject({ code: 1, err: expect.stringContaining('no free') });
    expect(await decide(item!, 'rename', '--value', 'zed.li')).toMatchObject({ code: 0, out: expect.stringContaining('zed.li') });
    await settled();
    expect(uids()).toEqual({ old: 'Zed', p1: 'zed.li', p2: 'amy' });
    const { out } = await here.call('decisions', '--json');
    const [decision] = JSON.parse(out).decisions.filter((one: { kind: string }) => one.kind === 'fixed');
    expect(decision).toMatchObject({ detail: { attribute: 'login', value: 'zed.li' }, revocable: true });
  });

  it('what its person had stays theirs: who brings it is parked with who has it', async () => {
    const [item] = await existing();
    await decide(item!, 'rename', '--value', 'zed.li');
    await settled();
    hr.put('person', 'old', { id: 'old', given: 'zoe', login: 'Zed' });
    await here.run();
    const { out } = await here.call('parked', '--kind', 'uniqueTaken', '--json');
    const holders = [JSON.parse((await here.call('explain', 'hr:p1', '--json')).out).id];
    expect(JSON.parse(out).parked).toMatchObject([{ detail: { attribute: 'login', value: 'Zed', holders } }]);
  });

  it('cannot be adopted once it is somebody else’s', async () => {
    hr.put('person', 'old', { id: 'old', given: 'zoe' });
    await here.run();
    const [item] = await existing();
    expect(await decide(item!, 'adopt')).toMatchObject({ code: 1, err: expect.stringMatching(/somebody else.*rename/s) });
  });

  it('is not guessed at where several accounts have it', async () => {
    dir.put('person', 'older', { number: 'older', uid: 'zed' });
    await here.run();
    const [item] = await existing();
    expect(await decide(item!, 'adopt')).toMatchObject({ code: 1, err: expect.stringMatching(/2 accounts.*rollcall link dir/s) });
  });
});

describe('an account with the name that is made for a new one', () => {
  it('is left alone: its person gets the next candidate, and what derives from it follows', async () => {
    hr.put('person', 'p1', { id: 'p1', given: 'zed' });
    hr.put('person', 'p2', { id: 'p2', given: 'zed' });
    dir.put('person', 'zed', { number: 'old', uid: 'x' });
    await started(yaml(MADE, '', 'anchor: login, attributes: { number: employeeId, mail: mail }'));
    expect(dir.objects().map(({ anchor }) => anchor)).toEqual(['zed', 'zed2']);
    const [item] = await existing();
    expect(item).toMatchObject({ detail: { by: 'anchor', anchor: 'zed' } });
    const { code, out } = await decide(item!, 'rename');
    expect([code, out]).toEqual([0, expect.stringContaining('login is zed3')]);
    await settled();
    expect(dir.objects().map(({ anchor, attributes }) => [anchor, attributes.number, attributes.mail])).toEqual([
      ['zed', 'old', undefined],
      ['zed2', 'p2', 'zed2@firm.example'],
      ['zed3', 'p1', 'zed3@firm.example'],
    ]);
  });

  it('what its person had stays theirs: nobody else is given it, and they may have it again', async () => {
    hr.put('person', 'p1', { id: 'p1', given: 'zed' });
    dir.put('person', 'zed', { number: 'old', uid: 'x' });
    await started(yaml(MADE, '', 'anchor: login, attributes: { number: employeeId, mail: mail }'));
    const [item] = await existing();
    expect((await here.call('parked')).out).toContain('nobody else gets it');
    expect(await decide(item!, 'rename')).toMatchObject({ code: 0, out: expect.stringContaining('login is zed2') });
    await settled();
    dir.remove('person', 'zed');
    hr.put('person', 'p2', { id: 'p2', given: 'zed' });
    await settled();
    expect(dir.objects().map(({ anchor, attributes }) => [anchor, attributes.number])).toEqual([
      ['zed2', 'p1'],
      ['zed3', 'p2'],
    ]);
    expect(await here.call('fix', 'hr:p1', 'login', 'zed', ...ME)).toMatchObject({ code: 0 });
    await settled();
    const { attributes } = JSON.parse((await here.call('explain', 'hr:p1', 'login', '--json')).out);
    expect(attributes[0].value).toBe('zed');
  });

  it('keeps its name where nothing unique is in it', async () => {
    hr.put('person', 'p1', { id: 'p1', given: 'zed' });
    dir.put('person', 'p1', { number: 'somebody', uid: 'x' });
    await started(yaml(GIVEN, '', UID));
    const [item] = await existing();
    expect(await decide(item!, 'rename')).toMatchObject({ code: 1, err: expect.stringContaining('rollcall fix') });
    expect(await decide(item!, 'adopt')).toMatchObject({ code: 0 });
    await settled();
    expect(dir.objects().map(({ attributes }) => attributes)).toEqual([{ number: 'p1', uid: 'p1' }]);
  });
});

describe('an account that somebody else makes while the one of that name waits to be made', () => {
  const waiting = async (mode: string, account: object): Promise<void> => {
    here = await place(
      yaml(MADE, '', 'anchor: login, attributes: { number: employeeId, cn: givenName }').replace('mode: on', mode),
    );
    hr.put('person', 'p1', { id: 'p1', given: 'zed' });
    await here.run();
    dir.put('person', 'zed', { cn: 'Zed', ...account });
    await here.run();
    await here.call('approve', 'dir', ...ME);
    await here.run();
  };

  it.each(['', 'mode: hold'])('is nobody’s, and not touched (%s)', async (mode) => {
    await waiting(mode, { number: 'old' });
    expect(dir.objects().map(({ anchor, attributes }) => [anchor, attributes])).toEqual([['zed', { number: 'old', cn: 'Zed' }]]);
    const [item] = await existing();
    expect(item).toMatchObject({ detail: { by: 'anchor', anchor: 'zed' } });
  });

  it('is adopted by its person where the keys say so', async () => {
    await waiting('', { number: 'p1' });
    await settled();
    expect(dir.objects().map(({ attributes }) => attributes)).toEqual([{ number: 'p1', cn: 'zed' }]);
    expect(JSON.parse((await here.call('explain', 'hr:p1', '--json')).out).targets).toMatchObject([{ origin: 'adopted' }]);
    expect(await existing()).toEqual([]);
  });

  it('is nobody’s either where it has the unique value', async () => {
    here = await place(
      yaml(MADE.replace("string(n)}'] }", "string(n)}'], uniqueIn: [dir.uid] }"), '', UID).replace('mode: on', ''),
    );
    hr.put('person', 'p1', { id: 'p1', given: 'zed' });
    await here.run();
    dir.put('person', 'other', { number: 'old', uid: 'ZED' });
    await here.run();
    await here.call('approve', 'dir', ...ME);
    await here.run();
    expect(uids()).toEqual({ other: 'ZED' });
    const [item] = await existing();
    expect(await decide(item!, 'rename')).toMatchObject({ code: 0, out: expect.stringContaining('login is zed2') });
    await settled();
    expect(uids()).toEqual({ other: 'ZED', p1: 'zed2' });
  });
});
