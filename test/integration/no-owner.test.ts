/** Who keeps a person, and for how long after: `owner` and the grace that nobody set (SEMANTICS 11). */
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from '#config/load';
import { CONNECTORS } from '../../src/registry.ts';
import { type Firm, firm, HOUR } from './firm.ts';

const yaml = (owner: string) => `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: hr
    ${owner}
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id } } }
  dir:
    type: memory
    system: dir
    mode: on
    import: { person: { join: employeeId, attributes: { employeeId: id } } }
    export: { person: { provision: true, anchor: employeeId, attributes: { id: employeeId } } }
    deprovision: { action: delete }
`;
const DAY = 24 * HOUR;

let here: Firm;
afterEach(() => here.close());
const accounts = () =>
  here
    .system('dir')
    .objects()
    .map(({ anchor }) => anchor);
const state = async (id: string) => {
  const { objectId } = (await here.account('hr', id))!;
  return (await here.store.sync.objects([objectId!]))[0]!.state;
};
async function begun(owner: string): Promise<void> {
  here = await firm(yaml(owner));
  for (const id of ['p1', 'p2', 'p3']) here.system('hr').put('person', id, { id });
  await here.first();
}
const warnings = async () => {
  const loaded = await loadConfiguration({ file: here.config.file, definitions: CONNECTORS, env: {} });
  return loaded.ok ? loaded.warnings.map((one) => one.message) : [];
};
const NOBODY = expect.stringContaining('no connection that imports person is marked as owner');

describe.each(['owner: false', ''])('where nobody is an owner (%s)', (owner) => {
  it('nobody leaves by being absent, and the check says so', async () => {
    await begun(owner);
    expect(await warnings()).toEqual([NOBODY]);
    here.system('hr').remove('person', 'p1');
    await here.run();
    expect(accounts()).toEqual(['p1', 'p2', 'p3']);
    expect(await state('p1')).toBe('active');
  });
});

describe('where HR is the owner', () => {
  it('a leaver is leaving for 30 days without a word about it, then gone', async () => {
    await begun('owner: true');
    expect(await warnings()).toEqual([]);
    here.system('hr').remove('person', 'p1');
    await here.run();
    expect([accounts(), await state('p1')]).toEqual([['p2', 'p3'], 'leaving']);
    here.now += 30 * DAY - 1;
    await here.run();
    expect(await state('p1')).toBe('leaving');
    here.now += 1;
    await here.run();
    expect(await state('p1')).toBe('gone');
  });

  it('that it is one, or is none any more, is a changed rule; who left meanwhile stays away', async () => {
    await begun('owner: true');
    here.system('hr').remove('person', 'p1');
    await here.run();
    await here.restart(yaml('owner: false'));
    expect((await here.run()).notices).toMatchObject([{ kind: 'rulesChanged', connection: 'hr' }]);
    here.system('hr').remove('person', 'p2');
    await here.run();
    expect([accounts(), await state('p1'), await state('p2')]).toEqual([['p2', 'p3'], 'leaving', 'active']);
    await here.restart(yaml('owner: true'));
    expect((await here.run()).notices).toMatchObject([{ kind: 'rulesChanged', connection: 'hr' }]);
    expect([accounts(), await state('p2')]).toEqual([['p3'], 'leaving']);
  });
});
