/** SEMANTICS 6, 7 and 9: what a target does not show for a while is neither taken as empty nor written, and protects as it did. */
import { afterEach, describe, expect, it } from 'vitest';
import { acceptRead } from '#decisions/reads';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const UNLIMITED = unlimited('create', 'update', 'attribute', 'empty', 'member', 'disable', 'delete');
interface Extra {
  readonly target?: string;
  /** What the target hides, and in how many reads; the first two show all. */
  readonly hides?: string;
  readonly times?: number;
  readonly mode?: 'on' | 'hold';
  readonly account?: string;
  readonly attributes?: string;
  /** What the target says itself. */
  readonly known?: string;
  readonly top?: string;
}
const yaml = ({ target = '', hides, times = 2, mode = 'on', account = '', attributes = '', known = '', top = '' }: Extra) =>
  hrAndDirectory({
    top: `gates: { ${UNLIMITED} }\nattributes: { person: { tags: { multi: true } } }\n${top}`,
    read: 'displayName: name, phone: phone, tags: tags',
    dir: `deltas: false
mode: ${mode}
${hides === undefined ? '' : `faults: [{ on: read, after: 2, times: ${times}, do: { hide: [${hides}] } }]`}
${target}`,
    account,
    known,
    written: `cn: displayName${attributes}`,
  });

let here: Firm;
afterEach(() => here.close());
const numbers = Array.from({ length: 60 }, (_, i) => i);
const each = <T>(of: (i: number) => T): T[] => numbers.map(of);
const hr = (i: number, more: object = {}) =>
  here.system('hr').put('person', `p${i}`, { id: `p${i}`, name: `Person ${i}`, ...more });
const dir = (i: number, more: object = {}) => here.system('dir').put('person', `p${i}`, { number: `p${i}`, ...more });
const shown = (i: number, attribute: string) => here.system('dir').get('person', `p${i}`)?.attributes[attribute];
const values = (attribute: string) => each((i) => shown(i, attribute));
/** What a run a day later says. */
const next = async (profile: 'cycle' | 'full-import' | 'full-sync' = 'cycle') => {
  here.now += 24 * HOUR;
  const { notices } = await here.run({ profile });
  return [...new Set(notices.map((one) => one.kind))];
};

describe.each([[`protect: 'row.adminCount == "1"'`], [`protect: 'has(row.adminCount)'`]])('%s', (target) => {
  const root = (i: number, more: object = {}) => dir(i, { cn: `Root ${i}`, ...more });
  const roots = each((i) => `Root ${i}`);
  const people = each((i) => `Person ${i}`);
  const out = async () => {
    here = await firm(yaml({ target }));
    for (const i of numbers) {
      hr(i);
      root(i, { adminCount: '1' });
    }
    await here.first();
    for (const i of numbers) root(i);
    expect(await next()).toEqual(['outage']);
  };

  it('protects while nobody can tell, and not once a person says that nothing is there', async () => {
    await out();
    hr(1, { name: 'Renamed' });
    root(1, { note: 'x' });
    await next('full-import');
    await next('full-sync');
    expect(await next()).toEqual(['outage']);
    expect(values('cn')).toEqual(roots);

    hr(1);
    const accept = { connection: 'dir', accept: 'person.adminCount' };
    await acceptRead(accept, { by: 'Ada', reason: 'looked at it', at: here.now }, here);
    expect(await next()).toEqual([]);
    expect(await next()).toEqual([]);
    expect(values('cn')).toEqual(people);
  });

  it('leaves those alone that are met meanwhile', async () => {
    await out();
    hr(60);
    root(60);
    await next();
    await next();
    expect(shown(60, 'cn')).toBe('Root 60');
    for (const i of numbers) root(i, { adminCount: '1' });
    expect(await next()).toEqual([]);
    expect([...values('cn'), shown(60, 'cn')]).toEqual([...roots, 'Person 60']);
  });
});

describe('an attribute that the target does not show now', () => {
  const attributes =
    ', tel: { value: phone, strength: ifEmpty }, tags: { value: tags, multi: true, values: ours }, title: displayName';
  const hides = 'tel, tags, title';

  it('is not written, whatever its flow is, and followed again when it is back', async () => {
    here = await firm(yaml({ hides, attributes }));
    for (const i of numbers) {
      hr(i, { phone: `hr ${i}`, tags: ['a'] });
      dir(i, { cn: `Person ${i}`, title: `Person ${i}`, tel: `own ${i}`, tags: ['b', 'c'] });
    }
    await here.first();
    for (const i of numbers) hr(i, { name: 'New', phone: 'new', tags: ['a', 'd'] });
    for (let i = 0; i < 2; i++) expect(await next()).toEqual(['outage']);
    expect(values('cn')).toEqual(each(() => 'New'));
    const asBefore = { tel: each((i) => `own ${i}`), title: each((i) => `Person ${i}`), tags: each(() => ['a', 'b', 'c']) };
    expect({ tel: values('tel'), title: values('title'), tags: values('tags') }).toEqual(asBefore);

    for (let i = 0; i < 2; i++) expect(await next()).toEqual([]);
    const asWanted = { ...asBefore, title: each(() => 'New'), tags: each(() => ['a', 'b', 'c', 'd']) };
    expect({ tel: values('tel'), title: values('title'), tags: values('tags') }).toEqual(asWanted);
  });

  it('is not written by a wish from before', async () => {
    here = await firm(yaml({ hides, times: 1, attributes }));
    for (const i of numbers) {
      hr(i, i === 0 ? {} : { phone: `hr ${i}` });
      dir(i, { cn: `Person ${i}`, title: `Person ${i}` });
    }
    await here.first();
    hr(0, { phone: 'hr 0' });
    await here.restart(yaml({ mode: 'hold', attributes }));
    await here.run({ profile: 'delta-import', connections: ['hr'] });
    await here.run({ profile: 'delta-sync' });
    expect((await here.account('dir', 'p0'))?.export?.wanted).toBe('{"tel":"hr 0"}');
    await here.restart(yaml({ hides, times: 1, attributes }));
    expect(await next()).toEqual(['outage']);
    expect(shown(0, 'tel')).toBeUndefined();
    expect(await next()).toEqual([]);
    expect(shown(0, 'tel')).toBe('hr 0');
  });

  it('is no account that somebody enabled by hand, and who comes back is enabled once it is shown', async () => {
    const account = "enabled: { attribute: active, on: 'yes', off: 'no' }";
    const target = 'deprovision: { action: disable }';
    here = await firm(yaml({ hides: 'active', times: 2, account, target }).replace('after: 2', 'after: 4'));
    for (const i of numbers) {
      hr(i);
      dir(i, { cn: `Person ${i}`, active: 'yes' });
    }
    await here.first();
    here.system('hr').remove('person', 'p1');
    here.system('hr').remove('person', 'p2');
    for (let i = 0; i < 2; i++) expect(await next()).toEqual([]);
    expect([shown(1, 'active'), shown(2, 'active')]).toEqual(['no', 'no']);
    expect(await next()).toEqual(['outage']);
    expect(await here.parked('enabledByHand')).toEqual([]);
    hr(1);
    expect(await next()).toEqual(['outage']);
    expect([shown(1, 'active'), shown(2, 'active')]).toEqual(['no', 'no']);
    expect(await next()).toEqual([]);
    expect([shown(1, 'active'), shown(2, 'active')]).toEqual(['yes', 'no']);
  });
});

describe('what is remembered as ours of an attribute that goes both ways', () => {
  const both: Extra = {
    hides: 'tel, tags',
    attributes: ', tel: phone, tags: { value: tags, multi: true }',
    known: 'phone: tel',
    top: 'precedence: { person: { phone: [dir, hr] } }',
  };
  const start = async (more: Extra = {}, after = 2) => {
    here = await firm(yaml({ ...both, ...more }).replace('after: 2', `after: ${after}`));
    for (const i of numbers) {
      hr(i, { phone: `hr ${i}` });
      dir(i, { cn: `Person ${i}` });
    }
    await here.first();
    expect(values('tel')).toEqual(each((i) => `hr ${i}`));
  };
  const undone = async () =>
    (await Promise.all(each((i) => here.account('dir', `p${i}`)))).filter((row) => row!.steps?.includes('undone')).length;

  it('an outage ends nothing: it stays an echo while it is out, and after it', async () => {
    await start();
    for (const i of numbers) hr(i, { phone: `new ${i}` });
    expect(await next()).toEqual(['outage']);
    expect(await here.account('dir', 'p1')).toMatchObject({ confirmed: expect.stringContaining('"tel":"hr 1"'), steps: null });
    expect(await next()).toEqual(['outage']);
    expect(await next()).toEqual([]);
    expect(values('tel')).toEqual(each((i) => `new ${i}`));
    expect(await undone()).toBe(0);
  });

  it.each([
    ['by its answer', '', 2],
    ['by a read', 'answers: anchor\nlookup: false', 3],
  ])('what was sent right before the outage is ours when it is shown again, proven %s', async (_, target, reads) => {
    await start({ hides: 'tel', target }, reads);
    for (const i of numbers) hr(i, { phone: `new ${i}` });
    // Written after the last read that showed all, and first looked at by one that does not.
    await here.run({ profile: 'full-import', connections: ['hr'] });
    await here.run({ profile: 'full-sync' });
    await here.run({ profile: 'export' });
    expect(values('tel')).toEqual(each((i) => `new ${i}`));
    for (const i of numbers) hr(i, { phone: `newer ${i}` });
    for (let i = 0; i < 2; i++) expect(await next()).toEqual(['outage']);
    for (let i = 0; i < 2; i++) expect(await next()).toEqual([]);
    expect(values('tel')).toEqual(each((i) => `newer ${i}`));
    expect(await undone()).toBe(0);
  });

  it('once somebody says that nothing is there, what was emptied was changed there', async () => {
    await start({ times: 4 });
    expect(await next()).toEqual(['outage']);
    expect(await undone()).toBe(0);
    await acceptRead({ connection: 'dir', accept: 'person.tel' }, { by: 'Ada', reason: 'looked at it', at: here.now }, here);
    await next('full-import');
    expect(await undone()).toBe(60);
  });

  it('a value that one account lost was changed there', async () => {
    await start({ hides: 'other' });
    dir(1, { cn: 'Person 1' });
    await next('full-import');
    expect(await undone()).toBe(1);
  });
});
