/**
 * What directories were always synchronised for, between a real Active Directory, OpenLDAP and PostgreSQL: people, groups and managers of a
 * domain, business data from a table, only the changes afterwards, pictures and numbers written back; LDIF in place of the domain; two forests
 * and a master of users in one person.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, expect } from 'vitest';
import type { SambaTold } from '../../scripts/servers/samba.ts';
import { directoryYaml, NO_GATES, newUnit } from '../integration/directories.ts';
import { type Firm, firm } from '../integration/firm.ts';
import { ldap } from '../servers/ldap-programs.ts';
import { edit, freshUnit, sharedSamba, startSamba, testOnSamba, user } from '../servers/samba.ts';
import { slapdOfFile } from '../servers/slapd.ts';
import { POSTGRES, type SqlDatabase } from '../servers/sql-databases.ts';

const openldap = slapdOfFile();
let here: Firm | null = null;
let database: SqlDatabase | null = null;
afterEach(async () => {
  await here?.close();
  await database?.remove();
  here = database = null;
});

/** What every connection to this domain says. */
async function domainYaml(server: SambaTold, base: string): Promise<string> {
  const password = join(server.folder, 'password.txt');
  await writeFile(password, server.admin.password);
  return `    type: ldap
    url: ${server.ldaps}
    tls: { ca: ${server.caFile} }
    bind: { dn: ${server.admin.upn}, password: "\${file:${password}}" }
    base: ${base}
`;
}

/** Entries of a directory as lines, without the unit they are in. */
async function linesOf(base: string, names: readonly string[]): Promise<readonly string[]> {
  const server = await openldap();
  const text = await ldap('ldapsearch', { url: server.ldap, ...server.admin }, [
    '-b',
    base,
    '(!(objectClass=organizationalUnit))',
    ...names,
  ]);
  const entries = text
    .trim()
    .split('\n\n')
    .filter((entry) => entry !== '');
  return entries.map((entry) => entry.replaceAll(`,${base}`, '').split('\n').sort().join(' | ')).sort();
}

const PERSON =
  'employeeId: employeeID, login: sAMAccountName, displayName: displayName, familyName: sn, mail: mail, manager: { reference: manager, by: name }';
const SHOWN = ['uid', 'cn', 'mail', 'manager', 'member', 'departmentNumber'];

/** The directory that is kept in step: people and groups. */
const target = async (unit: string, more = ''): Promise<string> => `  book:
    type: ldap
${await directoryYaml(await openldap(), { base: unit })}    export:
      person:
        provision: true
        dn: \${"uid=" + person.login + ",ou=people,${unit}"}
        attributes:
          uid: login
          cn: displayName
          sn: familyName
          mail: mail
          departmentNumber: costCentre
          manager: { value: manager, by: name }
${more}      group:
        provision: true
        dn: \${"cn=" + group.name + ",ou=groups,${unit}"}
        attributes: { cn: name, member: { value: member, by: name } }
`;

const GROUPS = 'group: { project: true, attributes: { name: cn, member: { reference: member, by: name } } }';
const ATTRIBUTES = 'attributes: { person: { costCentre: string } }';

/** Managers in a circle of arrivals: Ada comes before her manager Cy, Bo after his manager Ada. */
async function people(lab: SambaTold, unit: string): Promise<void> {
  for (const [i, uid] of ['ada', 'bo', 'cy'].entries()) {
    const lines = `sAMAccountName: ${unit.slice(4, 10)}${uid}\nemployeeID: ${unit.slice(4, 10)}${i}\nsn: ${uid}\nmail: ${uid}@${unit.slice(4, 10)}.example\n`;
    await edit(lab, user(`CN=${uid},${unit}`, `displayName: ${uid} of all\n${lines}`));
  }
  const manager = (uid: string, of: string): string =>
    `dn: CN=${uid},${unit}\nchangetype: modify\nreplace: manager\nmanager: CN=${of},${unit}\n\n`;
  await edit(lab, manager('ada', 'cy') + manager('bo', 'ada'));
  await edit(lab, `dn: CN=team,${unit}\nobjectClass: group\nmember: CN=cy,${unit}\nmember: CN=ada,${unit}\n\n`);
}

const expected = (
  tag: string,
  { cy = 'cy of all', member = ['ada', 'cy'], centre = ['K0', 'K1', 'K2'] } = {},
): readonly string[] => {
  const line = (parts: readonly string[]): string => [...parts].sort().join(' | ');
  const person = (uid: string, i: number, manager?: string): string =>
    line([
      `dn: uid=${tag}${uid},ou=people`,
      `uid: ${tag}${uid}`,
      `cn: ${uid === 'cy' ? cy : `${uid} of all`}`,
      `mail: ${uid}@${tag}.example`,
      ...(centre.length === 0 ? [] : [`departmentNumber: ${centre[i]}`]),
      ...(manager === undefined ? [] : [`manager: uid=${tag}${manager},ou=people`]),
    ]);
  const team = line(['dn: cn=team,ou=groups', 'cn: team', ...member.map((uid) => `member: uid=${tag}${uid},ou=people`)]);
  return [person('ada', 0, 'cy'), person('bo', 1, 'ada'), person('cy', 2), team].sort();
};

testOnSamba(
  'a domain and a business database in a directory: everything once, then only the changes, and what others master written back',
  async () => {
    const lab = await sharedSamba();
    await using unit = await freshUnit(lab);
    const tag = unit.dn.slice(4, 10);
    await people(lab, unit.dn);
    database = await POSTGRES.fresh();
    const rows = [0, 1, 2].map((i) => `('${tag}${i}', 'K${i}', '+49 30 ${i}')`).join();
    await database.execute(
      'create table staff (number text primary key, centre text, phone text)',
      `insert into staff values ${rows}`,
    );
    const copy = await newUnit(await openldap());
    const password = join(lab.folder, 'staff.password');
    await writeFile(password, database.settings.password ?? 'none');
    here = await firm(
      `store: sqlite:rollcall.db
${ATTRIBUTES}
${NO_GATES}
connections:
  ad:
${await domainYaml(lab, unit.dn)}    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { ${PERSON} } }
      ${GROUPS}
    export:
      person: { attributes: { telephoneNumber: phone, thumbnailPhoto: { photo: photo, max: 96x96, maxBytes: 100KB } } }
  staff:
    type: sql
    url: ${database.settings.url}
    user: ${database.settings.user}
    password: "\${file:${password}}"
    kinds: { person: { table: staff, key: number } }
    import: { person: { join: employeeId, attributes: { employeeId: number, costCentre: centre, phone: phone } } }
  portal:
    type: memory
    system: portal
    import: { person: { join: employeeId, attributes: { employeeId: number, photo: picture } } }
${await target(copy, '          jpegPhoto: { photo: photo, max: 200x200 }\n')}`,
      ['portal'],
    );
    const first = await here.run();
    expect(first.connections.find(({ connection }) => connection === 'ad')).toMatchObject({ seen: 4, projected: 4 });
    for (const name of ['ad', 'book']) await here.approve(name);
    await here.run();
    await here.run();
    expect(await linesOf(copy, SHOWN)).toEqual(expected(tag));
    const at = { url: lab.ldaps, ...lab.admin, caFile: lab.caFile };
    const inDomain = async (uid: string, name: string): Promise<string> =>
      ldap('ldapsearch', at, ['-b', `CN=${uid},${unit.dn}`, name]);
    expect(await inDomain('bo', 'telephoneNumber')).toContain('telephoneNumber: +49 30 1\n');
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });

    // Only the changes: in the domain, in the table, in the portal.
    await edit(lab, `dn: CN=cy,${unit.dn}\nchangetype: modify\nreplace: displayName\ndisplayName: Cy renamed\n\n`);
    await edit(lab, `dn: CN=team,${unit.dn}\nchangetype: modify\nadd: member\nmember: CN=bo,${unit.dn}\n\n`);
    await database.execute(`update staff set centre = 'K9' where number = '${tag}1'`);
    const face = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#369' } })
      .jpeg()
      .toBuffer();
    here.system('portal').put('person', '1', { number: `${tag}0`, picture: face });
    const changes = await here.run();
    const of = (name: string) => changes.connections.find(({ connection }) => connection === name);
    expect(of('ad')).toMatchObject({ seen: 2, changed: 2, written: 1 });
    expect(of('book')).toMatchObject({ written: 4 });
    expect(await linesOf(copy, SHOWN)).toEqual(
      expected(tag, { cy: 'Cy renamed', member: ['ada', 'bo', 'cy'], centre: ['K0', 'K9', 'K2'] }),
    );
    const photo = Buffer.from(/^thumbnailPhoto:: (.*)$/m.exec(await inDomain('ada', 'thumbnailPhoto'))![1]!, 'base64');
    expect(await sharp(photo).metadata()).toMatchObject({ format: 'jpeg', width: 96, height: 72 });
    await here.run();
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  },
);

const noisy = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
    .jpeg({ quality: 95 })
    .toBuffer();

testOnSamba(
  "a photo too heavy for a domain gets into it below its limit, and the domain's own ones into a directory",
  async () => {
    const lab = await sharedSamba();
    await using unit = await freshUnit(lab);
    const tag = unit.dn.slice(4, 10);
    await people(lab, unit.dn);
    const [heavy, own, newer] = await Promise.all([noisy(800, 600), noisy(96, 96), noisy(90, 90)]);
    expect(heavy.length).toBeGreaterThan(102_400);
    const hang = (photo: Buffer): Promise<void> =>
      edit(
        lab,
        `dn: CN=bo,${unit.dn}\nchangetype: modify\nreplace: thumbnailPhoto\nthumbnailPhoto:: ${photo.toString('base64')}\n\n`,
      );
    await hang(own);
    const copy = await newUnit(await openldap());
    here = await firm(
      `store: sqlite:rollcall.db
${ATTRIBUTES}
${NO_GATES}
precedence: { person: { photo: [portal, ad] } }
connections:
  ad:
${await domainYaml(lab, unit.dn)}    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { ${PERSON}, photo: thumbnailPhoto } }
      ${GROUPS}
    export:
      person: { attributes: { thumbnailPhoto: { photo: photo } } }
  portal:
    type: memory
    system: portal
    import: { person: { join: employeeId, attributes: { employeeId: number, photo: picture } } }
${await target(copy, '          jpegPhoto: { photo: photo }\n')}`,
      ['portal'],
    );
    here.system('portal').put('person', '1', { number: `${tag}0`, picture: heavy });
    await here.run();
    for (const name of ['ad', 'book']) await here.approve(name);
    for (let n = 0; n < 2; n++) expect((await here.run()).faults).toEqual([]);
    const server = await openldap();
    const there = { url: server.ldap, ...server.admin };
    const photoOf = async (at: Parameters<typeof ldap>[1], dn: string, name: string): Promise<Buffer> => {
      const [, base64] = new RegExp(`^${name}:: (.*)$`, 'm').exec(await ldap('ldapsearch', at, ['-b', dn, '-s', 'base', name]))!;
      return Buffer.from(base64!, 'base64');
    };
    const inDomain = { url: lab.ldaps, ...lab.admin, caFile: lab.caFile };
    const written = await photoOf(inDomain, `CN=ada,${unit.dn}`, 'thumbnailPhoto');
    expect(written.length).toBeLessThanOrEqual(102_400);
    // Every one of its pixels, so it was made no smaller than the limit asks.
    expect((await sharp(written, { failOn: 'warning' }).raw().toBuffer({ resolveWithObject: true })).info).toMatchObject({
      width: 800,
      height: 600,
    });
    expect(await sharp(written).metadata()).toMatchObject({ format: 'jpeg' });
    const inCopy = (): Promise<Buffer> => photoOf(there, `uid=${tag}bo,ou=people,${copy}`, 'jpegPhoto');
    expect((await inCopy()).equals(own)).toBe(true);
    expect((await photoOf(inDomain, `CN=bo,${unit.dn}`, 'thumbnailPhoto')).equals(own)).toBe(true);
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
    await hang(newer);
    await here.run();
    expect((await inCopy()).equals(newer)).toBe(true);
    await here.run();
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  },
);

testOnSamba('LDIF in place of the domain comes to the same', async () => {
  const lab = await sharedSamba();
  await using unit = await freshUnit(lab);
  const tag = unit.dn.slice(4, 10);
  await people(lab, unit.dn);
  const copy = await newUnit(await openldap());
  here = await firm(`store: sqlite:rollcall.db
${ATTRIBUTES}
${NO_GATES}
connections:
  ad:
    type: ldif
    path: domain.ldif
    anchor: objectGUID
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { ${PERSON} } }
      ${GROUPS}
${await target(copy)}`);
  await writeFile(
    join(here.folder, 'domain.ldif'),
    await ldap('ldapsearch', { url: lab.ldaps, ...lab.admin, caFile: lab.caFile }, ['-b', unit.dn]),
  );
  await here.run();
  await here.approve('book');
  await here.run();
  expect(await linesOf(copy, SHOWN)).toEqual(expected(tag, { centre: [] }));
});

/** A master of users that is a file of its own making, as somebody writes it beside rollcall.yaml. */
const MASTER = `import { readFile } from 'node:fs/promises';
import type { ConnectorDefinition } from 'rollcall/connectors/contract';
import { z } from 'zod';
const config = z.strictObject({ users: z.string() });
export default {
  type: 'user-master', title: 'The user master', maturity: 'alpha', config, writes: 'never',
  open({ users }) {
    return {
      test: async () => users,
      discoverSchema: async () => ({ complete: false, kinds: {} }),
      read: {
        deltas: false,
        async *read() {
          const all = (await readFile(users, 'utf8')).trim().split('\\n').map((line) => line.split(';'));
          yield { objects: all.map(([id, name]) => ({ kind: 'person', anchor: id!, attributes: { id: id!, name: name! } })), end: { complete: true } };
        },
      },
      close: async () => undefined,
    };
  },
} satisfies ConnectorDefinition<z.infer<typeof config>>;
`;

testOnSamba('two forests and a master of users in one person, of the accounts that are enabled', async () => {
  const lab = await sharedSamba();
  await using unit = await freshUnit(lab);
  await using other = await startSamba({ realm: 'SECOND.EXAMPLE' });
  const tag = unit.dn.slice(4, 10);
  const enabled = 'userAccountControl: 544\n';
  await edit(lab, user(`CN=ada,${unit.dn}`, `employeeID: ${tag}1\nmail: ada@lab.example\n${enabled}`));
  await edit(
    lab,
    `dn: CN=bo,${unit.dn}\nobjectClass: inetOrgPerson\nsAMAccountName: ${tag}bo\nemployeeID: ${tag}2\nmail: bo@lab.example\n${enabled}\n`,
  );
  await edit(lab, user(`CN=gone,${unit.dn}`, `employeeID: ${tag}3\nmail: gone@lab.example\nuserAccountControl: 546\n`));
  await edit(other, user(`CN=ada,CN=Users,${other.base}`, `employeeID: ${tag}1\ntitle: Countess\n${enabled}`));
  const forest = 'filter: "(&(employeeID=*)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"';
  const rules = (attributes: string): string => `    ${forest}
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: employeeID, ${attributes} } } }
`;
  const forests = async (): Promise<string> => `store: sqlite:rollcall.db
${NO_GATES}
connections:
  dir:
    type: memory
    system: dir
    export:
      person: { provision: true, anchor: employeeId, attributes: { name: displayName, mail: mail, title: title } }
  one:
${await domainYaml(lab, unit.dn)}${rules('mail: mail')}  two:
${await domainYaml(other, `CN=Users,${other.base}`)}${rules('title: title')}`;
  here = await firm(await forests(), ['dir']);
  await writeFile(join(here.folder, 'master.ts'), MASTER);
  const users = join(here.folder, 'users.txt');
  await writeFile(users, `${tag}1;Ada of the master\n${tag}2;Bo of the master\n`);
  await here.restart(`${await forests()}  master:
    type: ./master.ts
    users: ${users}
    import: { person: { join: employeeId, attributes: { employeeId: id, displayName: name } } }
`);
  await here.first();
  const all = here
    .system('dir')
    .objects('person')
    .map(({ anchor, attributes }) => [anchor, { ...attributes }]);
  expect(Object.fromEntries(all)).toEqual({
    [`${tag}1`]: { name: 'Ada of the master', mail: 'ada@lab.example', title: 'Countess' },
    [`${tag}2`]: { name: 'Bo of the master', mail: 'bo@lab.example' },
  });
});

testOnSamba('managers in a circle are written in a domain that refuses a name of what is not there', async () => {
  const lab = await sharedSamba();
  await using unit = await freshUnit(lab);
  const tag = unit.dn.slice(4, 10);
  here = await firm(
    `store: sqlite:rollcall.db
${NO_GATES}
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, login: login, manager: { reference: boss } } } }
  ad:
${await domainYaml(lab, unit.dn)}    export:
      person:
        provision: true
        dn: \${"CN=" + person.login + ",${unit.dn}"}
        attributes: { sAMAccountName: login, employeeID: employeeId, manager: { value: manager, by: name } }
`,
    ['hr'],
  );
  for (const [id, boss] of [
    ['1', '2'],
    ['2', '3'],
    ['3', '1'],
  ])
    here.system('hr').put('person', id!, { id: id!, login: `${tag}${id}`, boss: boss! });
  await here.run();
  await here.approve('ad');
  expect(await here.run()).toMatchObject({ status: 'done', faults: [] });
  const at = { url: lab.ldaps, ...lab.admin, caFile: lab.caFile };
  const text = await ldap('ldapsearch', at, ['-b', unit.dn, '(objectClass=user)', 'manager']);
  expect([...text.matchAll(/^manager: CN=\w+(\d),/gm)].map(([, digit]) => digit).sort()).toEqual(['1', '2', '3']);
  await here.run();
  expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
});
