/** What is amiss until somebody mends it is said by every run: an overdue full read, a value that others change back. */
import { afterEach, describe, expect, it } from 'vitest';
import type { RunReport } from '#runs/model';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const yaml = (hr: string, dir: string) =>
  hrAndDirectory({
    hr: `fullReadEvery: 3d\n${hr}`,
    read: 'phone: phone',
    dir: `mode: on\nfullReadEvery: 30d\n${dir}`,
    written: 'phone: phone',
  });
const told = ({ notices }: RunReport, kind: string) => notices.filter((one) => one.kind === kind);

let here: Firm;
afterEach(() => here.close());
async function begun(hr = '', dir = ''): Promise<void> {
  here = await firm(yaml(hr, dir));
  here.system('hr').put('person', 'p1', { id: 'p1', phone: '1234' });
  await here.first();
}

describe('a full read that is overdue', () => {
  const STALE = {
    connection: 'hr',
    message: 'hr was last read completely 4 days ago, and should be every 3 days; what is gone there since is not known',
    remedy: 'rollcall run hr --profile full-import',
  };

  it('is told by every run that does not make it, and makes the run one that somebody must look at', async () => {
    await begun();
    here.now += 72 * HOUR;
    expect(told(await here.run({ profile: 'delta-import' }), 'staleRead')).toEqual([]);
    here.now += 24 * HOUR;
    for (const profile of ['delta-import', 'delta-sync', 'export']) {
      const report = await here.run({ profile });
      expect(report.status).toBe('warnings');
      expect(told(report, 'staleRead')).toMatchObject([STALE]);
    }
    expect(told(await here.run({ connections: ['dir'] }), 'staleRead')).toMatchObject([STALE]);
    expect(told((await here.plan({ read: false })).report, 'staleRead')).toMatchObject([STALE]);
    expect(await here.run()).toMatchObject({ status: 'done', notices: [] });
    expect(told(await here.run({ profile: 'delta-import' }), 'staleRead')).toEqual([]);
  });

  it('is told where each one fails or is cut short', async () => {
    await begun('faults: [{ on: read, after: 2, do: { limit: 0 } }]');
    here.now += 96 * HOUR;
    expect(told(await here.run(), 'staleRead')).toMatchObject([STALE]);
  });

  it('is not told of a day that a plan only asks about', async () => {
    await begun();
    const { report } = await here.plan({ read: false, asOf: here.now + 400 * 24 * HOUR });
    expect(told(report, 'staleRead')).toEqual([]);
  });
});

it('a value that the target changes back three times is told by every run, until it is mended or ignored', async () => {
  await begun('', 'faults: [{ on: write, do: { rewrite: { phone: { cut: 2 } } } }]');
  for (let n = 0; n < 3; n++) await here.run();
  const [item] = await here.parked('notConverging');
  expect(JSON.parse(item!.detail)).toEqual({ anchor: 'p1', attribute: 'phone', ours: '1234', theirs: '12' });
  const report = await here.run();
  expect(report).toMatchObject({ status: 'warnings', rowsWritten: 0 });
  expect(told(report, 'notConverging')).toMatchObject([{ connection: 'dir', message: expect.stringContaining('one value') }]);
  await here.decide(item!, 'ignore');
  expect(await here.run()).toMatchObject({ status: 'done', notices: [] });
});
