/** Who has the database open in another program changes nothing in the audit log by mistake. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { testOnPostgres, withClient } from '../../test/servers/postgres.ts';
import { emptyStore } from '../../test/store.ts';
import { NOW } from './conformance/sample.ts';
import type { AuditEvent, Store } from './contract.ts';
import { open as openPostgres } from './postgres/open.ts';
import { open as openSqlite } from './sqlite/open.ts';

const EVENT: AuditEvent = {
  at: NOW,
  action: 'test.done',
  actor: { kind: 'person', name: 'ann', token: null, source: null },
  subject: {},
  outcome: 'done',
  digest: 'd',
  values: { salt: '00', before: null, after: '{}' },
};

const REFUSED = [
  "update audit_event set actor = 'bob' where seq = 1",
  'delete from audit_event where seq = 2',
  'delete from audit_event where seq = 3',
  "update audit_value set after = '[]'",
  "update audit_segment set hash = 'x' where to_seq = 1",
  'update audit_segment set removed_at = 9 where to_seq = 2',
  'delete from audit_segment where to_seq = 2',
  "insert into audit_segment (to_seq, from_seq, previous, hash, sealed_at) values (3, 3, 'x', 'y', 1)",
  "insert into audit_segment (to_seq, from_seq, previous, hash, sealed_at) values (9, 4, 'h2', 'y', 1)",
];
const FOR_THE_OLDEST = ['update audit_segment set removed_at = 9 where to_seq = 1', 'delete from audit_event where seq = 1'];

async function fill({ audit }: Store): Promise<void> {
  await audit.append([EVENT, EVENT, EVENT]);
  await audit.seal({ from: 1, to: 1, previous: 'first', hash: 'h1', at: NOW });
  await audit.seal({ from: 2, to: 2, previous: 'h1', hash: 'h2', at: NOW });
}

test('SQLite refuses what would change the past, and lets the oldest go', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-audit-'));
  const path = join(folder, 'store.db');
  const store = await openSqlite({ path, program: 'test', create: true });
  await fill(store);
  await store.close();
  const raw = new DatabaseSync(path);
  for (const sql of REFUSED) expect(() => raw.exec(sql), sql).toThrow(/audit log/);
  for (const sql of FOR_THE_OLDEST) raw.exec(sql);
  expect(() => raw.exec('delete from audit_segment'), 'what the next one is chained to').toThrow(/audit log/);
  raw.close();
  await rm(folder, { recursive: true });
});

testOnPostgres('PostgreSQL refuses what would change the past, and lets the oldest go', async () => {
  const database = await emptyStore();
  const store = await openPostgres({ url: database.url, program: 'test', create: true });
  await fill(store);
  await store.close();
  await withClient(database.url, async (client) => {
    await client.query('set search_path = rollcall');
    for (const sql of [...REFUSED, 'truncate audit_event', 'truncate audit_segment'])
      await expect(client.query(sql), sql).rejects.toThrow(/audit log/);
    for (const sql of FOR_THE_OLDEST) await client.query(sql);
    await expect(client.query('delete from audit_segment')).rejects.toThrow(/audit log/);
  });
  await database.remove();
});
