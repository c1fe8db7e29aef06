/** Active Directory that accounts are written to, and what happens to it: as of OpenLDAP in directories-write. */
import { expect } from 'vitest';
import type { SambaServer } from '../../scripts/servers/samba.ts';
import { sambaOfFile, testOnSamba } from '../servers/samba.ts';
import { anchorOf, rename, stagedNames } from './directories.ts';
import { domain } from './domains.ts';
import { afterWrites, answersLostAfter, heal, type Target, targetOf } from './target-directory.ts';

const PEOPLE = 30;
const shared = sambaOfFile();

interface House extends Target {
  readonly server: SambaServer;
}

async function house(more: object = {}): Promise<House> {
  const server = await shared();
  return { ...(await targetOf(await domain(server), PEOPLE, more)), server };
}

testOnSamba(
  'creates of which the answers are lost, and a server that is killed in the middle of them: each account once, and all of them',
  async () => {
    await using at = await house();
    await at.firm.run();
    await at.firm.approve('dir');
    answersLostAfter(at, 5);
    expect((await at.run()).faultCount).toBeGreaterThan(0);
    heal(at);
    let killed: Promise<void> | undefined;
    afterWrites(at, 5, () => {
      killed = at.server.kill();
    });
    expect((await at.run()).faultCount).toBeGreaterThan(0);
    await killed!;
    await at.server.start();
    heal(at);
    await at.expectSettled(() => 'cn: ');
  },
);

testOnSamba('lost answers, silence, another password, a refused value: each account gets what HR says', async () => {
  await using at = await house({ timeoutSeconds: 2 });
  await at.firm.first();
  const { directory, proxy } = at;
  const title = (text: string) => at.everybody(() => ({ title: text }));

  title('First');
  answersLostAfter(at, 20);
  await at.run();
  heal(at);
  at.everybody((number) => ({ title: number % 2 === 0 ? 'Second' : 'First' }));
  afterWrites(at, 5, () => {
    proxy.silent = true;
  });
  await at.run();
  heal(at);
  await at.expectSettled((number) => `title: ${number % 2 === 0 ? 'Second' : 'First'}`);

  await directory.password('Some-other-2');
  proxy.cut();
  title('Third');
  const before = await at.entries();
  expect((await at.run()).faults.map(({ kind }) => kind)).toContain('authentication');
  expect(await at.entries()).toEqual(before);
  await directory.password(null);

  at.everybody((number) => ({ title: number === 7 ? 'x'.repeat(200) : 'Fits' }));
  expect((await at.run()).faults).toMatchObject([{ kind: 'invalidValue', where: { connection: 'dir', attribute: 'title' } }]);
  const fitting = [...(await at.entries()).values()].filter((entry) => entry.includes('title: Fits'));
  expect(fitting).toHaveLength(PEOPLE - 1);
  title('Fits');
  await at.expectSettled(() => 'title: Fits');
});

testOnSamba('a base that is moved away and back, an older state, a renamed unit: everybody stays who they are', async () => {
  await using at = await house();
  const { directory, server } = at;
  const { admin, unit } = directory;
  await at.firm.first();
  await at.run();
  await server.save();
  at.everybody(() => ({ title: 'Wherever' }));
  const [rdn, ...parent] = unit.split(',');
  await rename(admin, unit, 'OU=away');
  expect((await at.run()).faultCount).toBeGreaterThan(0);
  await rename(admin, ['OU=away', ...parent].join(), rdn!);
  await at.run();
  expect([...(await at.entries()).values()].filter((entry) => entry.includes('title: Wherever'))).toHaveLength(PEOPLE);

  at.everybody(() => ({ title: 'Written before' }));
  await at.run();
  await at.run();
  await server.restore();
  const { faults } = await at.run();
  expect(faults).toMatchObject([{ kind: 'conflict', message: expect.stringContaining('older') }]);
  await at.expectSettled(() => 'title: Written before');

  const anchors = async () => [...(await at.entries()).values()].map(anchorOf).sort();
  const before = await anchors();
  await rename(admin, directory.people, 'OU=humans');
  for (let i = 0; i < 3; i++) expect((await at.run()).faults).toEqual([]);
  expect(await anchors()).toEqual(before);
  const now = await at.entries();
  const members = now.get(directory.group('team'))!.match(/^member: CN=.*,OU=humans,/gm);
  expect(members).toHaveLength(20);
  const people = new Map([...now].filter(([dn]) => dn.includes('OU=humans')));
  expect(people.size).toBe(PEOPLE);
  const staged = await stagedNames(at.firm, 'dir', people);
  expect([...staged.values()]).toEqual([...staged.keys()]);
  await at.run('full-import');
  await at.run();
  expect(await at.entries()).toEqual(now);
});

testOnSamba('who is renamed is renamed there, and stays in groups, which the domain sees to by itself', async () => {
  await using at = await house();
  await at.firm.first();
  await at.run();
  const hr = at.firm.system('hr');
  for (const number of [0, 1]) {
    const { attributes } = hr.get('person', at.uids[number]!)!;
    hr.put('person', at.uids[number]!, { ...attributes, name: `Other ${number}` });
  }
  for (let i = 0; i < 2; i++) expect((await at.run()).faults).toEqual([]);
  const members = (await at.entries()).get(at.directory.group('team'))!.match(/^member: CN=.*$/gm)!;
  expect(members).toHaveLength(20);
  expect(members.filter((one) => one.includes('CN=Other'))).toHaveLength(2);
  expect(await at.run()).toMatchObject({ status: 'done', faults: [], rowsWritten: 0 });
});
