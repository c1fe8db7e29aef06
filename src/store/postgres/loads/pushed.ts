/** What staged objects are searched by, and who has the keys that one alone may have. */
import type { PushedKey } from '../../contract.ts';
import { ALONE, storedNorm } from '../../tables/pushed.ts';
import { listedKeys } from '../../writes/pushed.ts';
import type { Loader } from '../working-copy.ts';
import { columnOf } from './staged.ts';

/** Their documents and keys. No statement in a store where nothing is pushed. */
export async function loadPushed(loader: Loader, ids: readonly number[]): Promise<void> {
  if (ids.length === 0 || !loader.session.db.get('select 1 from space_count where pushed > 0')) return;
  const rows = await loader.rows('pushed', 'from pushed t where t.staged_id = any($1::bigint[])', [ids]);
  if (rows.length === 0) return;
  const of = columnOf(loader, 'pushed');
  await keysAt(
    loader,
    rows.flatMap((row) => {
      const [id, connection, kind] = [Number(of(row, 'staged_id')), Number(of(row, 'connection')), Number(of(row, 'kind'))];
      return listedKeys(String(of(row, 'keys'))).map(
        ([path, norm, unique]): Place => [connection, kind, path, norm, unique === 1 ? ALONE : id],
      );
    }),
  );
}

/** Who has those that one alone may have. */
export async function loadTaken(
  loader: Loader,
  connection: string,
  wanted: readonly { readonly kind: string; readonly keys: readonly PushedKey[] }[],
): Promise<void> {
  const space = loader.connectionId(connection);
  await keysAt(
    loader,
    wanted.flatMap(({ kind, keys }) =>
      keys
        .filter(({ unique }) => unique)
        .map(({ path, norm }): Place => [space, loader.termId(kind), path, storedNorm(norm), ALONE]),
    ),
  );
}

type Place = readonly [connection: number, kind: number, path: string, norm: string, holder: number];

async function keysAt(loader: Loader, places: readonly Place[]): Promise<void> {
  if (places.length === 0) return;
  await loader.rows(
    'pushed_key',
    `from (select distinct * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[]) as n(connection, kind, path, norm, holder)) n
       join pushed_key t on t.connection = n.connection and t.kind = n.kind and t.path = n.path and t.norm = n.norm and t.holder = n.holder`,
    [
      places.map(([connection]) => connection),
      places.map(([, kind]) => kind),
      places.map(([, , path]) => loader.termId(path)),
      places.map(([, , , norm]) => norm),
      places.map(([, , , , holder]) => holder),
    ],
  );
}
