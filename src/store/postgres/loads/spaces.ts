/** What is staged, what is missed, the state of a connection. */
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';
import { columnOf, keysAt, listedKeys, stagedByAnchors, stagedByIds } from './staged.ts';

export async function loadStage(loader: Loader, batch: OperationInput<'stage'>): Promise<void> {
  await loader.rows('run', 'from run t where t.id = $1', [batch.run]);
  const connection = loader.connectionId(batch.connection);
  const { items } = batch;
  const rows = await stagedByAnchors(
    loader,
    connection === 0 ? [] : items.map((item) => [connection, loader.termId(item.kind), item.anchor]),
  );
  const of = columnOf(loader, 'staged');
  await keysAt(loader, [
    ...items.flatMap(({ keys }) => keys.map(({ scope, norm }): [string, string] => [scope, norm])),
    ...rows.flatMap((row) => listedKeys(of(row, 'keys'))),
  ]);
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
  if (whole.length > 0)
    await loader.rows(
      'reference',
      `from unnest($1::bigint[], $2::bigint[]) as n(staged_id, attribute)
         join reference t on t.staged_id = n.staged_id and t.attribute = n.attribute`,
      [whole.map(([id]) => id), whole.map(([, attribute]) => attribute)],
    );
  if (single.length > 0)
    await loader.rows(
      'reference',
      `from unnest($1::bigint[], $2::bigint[], $3::text[]) as n(staged_id, attribute, key)
         join reference t on t.staged_id = n.staged_id and t.attribute = n.attribute and t.key = n.key`,
      [single.map(([id]) => id), single.map(([, attribute]) => attribute), single.map(([, , key]) => key)],
    );
}

export async function loadAbsent(loader: Loader, batch: OperationInput<'markAbsent'>): Promise<void> {
  const rows = await stagedByIds(loader, batch.ids);
  const of = columnOf(loader, 'staged');
  await keysAt(
    loader,
    rows.flatMap((row) => listedKeys(of(row, 'keys'))),
  );
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
