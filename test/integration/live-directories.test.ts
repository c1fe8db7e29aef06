/** Decision 15, on real directories: what changes in one is in the other at once, photos included, and so is what changed while the first was away; what is in vain is not tried again and again. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, expect } from 'vitest';
import { formatChange, formatEntry } from '#protocols/ldap/ldif-write';
import { type LiveEvent, live } from '#runs/index';
import { ldap as program } from '../servers/ldap-programs.ts';
import { edit, freshUnit, sharedSamba, testOnSamba, user } from '../servers/samba.ts';
import { startSlapd, testOnSlapd } from '../servers/slapd.ts';
import { type Firm, firm } from './firm.ts';
import { unlimited } from './hr-and-directory.ts';

type Server = Awaited<ReturnType<typeof startSlapd>>;

async function settings(server: Server): Promise<string> {
  const secret = join(server.folder, 'password');
  await writeFile(secret, server.sync.password);
  return `type: ldap
    url: '${server.ldaps}'
    tls: { ca: '${server.caFile}' }
    bind: { dn: '${server.sync.dn}', password: '\${file:${secret}}' }
    base: '${server.suffix}'`;
}

const yaml = async (from: Server, to: Server, more = ''): Promise<string> => `store: sqlite:rollcall.db
gates: { ${unlimited('create', 'update', 'attribute')} }
limits: { maxObjectSize: 8KB }
connections:
  hr:
    ${await settings(from)}
    live: true
    owner: true
    filter: '(uid=*)'
    import: { person: { join: login, project: true, attributes: { login: uid, familyName: sn, displayName: cn, photo: jpegPhoto } } }
${more}  dir:
    ${await settings(to)}
    mode: on
    filter: '(uid=*)'
    import: { person: { join: login, attributes: { login: uid } } }
    export:
      person:
        provision: true
        dn: \${"uid=" + person.login + ",${to.suffix}"}
        attributes: { uid: login, sn: familyName, cn: displayName, jpegPhoto: { photo: photo, max: 96x96 } }
`;

interface Listening {
  readonly events: readonly LiveEvent[];
  end(): Promise<void>;
}

const DAY = 86_400_000;
let listening: Listening | undefined;
let here: Firm | undefined;
afterEach(async () => {
  await listening?.end();
  await here?.close();
});

/** Listened to, and the first cycle over. `restsMs`: how long what goes wrong is left alone. */
async function listened(restsMs?: number): Promise<Listening> {
  const stop = new AbortController();
  const events: LiveEvent[] = [];
  const { config, store } = here!;
  const ended = live(
    {
      connections: null,
      by: 'test',
      cycleEveryMs: 3_600_000,
      ...(restsMs === undefined ? {} : { restMs: () => restsMs }),
    },
    { config, store, wall: Date.now, signal: stop.signal, onLive: (event) => void events.push(event) },
  );
  listening = {
    events,
    async end() {
      stop.abort();
      await ended;
    },
  };
  await until(() => events.some(({ what }) => what === 'listens') && events.some(({ what }) => what === 'cycle'));
  return listening;
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const at = (server: Server) => ({ url: server.ldap, ...server.admin });
const add = (server: Server, uid: string, cn: string, more: { readonly [name: string]: readonly string[] } = {}) => {
  const attributes = { objectClass: ['inetOrgPerson'], uid: [uid], sn: ['S'], cn: [cn], ...more };
  return program('ldapadd', at(server), [], formatEntry(`uid=${uid},${server.suffix}`, attributes));
};
const replace = (server: Server, dn: string, attribute: string, value: string | Uint8Array): Promise<string> => {
  const changes = [{ op: 'replace', attribute, values: [value] }] as const;
  return program('ldapmodify', at(server), [], formatChange({ type: 'modify', dn, changes }));
};
const shown = (server: Server, uid: string, attribute: string): Promise<string> =>
  program('ldapsearch', at(server), ['-b', server.suffix, `(uid=${uid})`, attribute]);
/** Sign-ins that a server refused, as itself counts them. */
const refused = async (server: Server): Promise<number> =>
  (await readFile(join(server.folder, 'log'), 'utf8')).split('tag=97 err=49').length - 1;
/** Runs in which something of a connection was read. */
const read = ({ events }: Listening, connection: string): number =>
  events.filter(
    (event) => event.what === 'changes' && event.report.connections.some((one) => one.connection === connection && one.seen > 0),
  ).length;
const rests = ({ events }: Listening) => events.flatMap((event) => (event.what === 'rests' ? [event] : []));

testOnSlapd('what changes in one directory is in the other', async () => {
  await using from = await startSlapd();
  await using to = await startSlapd();
  const nameOf = (uid: string): string => `uid=${uid},${from.suffix}`;
  await add(from, 'ada', 'Ada');
  here = await firm(await yaml(from, to), []);
  await here.first();
  const { events, end } = await listened();

  await replace(from, nameOf('ada'), 'cn', 'Ada Lovelace');
  await until(async () => (await shown(to, 'ada', 'cn')).includes('cn: Ada Lovelace'));
  await add(from, 'bo', 'Bo');
  await until(async () => (await shown(to, 'bo', 'cn')).includes('cn: Bo'));

  const face = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#369' } })
    .jpeg()
    .toBuffer();
  await replace(from, nameOf('ada'), 'jpegPhoto', face);
  await until(async () => (await shown(to, 'ada', 'jpegPhoto')).includes('jpegPhoto:: '));
  const [, base64] = /^jpegPhoto:: (.+)$/m.exec(await shown(to, 'ada', 'jpegPhoto'))!;
  expect(await sharp(Buffer.from(base64!, 'base64')).metadata()).toMatchObject({ format: 'jpeg', width: 96, height: 72 });

  await from.kill();
  await until(() => events.some(({ what }) => what === 'lost'));
  await from.start();
  await replace(from, nameOf('bo'), 'cn', 'Bo is back');
  await until(async () => (await shown(to, 'bo', 'cn')).includes('cn: Bo is back'));

  await end();
  await here.run();
  expect(await here.run()).toMatchObject({ faults: [], rowsWritten: 0 });
});

testOnSlapd('an entry that cannot be used is not read again at each ring; everything else goes on', async () => {
  await using from = await startSlapd();
  await using to = await startSlapd();
  const more = `  more:
    type: memory
    system: more
    live: true
    owner: true
    import: { person: { join: login, project: true, attributes: { login: uid, familyName: sn, displayName: cn } } }
`;
  await add(from, 'ada', 'Ada');
  here = await firm(await yaml(from, to, more), ['more']);
  const memory = here.system('more');
  await here.first();
  const now = await listened(DAY);
  await add(from, 'large', 'Large', { description: ['x'.repeat(10_000)] });
  await until(() => rests(now).length === 1);
  expect(rests(now)).toMatchObject([
    { connection: 'hr', why: 'incomplete', fault: { kind: 'invalidValue', remedy: expect.stringContaining('maxObjectSize') } },
  ]);
  const before = read(now, 'hr');
  await replace(from, `uid=ada,${from.suffix}`, 'cn', 'Ada rang');
  for (const cn of ['One', 'Two']) {
    memory.put('person', 'p1', { uid: 'p1', sn: 'S', cn });
    await until(async () => (await shown(to, 'p1', 'cn')).includes(`cn: ${cn}`));
  }
  expect([read(now, 'hr'), rests(now).length]).toEqual([before, 1]);
  expect(await shown(to, 'ada', 'cn')).not.toContain('rang');
  await now.end();

  const then = await listened(50);
  await until(async () => (await shown(to, 'ada', 'cn')).includes('cn: Ada rang'));
  await replace(from, `uid=ada,${from.suffix}`, 'cn', 'Ada rang again');
  await until(async () => (await shown(to, 'ada', 'cn')).includes('cn: Ada rang again'));
  // It is read again after each rest, and told once.
  const reads = read(then, 'hr');
  await until(() => read(then, 'hr') > reads + 1);
  expect(rests(then)).toHaveLength(1);
  await replace(from, `uid=large,${from.suffix}`, 'description', 'small');
  await until(async () => (await shown(to, 'large', 'cn')).includes('cn: Large'));
});

testOnSlapd('a password that a directory refuses is not tried with each change, nor by each who would', async () => {
  await using from = await startSlapd();
  await using to = await startSlapd();
  const password = (server: Server, text: string) => replace(server, server.sync.dn, 'userPassword', text);
  await add(from, 'ada', 'Ada');
  here = await firm(await yaml(from, to), []);
  await password(to, 'another');
  // Its schema is asked for first, then it would be read.
  expect(await here.run()).toMatchObject({ failed: ['dir'], faults: [{ kind: 'authentication' }] });
  expect(await refused(to)).toBe(1);
  await password(to, to.sync.password);
  await here.first();
  const now = await listened(DAY);
  await password(to, 'another');
  for (let n = 1; n <= 4; n++) {
    const before = read(now, 'hr');
    await replace(from, `uid=ada,${from.suffix}`, 'cn', `Ada ${n}`);
    await until(() => read(now, 'hr') > before);
  }
  expect(rests(now)).toMatchObject([{ connection: 'dir', why: 'refused', fault: { kind: 'authentication' } }]);
  expect(await refused(to)).toBe(2);
  await password(from, 'another');
  await from.kill();
  await until(() => now.events.some(({ what }) => what === 'lost'));
  await from.start();
  await until(() => rests(now).length === 2);
  expect(rests(now)[1]).toMatchObject({ connection: 'hr', why: 'refused' });
  expect([await refused(to), await refused(from)]).toEqual([2, 1]);
  await now.end();
  expect([await refused(to), await refused(from)]).toEqual([2, 1]);

  await password(from, from.sync.password);
  const then = await listened(50);
  const before = await refused(to);
  await until(async () => (await refused(to)) > before + 2);
  await password(to, to.sync.password);
  await until(async () => (await shown(to, 'ada', 'cn')).includes('cn: Ada 4'));
  await replace(from, `uid=ada,${from.suffix}`, 'cn', 'Ada 5');
  await until(async () => (await shown(to, 'ada', 'cn')).includes('cn: Ada 5'));
  expect(rests(then).map(({ connection }) => connection)).toEqual(['dir']);
});

testOnSamba('what changes in Active Directory is in the metaverse and in the other directory, by notification', async () => {
  const domain = await sharedSamba();
  await using unit = await freshUnit(domain);
  await using to = await startSlapd();
  const secret = join(to.folder, 'domain.password');
  await writeFile(secret, domain.admin.password);
  const nameOf = (cn: string): string => `CN=${cn},${unit.dn}`;
  await edit(domain, user(nameOf('ada'), 'employeeID: 1\ndisplayName: Ada\n'));
  here = await firm(
    `store: sqlite:rollcall.db
gates: { ${unlimited('create', 'update', 'delete', 'attribute')} }
connections:
  ad:
    type: ldap
    url: ${domain.ldaps}
    tls: { ca: ${domain.caFile} }
    bind: { dn: ${domain.admin.upn}, password: "\${file:${secret}}" }
    base: ${unit.dn}
    live: true
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: employeeID, displayName: displayName } } }
  dir:
    ${await settings(to)}
    mode: on
    filter: '(uid=*)'
    import: { person: { join: employeeId, attributes: { employeeId: uid } } }
    export:
      person:
        provision: true
        dn: \${"uid=" + person.employeeId + ",${to.suffix}"}
        attributes: { uid: employeeId, sn: displayName, cn: displayName }
    deprovision: { action: delete }
`,
    [],
  );
  await here.first();
  const now = await listened();
  await edit(domain, `dn: ${nameOf('ada')}\nchangetype: modify\nreplace: displayName\ndisplayName: Ada Lovelace\n\n`);
  await until(async () => (await shown(to, '1', 'cn')).includes('cn: Ada Lovelace'));
  const [person] = await here.store.sync.objects([1]);
  expect(JSON.parse(person!.attributes)).toMatchObject({ displayName: 'Ada Lovelace' });
  await edit(domain, user(nameOf('bo'), 'employeeID: 2\ndisplayName: Bo\n'));
  await until(async () => (await shown(to, '2', 'cn')).includes('cn: Bo'));
  await edit(domain, `dn: ${nameOf('bo')}\nchangetype: delete\n\n`);
  await until(async () => !(await shown(to, '2', 'cn')).includes('cn: Bo'));
  // Nobody asked again: one cycle, before anything was heard.
  expect(now.events.filter(({ what }) => what === 'cycle')).toHaveLength(1);
});
