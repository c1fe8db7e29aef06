/** A value or a right to sign in that somebody changes back: parked and told, whatever the proof of a write is (SEMANTICS 9, 11). */
import { afterEach, describe, expect, it } from 'vitest';
import type { RunReport } from '#runs/model';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const yaml = (dir = '') =>
  hrAndDirectory({
    read: 'phone: phone',
    dir: `mode: on\ndeprovision: { action: disable }\n${dir}`,
    account: ENABLED,
    written: 'phone: phone',
  });
const told = ({ notices }: RunReport, kind: string) => notices.filter((one) => one.kind === kind);

let here: Firm;
afterEach(() => here.close());
async function begun(dir = ''): Promise<void> {
  here = await firm(yaml(dir));
  for (const id of ['p1', 'p2']) here.system('hr').put('person', id, { id, phone: '1234' });
  await here.first();
}
/** Another program writes its value, a day after the last run. */
async function undo(phone = '99'): Promise<RunReport> {
  here.now += 24 * HOUR;
  here.system('dir').edit('person', 'p1', { phone });
  return await here.run();
}
const phone = () =>
  here
    .system('dir')
    .objects()
    .find(({ anchor }) => anchor === 'p1')!.attributes.phone;

describe.each([
  ['by the answer', ''],
  ['by a read', 'answers: anchor\nlookup: false'],
])('a value that another program changes back, proven %s', (_, answers) => {
  it('is parked with both sides after the third time, told by every run, and written again when it changes at its origin', async () => {
    await begun(answers);
    for (const _day of [1, 2]) expect(await undo()).toMatchObject({ status: 'done', notices: [] });
    expect(phone()).toBe('1234');
    const third = await undo();
    const [item] = await here.parked('notConverging');
    expect(JSON.parse(item!.detail)).toEqual({ anchor: 'p1', attribute: 'phone', ours: '1234', theirs: '99' });
    expect(third).toMatchObject({ status: 'warnings' });
    expect(told(third, 'notConverging')).toMatchObject([{ connection: 'dir', message: expect.stringContaining('one value') }]);
    expect(phone()).toBe('99');
    expect(await here.run()).toMatchObject({ status: 'warnings', rowsWritten: 0 });

    here.system('hr').edit('person', 'p1', { phone: '5678' });
    expect(await here.run()).toMatchObject({ status: 'done', notices: [] });
    expect(phone()).toBe('5678');
    expect(await here.parked('notConverging')).toEqual([]);
  });

  it('is repaired as often as it lasted until the next look', async () => {
    await begun(answers);
    for (let n = 0; n < 5; n++) {
      expect(await undo()).toMatchObject({ status: 'done' });
      here.now += 24 * HOUR;
      await here.run();
      expect(phone()).toBe('1234');
    }
    expect(await here.parked('notConverging')).toEqual([]);
  });
});

it('an account that somebody enabled after its person left is told by every run, until it is mended or ignored', async () => {
  await begun();
  here.system('hr').remove('person', 'p1');
  await here.run();
  here.system('dir').edit('person', 'p1', { active: 'yes' });
  for (let n = 0; n < 2; n++) {
    const report = await here.run();
    expect(report).toMatchObject({ status: 'warnings' });
    expect(told(report, 'enabledByHand')).toMatchObject([
      { connection: 'dir', message: expect.stringContaining('one account'), remedy: expect.stringContaining('parked') },
    ]);
  }
  await here.decide((await here.parked('enabledByHand'))[0]!, 'ignore');
  expect(await here.run()).toMatchObject({ status: 'done', notices: [] });
});
