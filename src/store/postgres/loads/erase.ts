/** All that goes with a person who is erased. */
import { erasedScope, SOME } from '#core/erased';
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';
import { loadErased } from './audit.ts';
import { loadPushed } from './pushed.ts';
import { columnOf, keysAt, listedKeys } from './staged.ts';

export async function loadErase(loader: Loader, { request }: OperationInput<'erase'>): Promise<void> {
  const { object, blobs } = request;
  const rows = await loader.rows('staged', 'from staged t where t.object_id = $1', [object]);
  const of = columnOf(loader, 'staged');
  const ids = rows.map((row) => Number(of(row, 'id')));
  const about = (column: string): string =>
    `(t.subject <> 1 and t.${column} = any($1::bigint[])) or (t.subject = 1 and t.${column} = $2)`;
  const spaces = new Set(rows.map((row) => Number(of(row, 'connection'))));
  const names = loader.session.db.all('select id, name from connection').filter(([id]) => spaces.has(Number(id)));
  await loader.rows('object', 'from object t where t.id = $1', [object]);
  await loader.rows('run', `from run t where t.status = 'running'`, []);
  for (const table of ['object_key', 'unique_key']) await loader.rows(table, `from ${table} t where t.owner = $1`, [object]);
  await keysAt(loader, [
    ...rows.flatMap((row) => listedKeys(of(row, 'keys'))),
    ...names.map(([, name]): [string, string] => [erasedScope(String(name)), SOME]),
  ]);
  await loadPushed(loader, ids);
  for (const table of ['waiting', 'reference'])
    await loader.rows(table, `from ${table} t where t.staged_id = any($1::bigint[])`, [ids]);
  for (const table of ['parked', 'decision'])
    await loader.rows(table, `from ${table} t where t.staged_id = any($1::bigint[]) or t.object_id = $2`, [ids, object]);
  await loader.rows('change', `from change t where t.from_id = t.to_id and (${about('from_id')})`, [ids, object]);
  await loader.rows('error', `from error t where ${about('subject_id')}`, [ids, object]);
  await loader.rows('blob', 'from blob t where t.hash = any($1::text[])', [blobs]);
  await loadErased(loader, { subjects: { stagedIds: ids, objectIds: [object] }, events: [] });
}

export async function loadReadmitted(loader: Loader, { object }: OperationInput<'readmit'>): Promise<void> {
  await loader.rows('object_key', 'from object_key t where t.owner = $1', [object]);
}
