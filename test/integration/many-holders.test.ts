/** SEMANTICS 10: a directory mends what refers to a name without a word, and of more than may be looked up one by one everything is read. */
import { afterEach, expect } from 'vitest';
import { formatChange, formatEntry } from '#protocols/ldap/ldif-write';
import { ldap as program } from '../servers/ldap-programs.ts';
import { startSlapd, testOnSlapd } from '../servers/slapd.ts';
import { directoryYaml } from './directories.ts';
import { type Firm, firm } from './firm.ts';
import { unlimited } from './hr-and-directory.ts';

/** One more than is looked up. */
const HOLDERS = 1_001;

let here: Firm | undefined;
afterEach(() => here?.close());

testOnSlapd('the name of whom a thousand and one refer to goes to somebody else: they refer to whom they did', async () => {
  await using server = await startSlapd({ overlays: ['refint', 'syncprov', 'accesslog'], sizeLimit: 5_000 });
  const dn = (uid: string): string => `uid=${uid},${server.suffix}`;
  const entry = (uid: string, number: string, manager?: string): string =>
    formatEntry(dn(uid), {
      objectClass: ['inetOrgPerson'],
      uid: [uid],
      cn: [uid],
      sn: [uid],
      employeeNumber: [number],
      ...(manager === undefined ? {} : { manager: [dn(manager)] }),
    });
  const holders = Array.from({ length: HOLDERS }, (_, i) => `p${i}`);
  await server.slapadd([entry('boss', 'boss'), ...holders.map((uid) => entry(uid, uid, 'boss'))].join(''));
  here = await firm(`store: sqlite:rollcall.db
gates: { ${unlimited('create', 'update', 'attribute', 'empty')} }
connections:
  hr:
    type: ldap
    owner: true
${await directoryYaml(server, { base: server.suffix, filter: '(uid=*)', timeoutSeconds: 20 })}    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: employeeNumber, manager: { reference: manager, by: name } }
  dir:
    type: memory
    system: dir
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, boss: manager } }
`);
  const managers = (): ReadonlySet<unknown> =>
    new Set(holders.map((uid) => here!.system('dir').get('person', uid)?.attributes['boss']));
  const cursor = async (): Promise<string | null> =>
    (await here!.store.spaces.states()).find(({ name }) => name === 'hr')!.cursor;
  await here.first();
  expect(managers()).toEqual(new Set(['boss']));

  const at = { url: server.ldap, ...server.admin };
  const changes = formatChange({ type: 'rename', dn: dn('boss'), newRdn: 'uid=chief', deleteOldRdn: true });
  await program('ldapmodify', at, [], changes);
  // The server mends what refers to her a little later, by itself.
  const left = (): Promise<string> => program('ldapsearch', at, ['-b', server.suffix, `(manager=${dn('boss')})`, '1.1']);
  await expect.poll(left, { timeout: 20_000 }).toBe('');
  await program('ldapadd', at, [], entry('boss', 'other'));
  const looked = here.system('dir').counts.updated;
  // Told of one that was renamed and one that is new, it reads everybody.
  const { connections } = await here.run();
  expect(connections[0]).toMatchObject({ connection: 'hr', seen: HOLDERS + 2 });
  expect([managers(), await cursor()]).toEqual([new Set(['boss']), expect.any(String)]);
  expect(here.system('dir').counts.updated).toBe(looked);
  expect(await here.run()).toMatchObject({ faults: [], rowsWritten: 0 });
});
