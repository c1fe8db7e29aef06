/** Plain numbered SQL, forward only: `schema/0001.sql`, `0002.sql`, …; each file is one transaction that ends with its number. */
import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { RollcallError } from '#core/errors';
import type { Database } from '../tables/database.ts';
import { schemaFolder } from '../tables/schema.ts';

/** 'Roll': tells a store from any other SQLite file. */
const APPLICATION = 0x526f6c6c;

function files(): string[] {
  return readdirSync(schemaFolder)
    .filter((name) => /^\d{4}\.sql$/.test(name))
    .sort();
}

/** The version this program writes. */
export function knownVersion(): number {
  return files().length;
}

/** 0 for an empty file. @throws configuration when the file is not a store, or of a newer program. */
export function schemaVersion(database: Database, path: string): number {
  const application = Number(database.get('pragma application_id')![0]);
  const tables = Number(database.get('select count(*) from sqlite_schema')![0]);
  if (application !== APPLICATION && (application !== 0 || tables > 0))
    throw new RollcallError('configuration', `${path} is a SQLite file, but not a Rollcall store`, {
      where: { file: path },
      remedy: 'name another file in `store:`',
    });
  const version = Number(database.get('pragma user_version')![0]);
  const known = knownVersion();
  if (version > known)
    throw new RollcallError('configuration', `the store has schema version ${version}; this program knows up to ${known}`, {
      where: { file: path },
      remedy: 'use the newer Rollcall that wrote it, or restore a backup made before the upgrade',
    });
  return version;
}

/** Brings a store up to date. A crash leaves it at the last complete version. */
export function migrate(database: Database, path: string): void {
  const version = schemaVersion(database, path);
  const names = files();
  for (let n = version; n < names.length; n++) {
    const sql = readFileSync(new URL(names[n]!, schemaFolder), 'utf8');
    database.exec('begin immediate');
    try {
      database.exec(sql);
      if (n === 0) found(database);
      database.exec(`pragma user_version = ${n + 1}`);
      database.exec('commit');
    } catch (error) {
      // A full disk has undone it already.
      if (database.raw.isTransaction) database.exec('rollback');
      throw error;
    }
  }
}

function found(database: Database): void {
  const set = 'insert into setting (name, value) values (?, ?)';
  database.run('setting', set, 'storeId', randomUUID());
  database.run('setting', set, 'generation', 1);
  database.run('setting', set, 'digestKey', randomBytes(32));
  for (const name of ['seq', 'object', 'staged', 'epoch', 'now'])
    database.run(
      'counter',
      'insert into counter (name, value) values (?, ?)',
      name,
      name === 'object' || name === 'staged' ? 1 : 0,
    );
  database.exec(`pragma application_id = ${APPLICATION}`);
}
