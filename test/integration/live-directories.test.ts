/** Decision 15, on real directories: what changes in one is in the other at once, photos included, and so is what changed while the first was away. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, expect } from 'vitest';
import { formatChange, formatEntry } from '#protocols/ldap/ldif-write';
import { type LiveEvent, live } from '#runs/index';
import { ldap as program } from '../servers/ldap-programs.ts';
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

const yaml = async (from: Server, to: Server): Promise<string> => `store: sqlite:rollcall.db
gates: { ${unlimited('create', 'update', 'attribute')} }
connections:
  hr:
    ${await settings(from)}
    live: true
    owner: true
    filter: '(uid=*)'
    import: { person: { join: login, project: true, attributes: { login: uid, familyName: sn, displayName: cn, photo: jpegPhoto } } }
  dir:
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

const stop = new AbortController();
let here: Firm | undefined;
let ended: Promise<void> = Promise.resolve();
afterEach(async () => {
  stop.abort();
  await ended;
  await here?.close();
});

testOnSlapd('what changes in one directory is in the other', async () => {
  await using from = await startSlapd();
  await using to = await startSlapd();
  const at = (server: Server) => ({ url: server.ldap, ...server.admin });
  const entry = (uid: string, cn: string): string =>
    formatEntry(`uid=${uid},${from.suffix}`, { objectClass: ['inetOrgPerson'], uid: [uid], sn: ['S'], cn: [cn] });
  const replace = (uid: string, attribute: string, value: string | Uint8Array): Promise<string> => {
    const changes = [{ op: 'replace', attribute, values: [value] }] as const;
    return program('ldapmodify', at(from), [], formatChange({ type: 'modify', dn: `uid=${uid},${from.suffix}`, changes }));
  };
  const shown = (uid: string, attribute: string): Promise<string> =>
    program('ldapsearch', at(to), ['-b', to.suffix, `(uid=${uid})`, attribute]);
  const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  await program('ldapadd', at(from), [], entry('ada', 'Ada'));
  here = await firm(await yaml(from, to), []);
  await here.first();
  const events: LiveEvent[] = [];
  const { config, store } = here;
  ended = live(
    { connections: null, by: 'test', cycleEveryMs: 3_600_000 },
    { config, store, wall: Date.now, signal: stop.signal, onLive: (event) => void events.push(event) },
  );
  await until(() => events.some(({ what }) => what === 'listens') && events.some(({ what }) => what === 'cycle'));

  await replace('ada', 'cn', 'Ada Lovelace');
  await until(async () => (await shown('ada', 'cn')).includes('cn: Ada Lovelace'));
  await program('ldapadd', at(from), [], entry('bo', 'Bo'));
  await until(async () => (await shown('bo', 'cn')).includes('cn: Bo'));

  const face = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#369' } })
    .jpeg()
    .toBuffer();
  await replace('ada', 'jpegPhoto', face);
  await until(async () => (await shown('ada', 'jpegPhoto')).includes('jpegPhoto:: '));
  const [, base64] = /^jpegPhoto:: (.+)$/m.exec(await shown('ada', 'jpegPhoto'))!;
  expect(await sharp(Buffer.from(base64!, 'base64')).metadata()).toMatchObject({ format: 'jpeg', width: 96, height: 72 });

  await from.kill();
  await until(() => events.some(({ what }) => what === 'lost'));
  await from.start();
  await replace('bo', 'cn', 'Bo is back');
  await until(async () => (await shown('bo', 'cn')).includes('cn: Bo is back'));

  stop.abort();
  await ended;
  await here.run();
  expect(await here.run()).toMatchObject({ faults: [], rowsWritten: 0 });
});
