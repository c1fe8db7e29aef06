/** The folder that a store lies in, or is to be made in. */
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RollcallError } from '#core/errors';

/** @throws notFound where there is none. */
export function storeFolder(path: string): string {
  const folder = dirname(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new RollcallError('notFound', `the folder ${folder} for the store does not exist`, {
      where: { file: path },
      remedy: 'make the folder, or change `store:`',
    });
  return folder;
}
