/** Active Directory under the engine: changes followed without a full read, protected accounts, and members of another forest. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { sidText } from '#protocols/ldap/ids';
import { ldap } from '../servers/ldap-programs.ts';
import { edit, freshUnit, sharedSamba, startSamba, testOnSamba, user } from '../servers/samba.ts';
import { type Firm, firm } from './firm.ts';

type Server = Awaited<ReturnType<typeof sharedSamba>>;

let here: Firm | null = null;
afterEach(async () => {
  await here?.close();
  here = null;
});

/** What every connection to this server says. */
async function reaching(server: Server, base: string): Promise<string> {
  const password = join(server.folder, 'password.txt');
  await writeFile(password, server.admin.password);
  return `type: ldap
    url: ${server.ldaps}
    tls: { ca: ${server.caFile} }
    bind: { dn: ${server.admin.upn}, password: "\${file:${password}}" }
    base: ${base}`;
}

async function sidOf(server: Server, dn: string): Promise<Buffer> {
  const at = { url: server.ldaps, ...server.admin, caFile: server.caFile };
  return Buffer.from(/^objectSid:: (.*)$/m.exec(await ldap('ldapsearch', at, ['-b', dn, 'objectSid']))![1]!, 'base64');
}

testOnSamba(
  'a member of another forest is the person whom its connection knows by the SID, and waited for until it does',
  async () => {
    // Of its own: members from elsewhere leave something behind in a domain.
    await using lab = await startSamba();
    await using unit = await freshUnit(lab);
    await using other = await startSamba({ realm: 'OTHER.EXAMPLE' });
    const [ada, bea] = [`CN=ada,${unit.dn}`, `CN=bea,CN=Users,${other.base}`];
    await edit(lab, user(ada, 'displayName: Ada\n'));
    await edit(other, user(bea, 'displayName: Bea\n'));
    const cy = `CN=cy,CN=Users,${other.base}`;
    await edit(other, user(cy));
    const foreign = await Promise.all([bea, cy].map(async (dn) => `member: <SID=${sidText(await sidOf(other, dn))}>\n`));
    await edit(lab, `dn: CN=team,${unit.dn}\nobjectClass: group\nmember: ${ada}\n${foreign.join('')}\n`);
    here = await firm(`store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 100 }, member: { percent: 100, count: 100 } }
connections:
  lab:
    ${await reaching(lab, unit.dn)}
    owner: true
    import: { person: { join: sid, project: true, attributes: { sid: objectSid, displayName: displayName } } }
  other:
    ${await reaching(other, `CN=Users,${other.base}`)}
    owner: true
    filter: (displayName=*)
    import: { person: { join: sid, project: true, attributes: { sid: objectSid, displayName: displayName } } }
  groups:
    ${await reaching(lab, `[ "${unit.dn}", "CN=ForeignSecurityPrincipals,${lab.base}" ]`)}
    kinds: { foreignSecurityPrincipal: person }
    owner: true
    import:
      person: { filter: 'row.objectSid.startsWith("S-1-5-21-")', join: sid, many: true, attributes: { sid: objectSid } }
      group: { join: name, project: true, attributes: { name: cn, member: { reference: member, by: name } } }
  dir:
    type: memory
    system: dir
    export:
      person: { provision: true, anchor: displayName, attributes: { cn: displayName } }
      group: { provision: true, anchor: name, attributes: { cn: name, member: member } }
`);
    await here.first();
    expect(here.system('dir').get('group', 'team')?.attributes['member']).toEqual(['Ada', 'Bea']);
    expect(await here.parked('unjoined')).toHaveLength(1);
    // Told by the other domain, since the place of the last read.
    await edit(other, `dn: ${cy}\nchangetype: modify\nadd: displayName\ndisplayName: Cy\n\n`);
    await here.run();
    expect(here.system('dir').get('group', 'team')?.attributes['member']).toEqual(['Ada', 'Bea', 'Cy']);
    expect(await here.parked('unjoined')).toEqual([]);
  },
);

testOnSamba(
  'accounts are made and followed in the domain, those of administrators and of the system are left alone',
  async () => {
    const lab = await sharedSamba();
    await using unit = await freshUnit(lab);
    const own = unit.dn.slice(4, 10);
    const root = `CN=root,${unit.dn}`;
    await edit(lab, user(root, `sAMAccountName: ${own}-root\nemployeeID: 1\ndisplayName: Root\nadminCount: 1\n`));
    here = await firm(`store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 100 }, update: { percent: 100, count: 100 } }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, manager: { reference: boss } } } }
  dir:
    ${await reaching(lab, unit.dn)}
    import: { person: { join: employeeId, attributes: { employeeId: employeeID } } }
    export:
      person:
        provision: true
        dn: \${"CN=" + person.displayName + ",${unit.dn}"}
        enabled: { attribute: enabled, on: true, off: false }
        attributes:
          sAMAccountName: \${"${own}-" + person.employeeId}
          employeeID: employeeId
          displayName: displayName
          manager: { value: manager, by: name }
          unicodePwd: { value: '\${"First-pass-" + person.employeeId}', strength: onCreate }
    deprovision: { action: disable }
`);
    const hr = here.system('hr');
    hr.put('person', '1', { id: '1', name: 'Root of all' });
    hr.put('person', '2', { id: '2', name: 'Bea' });
    hr.put('person', '3', { id: '3', name: 'Cy', boss: '2' });
    await here.first();
    const at = { url: lab.ldaps, ...lab.admin, caFile: lab.caFile };
    const shown = async () => {
      const wanted = ['userAccountControl', 'manager', 'displayName'];
      const text = await ldap('ldapsearch', at, ['-b', unit.dn, '(objectClass=user)', ...wanted]);
      return Object.fromEntries(
        text
          .trim()
          .split('\n\n')
          .map((entry) => {
            const [dn, ...lines] = entry.split('\n');
            return [/CN=([^,]*)/.exec(dn!)![1]!, lines.map((line) => line.replaceAll(`,${unit.dn}`, '')).sort()];
          }),
      );
    };
    const untouched = ['displayName: Root', 'userAccountControl: 546'];
    const cy = ['displayName: Cy', 'manager: CN=Bea', 'userAccountControl: 512'];
    expect(await shown()).toEqual({ root: untouched, Bea: ['displayName: Bea', 'userAccountControl: 512'], Cy: cy });
    // By the changes that the domain tells of: what somebody edited is mended, who left is disabled, and a rename is followed.
    await edit(lab, `dn: CN=Cy,${unit.dn}\nchangetype: modify\nreplace: displayName\ndisplayName: Else\n\n`);
    hr.put('person', '2', { id: '2', name: 'Bea B' });
    hr.remove('person', '1');
    const report = await here.run();
    expect(report.faults).toEqual([]);
    expect(await shown()).toEqual({
      root: untouched,
      'Bea B': ['displayName: Bea B', 'userAccountControl: 512'],
      Cy: ['displayName: Cy', 'manager: CN=Bea B', 'userAccountControl: 512'],
    });
  },
);
