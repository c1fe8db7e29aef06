/** The organisation the cases run on: made once, copied for each case; the state after its first cycle likewise. */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Case } from './case.ts';
import { type DataRequest, writeOrganisation } from './data.ts';
import { writeFeed } from './feed.ts';
import { runCase } from './spawn.ts';

export function organisation(which: Case['organisation'], request: DataRequest): DataRequest {
  rmSync(dirname(request.folder), { recursive: true, force: true });
  if (which === 'files') writeOrganisation(request);
  else writeFeed(request);
  return request;
}

/** A copy beside the original; shares blocks with it where the file system can. */
export function copyOf(request: DataRequest, name: string): DataRequest {
  const folder = join(dirname(request.folder), name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(request.folder))
    copyFileSync(join(request.folder, file), join(folder, file), constants.COPYFILE_FICLONE);
  return { ...request, folder };
}

/** The same after its first cycle, which is run once for all cases that ask. */
export async function settledCopy(request: DataRequest, name: string): Promise<DataRequest> {
  const settled = { ...request, folder: join(dirname(request.folder), 'settled') };
  if (!existsSync(settled.folder)) {
    const made = copyOf(request, 'settling');
    await runCase('settle', made);
    renameSync(made.folder, settled.folder);
  }
  return copyOf(settled, name);
}
