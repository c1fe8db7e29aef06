/** Files that commands write for somebody. */
import { writeFile } from 'node:fs/promises';
import { RollcallError } from '#core/errors';

/**
 * `isPrivate`: readable by its owner alone, and so never a file that is there already, whose rights it would keep.
 * Errors: configuration where the file cannot be written.
 */
export async function writeOut(
  file: string,
  data: string | Buffer,
  { isPrivate }: { readonly isPrivate: boolean },
): Promise<void> {
  try {
    await writeFile(file, data, isPrivate ? { mode: 0o600, flag: 'wx' } : {});
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    const isThere = code === 'EEXIST';
    throw new RollcallError('configuration', isThere ? `${file} is there already` : `${file} cannot be written (${code})`, {
      where: { file },
      cause,
      remedy: isThere
        ? 'name another file: nothing is written over'
        : 'name a file in a folder that is there and that you may write to',
    });
  }
}
