/** Somebody is erased: none of her values is left in the store, and no read takes her in again. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Operation, perform, type Session } from '#operations/operation';
import { people } from '#operations/people';
import { personErase } from '#operations/person-erase';
import { personExport } from '#operations/person-export';
import { push } from '#runs/index';
import { STORE } from '../store.ts';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `attributes:
  person:
    login: { unique: { candidates: ['\${person.displayName}', '\${person.displayName + string(n)}'] } }
    photo: { edit: [self] }
    phone: { edit: [self] }
gates: { ${unlimited('create', 'update', 'attribute', 'empty')} }`,
  read: 'displayName: name, mail: mail, birthDate: born, phone: phone',
  written: 'cn: displayName, mail: mail, uid: login',
  others: 'people: { type: people }',
});
const HERS = ['Zzplanted', 'zzplanted', 'ZZE9', 'zz-mail', '1931-07-09', '+99 7777', '+99 8888'];

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML);
  const hr = here.system('hr');
  hr.put('person', 'E1', { id: 'E1', name: 'Other', mail: 'other@firm.example' });
  hr.put('person', 'ZZE9', {
    id: 'ZZE9',
    name: 'Zzplanted',
    mail: 'zz-mail@firm.example',
    born: '1931-07-09',
    phone: '+99 7777',
  });
  await here.first();
  hr.put('person', 'ZZE9', {
    id: 'ZZE9',
    name: 'Zzplanted Old',
    mail: 'zz-mail@firm.example',
    born: '1931-07-09',
    phone: '+99 7777',
  });
  await here.run();
});
afterEach(() => here.close());

const services = () => ({ config: here.config, store: here.store, wall: () => here.now });
const caller = { kind: 'person', name: 'Ada', token: null, source: null };
const asking = { services: async () => ({ ...services(), storedOnly: false }), caller } as unknown as Session;
const ask = <In, Out extends object>(operation: Operation<In, Out>, input: object): Promise<Out> =>
  perform(operation, input, asking);

/** All that the files of the store, or its tables, hold. */
async function bytes(): Promise<string> {
  if (STORE === 'sqlite') {
    const file = path.join(here.folder, 'rollcall.db');
    const parts = await Promise.all([file, `${file}-wal`].map((one) => readFile(one).catch(() => Buffer.alloc(0))));
    expect(parts[0]!.length).toBeGreaterThan(0);
    return Buffer.concat(parts).toString('latin1');
  }
  const client = new Client({ connectionString: here.place });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'rollcall'`,
  );
  const texts: string[] = [];
  for (const { name } of tables.rows)
    texts.push(JSON.stringify((await client.query(`select t::text as row from ${name} t`)).rows));
  await client.end();
  return texts.join('\n');
}

it('is shown whole, erased whole, and does not come back', async () => {
  const photo = await sharp({ create: { width: 60, height: 60, channels: 3, background: '#123456' } })
    .png()
    .toBuffer();
  const { objectId } = (await here.account('hr', 'ZZE9'))!;
  const edit = { kind: 'person', anchor: String(objectId), attributes: { phone: '+99 8888', photo: new Uint8Array(photo) } };
  await (await push({ connection: 'people', change: edit, by: 'Zoe' }, services())).settled;
  const before = await bytes();
  for (const value of HERS) expect(before, value).toContain(value);

  const { held, bytes: blobs } = await ask(personExport, { person: `#${objectId}` });
  const all = JSON.stringify(held);
  for (const value of HERS.filter((one) => one !== 'zzplanted')) expect(all, value).toContain(value);
  expect(Object.values(blobs)).toEqual([photo.toString('base64')]);

  const input = { person: `#${objectId}`, by: 'Ada', reason: 'her letter' };
  const shown = await ask(personErase, input);
  expect(shown).toMatchObject({ erased: null, standing: [{ connection: 'dir' }] });
  await expect(ask(personErase, { ...input, confirm: true })).rejects.toThrow('accounts are still there');
  expect(await ask(personErase, { ...input, confirm: true, accountsStay: true })).toMatchObject({ erased: { accounts: 3 } });
  const clean = async (): Promise<void> => {
    const after = await bytes();
    for (const value of HERS) expect(after.includes(value), value).toBe(false);
    expect(after.includes(photo.toString('latin1'))).toBe(false);
  };
  await clean();

  for (const profile of ['full-import', 'full-sync', 'cycle', 'cycle']) await here.run({ profile });
  await clean();
  expect((await ask(people, { text: 'zzplanted' })).people).toEqual([]);
  expect((await ask(people, { text: '' })).people.map(({ label }) => label)).toEqual(['Other']);
  expect(await here.account('hr', 'ZZE9')).toBeUndefined();
  expect((await here.store.people.counts())['person']).toBe(2);
  const pushed = await push(
    { connection: 'hr', change: { kind: 'person', anchor: 'ZZE9', attributes: { name: 'x' } }, by: 'x' },
    services(),
  );
  expect(pushed.faults).toMatchObject([{ kind: 'conflict' }]);
  await pushed.settled;

  // Her login is nobody else's, and so it stays.
  here.system('hr').put('person', 'E5', { id: 'E5', name: 'Zzplanted', mail: 'new@firm.example' });
  await here.run();
  const fresh = (await here.account('hr', 'E5'))!.objectId!;
  expect(JSON.parse((await here.store.sync.objects([fresh]))[0]!.attributes)).toMatchObject({ login: 'Zzplanted2' });
  const [event] = (await here.store.audit.list({ action: 'person.erase' }, { after: 0, limit: 9 })).events;
  expect(event).toMatchObject({ actor: { name: 'Ada' }, subject: { objectId }, values: { after: '{"reason":"her letter"}' } });
});

it('not while a read goes on, whatever was pushed and has ended since', async () => {
  const { objectId } = (await here.account('hr', 'ZZE9'))!;
  const { importIndex } = here.store.spaces;
  let erased: Promise<unknown> | undefined;
  Object.assign(here.store.spaces, {
    importIndex: async (connection: string) => {
      Object.assign(here.store.spaces, { importIndex });
      const change = { kind: 'person', anchor: 'E1', attributes: { id: 'E1', name: 'Other', phone: '1' } };
      await (await push({ connection: 'hr', change, by: 'x' }, services())).settled;
      erased = ask(personErase, { person: `#${objectId}`, by: 'Ada', reason: 'r', confirm: true, accountsStay: true });
      await erased.catch(() => undefined);
      return await importIndex(connection);
    },
  });
  await here.run({ profile: 'full-import', connections: ['hr'] });
  await expect(erased).rejects.toThrow('a run goes on');
});
