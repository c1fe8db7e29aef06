/** Whether a store can be used, without making one that is not there and without writing to one that is. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { RollcallError } from '#core/errors';
import type { StoreLook } from '../contract.ts';
import { openDatabase } from '../tables/database.ts';
import { storeError } from '../tables/faults.ts';
import { storeFolder } from './folder.ts';
import { knownVersion, schemaVersion } from './migrate.ts';
import { refuseNetwork } from './network.ts';

/** @throws as `open` does; permission where the file, or the folder of its lock, cannot be written. */
export function look(place: string): StoreLook {
  const path = resolve(place);
  storeFolder(path);
  refuseNetwork(path);
  mustWrite(dirname(path), `the folder of the store ${path} cannot be written`, path);
  if (!existsSync(path)) return { state: 'none', warnings: [] };
  mustWrite(path, `the store ${path} cannot be written`, path);
  try {
    const db = openDatabase(path, { readOnly: true, cacheKb: 1_000, delayMs: 0 });
    try {
      const version = schemaVersion(db, path);
      return { state: version === 0 ? 'none' : version < knownVersion() ? 'older' : 'there', warnings: [] };
    } finally {
      db.close();
    }
  } catch (error) {
    throw storeError(error);
  }
}

function mustWrite(what: string, message: string, file: string): void {
  try {
    accessSync(what, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new RollcallError('permission', `${message}: ${(error as Error).message}`, {
      where: { file },
      remedy: "check the rights of the store's file and folder",
      cause: error,
    });
  }
}
