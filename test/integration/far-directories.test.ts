/** Directories that take five seconds for an answer: a check, a read and writes wait for a few answers. */
import { expect } from 'vitest';
import type { Between } from '../servers/proxy.ts';
import { sambaOfFile, testOnSamba } from '../servers/samba.ts';
import { slapdOfFile } from '../servers/slapd.ts';
import { type Directory, entriesBelow, NO_GATES, openldap } from './directories.ts';
import { domain } from './domains.ts';
import { type Place, place } from './place.ts';

const [ours, theirs] = [slapdOfFile(), sambaOfFile()];
/** As many as are written at once. */
const PEOPLE = 15;

interface Pair {
  readonly from: Directory;
  readonly to: Directory;
  readonly here: Place;
  /** The far one. */
  readonly proxy: Between;
}

/** People of one have accounts in the other; `far` is not so far yet. */
async function pair(name: string, from: Directory, to: Directory, far: 'source' | 'target'): Promise<Pair> {
  await from.populate(Array.from({ length: PEOPLE }, (_, at) => `${name}${at}`));
  const [source, target] = [await from.proxy(), await to.proxy()];
  const here = await place(`store: sqlite:rollcall.db
${NO_GATES}
connections:
  hr:
    type: ldap
    owner: true
${await from.yaml({ url: source.url, timeoutSeconds: 30 })}    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: employeeNumber, familyName: cn, title: title, manager: { reference: manager, by: name } }
  book:
    type: ldap
${await to.yaml({ url: target.url, timeoutSeconds: 30 })}    import:
      person: { join: employeeId, attributes: { employeeId: employeeNumber } }
    export:
      person:
        provision: true
        dn: \${"cn=" + person.familyName + ",${to.people}"}
        attributes: { ${to.account.attributes}, employeeNumber: employeeId, sn: familyName, title: title, manager: { value: manager, by: name } }
    deprovision: { action: delete }
`);
  await here.first();
  await here.run();
  return { from, to, here, proxy: far === 'source' ? source : target };
}

/** Everybody has another title. Answers how often an answer was waited for. */
async function atADistance({ from, to, here, proxy }: Pair): Promise<number> {
  const named = await entriesBelow(from.admin, from.unit, '(employeeNumber=*)');
  const changes = [...named.keys()].map((dn) => `dn: ${dn}\nchangetype: modify\nreplace: title\ntitle: Far\n`);
  await from.change(changes.join('\n'));
  const before = proxy.turns;
  proxy.delayMs = 2500;
  const [checked, ran] = await Promise.all([here.call('check'), here.run()]);
  expect(checked).toMatchObject({ code: 0 });
  expect(ran).toMatchObject({ status: 'done', faults: [] });
  expect((await entriesBelow(to.admin, to.unit, '(title=Far)')).size).toBe(PEOPLE);
  return proxy.turns - before;
}

testOnSamba('OpenLDAP and Active Directory at a distance, as source and as target', async () => {
  const [slapd, samba] = [await ours(), await theirs()];
  const [one, other] = [() => openldap(slapd), () => domain(samba)];
  const pairs = [
    await pair('a', await one(), await other(), 'source'),
    await pair('b', await one(), await other(), 'target'),
    await pair('c', await other(), await one(), 'source'),
    await pair('d', await other(), await one(), 'target'),
  ];
  try {
    const turns = await Promise.all(pairs.map(atADistance));
    // To sign in, and to see who is there and what it knows, three each for the check and for the run, whether the base is there, and a word at the
    // end of both.
    const [bySyncrepl, toDomain, byDirSync, toOpenldap] = turns.map((all) => all - 9) as [number, number, number, number];
    expect(bySyncrepl).toBeLessThanOrEqual(1);
    expect(byDirSync).toBeLessThanOrEqual(3);
    // The changes there, who it is now, and the write; Active Directory shows only afterwards what it made of it. Of slow servers not all answers come at once.
    expect(toOpenldap).toBeLessThan(PEOPLE - 3);
    expect(toDomain).toBeLessThan(PEOPLE - 3);
  } finally {
    for (const { here, proxy } of pairs) {
      await here.remove();
      await proxy[Symbol.asyncDispose]();
    }
  }
});
