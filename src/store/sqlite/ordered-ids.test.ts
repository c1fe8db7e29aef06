/** The ids of many are read page by page, and others write in between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { beginRun, item, stage } from '../conformance/sample.ts';
import { open } from './open.ts';

const EVERYBODY = [{ subject: 'staged', from: 1, to: 1_000_000, cause: '' }] as const;
const ROWS = 45_000;
/** Behind which the second page begins. */
const LAST = 20_000;

test('of more than a page each is there once, in order, though what stood last is gone or called otherwise meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-ordered-'));
  const path = join(folder, 'store.db');
  const store = await open({ path, program: 'rollcall test', create: true });
  const beside = new DatabaseSync(path, { timeout: 10_000 });
  try {
    const opened = { store, ...(await beginRun(store)) };
    await stage(opened, [item('000000')]);
    // As that one, with other anchors, in an order that is not that of the ids; the last hundred have none.
    const columns = beside
      .prepare('select name from pragma_table_info(?)')
      .all('staged')
      .map(({ name }) => String(name))
      .filter((name) => !['id', 'anchor', 'anchor_high', 'anchor_low'].includes(name));
    beside.exec(`insert into staged (id, anchor, ${columns.join(', ')})
      with recursive n (i) as (select 2 union all select i + 1 from n where i < ${ROWS})
      select i, iif(i <= ${ROWS - 100}, printf('%06d', (i * 7919) % 1000003), null), ${columns.join(', ')} from n cross join staged where id = 1`);
    const inOrder = beside
      .prepare('select id from staged order by anchor is null, anchor, id')
      .all()
      .map(({ id }) => Number(id));
    let pages = 0;
    const between = async (): Promise<void> => {
      if (++pages > 1) return;
      const [last, next] = [inOrder[LAST - 1]!, inOrder[LAST]!];
      beside.exec(`delete from staged where id = ${last}; update staged set anchor = 'zzz' where id = ${next}`);
    };
    const ids = [...(await store.sync.orderedIds('hr', EVERYBODY, between))];
    expect(pages).toBeGreaterThan(3);
    const moved = inOrder[LAST]!;
    const anchored = inOrder.slice(0, -100).filter((id) => id !== moved);
    expect(ids).toEqual([...anchored, moved, ...inOrder.slice(-100)]);
  } finally {
    beside.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
