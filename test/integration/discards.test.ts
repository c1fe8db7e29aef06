/** SEMANTICS 8: what a person discarded is not made, whatever else becomes of its account, until its cause changes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: discards hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, mail: mail, phone: phone } }
  dir:
    type: memory
    system: discards dir
    mode: on
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, anchor: employeeId, name: displayName, attributes: { number: employeeId, mail: mail, phone: phone } }
    deprovision: { action: delete }
`;
const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const COUNT = 30;

let here: Place;
let hr: MemorySystem;
let dir: MemorySystem;
const put = (i: number, more: object = {}) =>
  hr.put('person', `p${i}`, { id: `p${i}`, name: `Name ${i}`, mail: `m${i}@x`, phone: '1', ...more });
const at = (i: number) => dir.get('person', `p${i}`);
const wrong = (from: number, to: number, more: object = {}) => {
  for (let i = from; i < to; i++) put(i, { mail: `wrong${i}@y`, ...more });
};
const holdsWrong = () => dir.objects().filter((one) => String(one.attributes['mail']).startsWith('wrong')).length;
async function decide(verb: 'approve' | 'discard', ...only: readonly string[]): Promise<string> {
  const { code, out, err } = await here.call(verb, 'dir', ...ME, ...only.flatMap((name) => ['--only', name]));
  if (code !== 0) throw new Error(err);
  return out;
}

beforeEach(async () => {
  here = await place(YAML);
  hr = memorySystem('discards hr');
  dir = memorySystem('discards dir');
  for (let i = 0; i < COUNT; i++) put(i);
  await here.run();
  await decide('approve');
  await here.run();
  expect((await here.call('plan')).code).toBe(0);
});
afterEach(async () => {
  await here.remove();
  for (const name of ['discards hr', 'discards dir']) forgetMemorySystem(name);
});

describe('a discarded value', () => {
  beforeEach(async () => {
    wrong(0, COUNT);
    await here.run();
    await decide('discard');
    expect((await here.run()).notices).toEqual([]);
  });

  it('is no change of any plan', async () => {
    const { code, out } = await here.call('plan');
    expect([code, out]).toEqual([0, expect.stringContaining('No changes')]);
    put(1, { mail: 'wrong1@y', phone: '2' });
    await here.run('--profile', 'full-import', 'hr');
    const { lines } = JSON.parse((await here.call('plan', '--json')).out);
    expect(lines.filter((one: { what: string }) => one.what === 'export')).toMatchObject([
      { label: 'Name 1', before: { phone: '1' }, after: { phone: '2' } },
    ]);
    const { targets } = JSON.parse((await here.call('explain', 'hr:p1', '--json')).out);
    expect(targets[0].attributes).toContainEqual(expect.objectContaining({ attribute: 'mail', state: 'discarded' }));
  });

  it('stays behind when another one of the account goes out, over reads, full syncs and many at once', async () => {
    wrong(1, 5, { phone: '2' });
    put(6, { mail: 'wrong6@y', name: 'Renamed' });
    for (let i = 0; i < 3; i++) {
      await here.run();
      await here.run('--profile', 'full-sync');
    }
    expect([holdsWrong(), at(1)!.attributes['phone'], at(6)!.name]).toEqual([0, '2', 'Renamed']);
    wrong(1, 2, { phone: '3' });
    expect((await here.run()).notices).toEqual([]);
    expect([holdsWrong(), at(1)!.attributes['phone']]).toEqual([0, '3']);
    // What is not discarded is counted as ever.
    wrong(0, COUNT, { phone: '9' });
    expect((await here.run()).notices).toMatchObject([{ kind: 'gate' }, { kind: 'gate' }]);
    expect(at(4)!.attributes['phone']).toBe('2');
    await decide('approve');
    expect((await here.run()).notices).toEqual([]);
    expect([holdsWrong(), at(4)!.attributes['phone']]).toEqual([0, '9']);
  });

  it('is made when it is another one, or comes anew', async () => {
    put(1, { mail: 'right@x' });
    put(2);
    await here.run();
    expect(at(1)!.attributes['mail']).toBe('right@x');
    wrong(2, 3);
    await here.run();
    expect(holdsWrong()).toBe(1);
  });

  it('waits again when the discard is taken back, and no other one does', async () => {
    wrong(0, COUNT, { phone: '9' });
    await here.run();
    await decide('discard');
    const { decisions } = JSON.parse((await here.call('decisions', '--json')).out);
    const discards = decisions.filter((one: { kind: string }) => one.kind === 'discard');
    expect(discards).toHaveLength(2);
    const later = Math.max(...discards.map((one: { id: number }) => one.id));
    await here.call('decisions', 'revoke', String(later), ...ME);
    await here.run();
    await decide('approve');
    await here.run();
    expect([holdsWrong(), at(4)!.attributes['phone']]).toEqual([0, '9']);
  });
});

it('a discarded name stays behind, too', async () => {
  for (let i = 0; i < COUNT; i++) put(i, { name: `Wrong ${i}` });
  await here.run();
  await decide('discard');
  put(1, { name: 'Wrong 1', phone: '2' });
  await here.run();
  await here.run();
  expect(at(1)).toMatchObject({ name: 'Name 1', attributes: { phone: '2' } });
});

it('a discarded create stays one, whatever values it would have', async () => {
  for (let i = 100; i < 120; i++) put(i);
  await here.run();
  await decide('discard');
  for (let i = 100; i < 108; i++) put(i, { phone: '2' });
  await here.run();
  await here.run();
  expect(dir.objects()).toHaveLength(COUNT);
  hr.remove('person', 'p100');
  await here.run();
  put(100);
  await here.run();
  expect(dir.objects()).toHaveLength(COUNT + 1);
});
