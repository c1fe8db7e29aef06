/** The organisation the cases run on: made once, copied for each case; the state after its first cycle likewise. */
import { closeSync, constants, copyFileSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Case } from './case.ts';
import { type DataRequest, IN_FOLDER, writeConfiguration, writeOrganisation } from './data.ts';
import { newDatabase, removeDatabase } from './databases.ts';
import { writeFeed } from './feed.ts';
import { runCase } from './spawn.ts';

export function organisation(which: Case['organisation'], request: DataRequest): DataRequest {
  rmSync(dirname(request.folder), { recursive: true, force: true });
  if (which === 'files') writeOrganisation(request);
  else writeFeed(request);
  return request;
}

/** A copy beside the original; shares blocks with it where the file system can. */
export async function copyOf(request: DataRequest, name: string): Promise<DataRequest> {
  const folder = join(dirname(request.folder), name);
  const { store } = request;
  const copy = { ...request, folder, store: store === IN_FOLDER ? store : await newDatabase(store, store) };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(request.folder)) {
    copyFileSync(join(request.folder, file), join(folder, file), constants.COPYFILE_FICLONE);
    // On the disk before anything is measured: gigabytes on their way there are no part of it.
    const copied = openSync(join(folder, file), 'r+');
    fsyncSync(copied);
    closeSync(copied);
  }
  writeConfiguration(copy, readFileSync(join(request.folder, 'rollcall.yaml'), 'utf8'));
  return copy;
}

export async function remove({ folder, store }: DataRequest): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  if (store !== IN_FOLDER) await removeDatabase(store);
}

const settled = new Map<string, DataRequest>();

/** The same after its first cycle, which is run once for all cases that ask. */
export async function settledCopy(request: DataRequest, name: string): Promise<DataRequest> {
  let made = settled.get(request.folder);
  if (!made) {
    made = await copyOf(request, 'settled');
    await runCase('settle', made);
    settled.set(request.folder, made);
  }
  return await copyOf(made, name);
}
