/**
 * SEMANTICS 8: single pushes of `active: no` stop at the gate's limit while other pushes go on. 2,000 of them;
 * ROLLCALL_PUSHES=100000 for all that the sentence names (minutes).
 */
import { afterEach, expect, it } from 'vitest';
import { push } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const PUSHES = Number(process.env['ROLLCALL_PUSHES'] ?? 2_000);
/** 5 %, or 500. */
const LIMIT = Math.min(Math.floor((PUSHES * 5) / 100), 500);
const CLIENTS = 16;
/** Every so-manieth person gets a title instead. */
const OTHERS = 20;

const YAML = hrAndDirectory({
  person: 'filter: row.active != "no"',
  read: 'displayName: name, title: title',
  dir: 'deprovision: { action: disable }',
  account: ENABLED,
  written: 'cn: displayName, title: title',
});
const idOf = (i: number) => `p${String(i).padStart(6, '0')}`;

let here: Firm;
afterEach(() => here.close());

const off = () =>
  here
    .system('dir')
    .objects()
    .filter((one) => one.attributes['active'] !== 'yes').length;

it(
  'stop at the limit while others go on; what is held leaks by no later way',
  async () => {
    here = await firm(YAML);
    for (let i = 0; i < PUSHES; i++) {
      here.system('hr').put('person', idOf(i), { id: idOf(i), name: `Person ${i}`, title: 'Clerk', active: 'yes' });
      here.system('dir').put('person', idOf(i), { number: idOf(i), cn: `Person ${i}`, title: 'Clerk', active: 'yes' });
    }
    await here.first();
    expect(off()).toBe(0);

    const services = { config: here.config, store: here.store, wall: () => here.now };
    let most = 0;
    let told = 0;
    const client = async (first: number): Promise<void> => {
      for (let i = first; i < PUSHES; i += CLIENTS) {
        const set = i % OTHERS === 0 ? { title: 'Boss' } : { active: 'no' };
        const change = { op: 'patch', kind: 'person', anchor: idOf(i), set } as const;
        const { faults, settled } = await push({ connection: 'hr', change, by: 'webhook' }, services);
        expect(faults).toEqual([]);
        const report = await settled;
        expect(report.faults).toEqual([]);
        if (report.notices.some((notice) => notice.kind === 'gate')) told++;
        // What was sent is never taken back: it is enough to look now and then.
        if (i % 97 === 0) most = Math.max(most, off());
        if (i % OTHERS === 0) expect(here.system('dir').get('person', idOf(i))?.attributes['title']).toBe('Boss');
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, first) => client(first)));
    most = Math.max(most, off());
    expect(most).toBeLessThanOrEqual(LIMIT);
    // Who pushes what is held is told so.
    expect(told).toBeGreaterThanOrEqual(PUSHES - PUSHES / OTHERS - most);
    // It is the limit that stops them: what comes at once is held together.
    expect(most).toBeGreaterThan(LIMIT - 20);
    const states = await here.store.exports.counts('dir');
    expect(states).toEqual({ held: PUSHES - PUSHES / OTHERS - most });
    for (const before of ['a run', 'a restart']) {
      if (before === 'a restart') await here.restart();
      await here.run({ profile: 'delta-sync' });
      await here.run({ profile: 'export' });
      expect(off()).toBe(most);
    }
  },
  PUSHES * 300,
);
