/** What is staged, what is missed, the state of a connection. */
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';
import { loadPushed, loadTaken } from './pushed.ts';
import { columnOf, keysAt, listedKeys, stagedByAnchors, stagedByIds } from './staged.ts';

export async function loadStage(loader: Loader, batch: OperationInput<'stage'>): Promise<void> {
  const connection = loader.connectionId(batch.connection);
  const { items } = batch;
  const keys = items.flatMap((item) => item.keys.map(({ scope, norm }): [string, string] => [scope, norm]));
  const [rows] = await Promise.all([
    stagedByAnchors(loader, connection === 0 ? [] : items.map((item) => [connection, loader.termId(item.kind), item.anchor])),
    loader.rows('run', 'from run t where t.id = $1', [batch.run]),
    keysAt(loader, keys),
    loadTaken(
      loader,
      batch.connection,
      items.flatMap(({ kind, pushed }) => (pushed === undefined ? [] : [{ kind, keys: pushed.keys }])),
    ),
  ]);
  if (rows.length === 0) return;
  const of = columnOf(loader, 'staged');
  const asked = new Set(keys.map(([scope, norm]) => `${scope} ${norm}`));
  const others = rows.flatMap((row) => listedKeys(of(row, 'keys'))).filter(([scope, norm]) => !asked.has(`${scope} ${norm}`));
  const ids = new Map(rows.map((row) => [`${Number(of(row, 'kind'))} ${String(of(row, 'anchor'))}`, Number(of(row, 'id'))]));
  const whole: [number, number][] = [];
  const single: [number, number, string][] = [];
  for (const item of items) {
    const id = ids.get(`${loader.termId(item.kind)} ${item.anchor}`);
    if (id === undefined) continue;
    for (const { attribute, all, add, remove } of item.edges) {
      const term = loader.termId(attribute);
      if (all) whole.push([id, term]);
      for (const key of [...(add?.keys ?? []), ...(remove ?? [])]) single.push([id, term, key]);
    }
  }
  const loads: Promise<unknown>[] = [keysAt(loader, others), loadPushed(loader, [...ids.values()])];
  if (whole.length > 0)
    loads.push(
      loader.rows(
        'reference',
        `from unnest($1::bigint[], $2::bigint[]) as n(staged_id, attribute)
           join reference t on t.staged_id = n.staged_id and t.attribute = n.attribute`,
        [whole.map(([id]) => id), whole.map(([, attribute]) => attribute)],
      ),
    );
  if (single.length > 0)
    loads.push(
      loader.rows(
        'reference',
        `from unnest($1::bigint[], $2::bigint[], $3::text[]) as n(staged_id, attribute, key)
           join reference t on t.staged_id = n.staged_id and t.attribute = n.attribute and t.key = n.key`,
        [single.map(([id]) => id), single.map(([, attribute]) => attribute), single.map(([, , key]) => key)],
      ),
    );
  await Promise.all(loads);
}

export async function loadAbsent(loader: Loader, batch: OperationInput<'markAbsent'>): Promise<void> {
  const rows = await stagedByIds(loader, batch.ids);
  const of = columnOf(loader, 'staged');
  await Promise.all([
    keysAt(
      loader,
      rows.flatMap((row) => listedKeys(of(row, 'keys'))),
    ),
    loadPushed(loader, batch.ids),
  ]);
}

export async function loadBitmap(loader: Loader, { connection, pages }: OperationInput<'saveBitmap'>): Promise<void> {
  await loader.rows('bitmap_page', 'from bitmap_page t where t.connection = $1 and t.page = any($2::bigint[])', [
    loader.connectionId(connection),
    pages.map(({ page }) => page),
  ]);
}

export async function loadPages(loader: Loader, { connection }: OperationInput<'clearBitmap'>): Promise<void> {
  await loader.rows('bitmap_page', 'from bitmap_page t where t.connection = $1', [loader.connectionId(connection)]);
}

/** Those there are, without their bytes. */
export async function loadBlobs(loader: Loader, { blobs }: OperationInput<'putBlobs'>): Promise<void> {
  const hashes = blobs.map(({ hash }) => hash);
  await loader.rows('blob', `from (select hash, ''::bytea as bytes from blob where hash = any($1::text[])) t`, [hashes]);
}
