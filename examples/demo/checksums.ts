/** Fingerprints of files and of the tables in the store, taken with nothing of Rollcall's own: what is claimed is seen from outside. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Checksums = ReadonlyMap<string, string>;

export function fileChecksums(folder: string, files: readonly string[]): Checksums {
  return new Map(
    files.map((file) => {
      const path = join(folder, file);
      return [file, existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'does not exist'];
    }),
  );
}

/** What is there to be written in every run: whole tables, or columns of a table. */
export interface Moving {
  readonly tables: readonly string[];
  readonly columns: { readonly [table: string]: readonly string[] };
}

/** One per table, without what moves in every run and without the derived search index. */
export function tableChecksums(store: string, moving: Moving): Checksums {
  const db = new DatabaseSync(store, { readOnly: true });
  try {
    const tables = db
      .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name")
      .all();
    const names = tables
      .map((row) => String(row.name))
      .filter((name) => !moving.tables.includes(name) && !/^search(_|$)/.test(name));
    return new Map(names.map((name) => [name, tableChecksum(db, name, moving.columns[name] ?? [])]));
  } finally {
    db.close();
  }
}

function tableChecksum(db: DatabaseSync, table: string, without: readonly string[]): string {
  const hash = createHash('sha256');
  const statement = db.prepare(`select * from "${table}"`);
  statement.setReadBigInts(true);
  for (const row of statement.iterate()) {
    for (const column of without) delete row[column];
    hash.update(
      JSON.stringify(Object.values(row), (_, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
      ),
    );
  }
  return hash.digest('hex');
}

export function differences(before: Checksums, after: Checksums): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
}
