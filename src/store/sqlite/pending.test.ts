/** What is pending is counted here where it is little, on a thread of its own where it is much: the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { account, beginRun, commit, NOW, object } from '../conformance/sample.ts';
import { open } from './open.ts';

test('as many are pending as there are, few or many', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-pending-'));
  const path = join(folder, 'store.db');
  const store = await open({ path, program: 'rollcall test', create: true });
  const beside = new DatabaseSync(path, { timeout: 10_000 });
  const pending = async (): Promise<unknown> =>
    (await store.exports.gateCounts('ad', NOW)).map((count) => [count.part, count.pending]);
  try {
    const opened = { store, ...(await beginRun(store)) };
    await commit(opened, { objects: [object(1)], staged: [account(1, 1)] });
    expect(await pending()).toEqual([['create', 1]]);
    const columns = beside
      .prepare('select name from pragma_table_info(?)')
      .all('staged')
      .map(({ name }) => String(name))
      .filter((name) => name !== 'id');
    beside.exec(`insert into staged (id, ${columns.join(', ')})
      with recursive n (i) as (select 2 union all select i + 1 from n where i < 12000)
      select i, ${columns.join(', ')} from n cross join staged where id = 1`);
    expect(await pending()).toEqual([['create', 12_000]]);
    beside.exec('update staged set export_state = null, export_operation = null where id > 7000');
    expect(await pending()).toEqual([['create', 7_000]]);
  } finally {
    beside.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
