/** What the operating system says about a file, as one of our error kinds. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ErrorKind, RollcallError } from '#core/errors';

const MEANINGS = new Map<string, readonly [kind: ErrorKind, message: string, remedy: string]>([
  ['ENOENT', ['notFound', 'does not exist', 'check the path; it starts from the folder of rollcall.yaml']],
  ['ENOTDIR', ['notFound', 'does not exist: a part of its path is no folder', 'check the path']],
  ['EISDIR', ['configuration', 'is a folder', 'name the file in it']],
  ['ELOOP', ['configuration', 'is a link that leads to itself', 'name the file itself']],
  ['ENAMETOOLONG', ['configuration', 'has too long a name', 'choose a shorter path']],
  ['EACCES', ['permission', 'may not be opened by this user', 'give the user that runs Rollcall the right to it and its folder']],
  ['EPERM', ['permission', 'may not be changed by this user', 'give the user that runs Rollcall the right to it and its folder']],
  ['EROFS', ['permission', 'is on a read-only file system', 'choose a path that can be written']],
  ['ENOSPC', ['unavailable', 'does not fit: the disk is full', 'make room on the disk']],
  ['EDQUOT', ['unavailable', 'does not fit: the disk quota is used up', 'make room or raise the quota']],
  ['EMFILE', ['unavailable', 'cannot be opened: too many files are open', 'raise the limit of open files']],
  ['EBUSY', ['unavailable', 'is in use', 'try again when the other program has closed it']],
  ['EIO', ['unavailable', 'cannot be read or written: the disk reports an error', 'check the disk']],
]);

/** A fault of the file system as a RollcallError that names the file; a RollcallError or an abort passes unchanged. */
export function fileFault(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof RollcallError || typeof code !== 'string' || code === 'ABORT_ERR') return error;
  if (code === 'ENOENT' && isFolderMissing(file)) return missingFolder(file, error);
  const meaning = MEANINGS.get(code);
  if (meaning === undefined) return new RollcallError('unavailable', `${file}: ${code}`, { where: { file }, cause: error });
  const [kind, message, remedy] = meaning;
  return new RollcallError(kind, `${file} ${message}`, { where: { file }, remedy, cause: error });
}

export function isFolderMissing(file: string): boolean {
  return !existsSync(dirname(file));
}

/** Of a file that Rollcall is to make. Nobody but a person makes its folder: the path may be mistyped, or a share not mounted. */
export function missingFolder(file: string, cause?: unknown): RollcallError {
  const folder = dirname(file);
  const typed = /^[\w./@:+-]+$/.test(folder) ? folder : `'${folder}'`;
  return new RollcallError('notFound', `the folder ${folder} is missing`, {
    where: { file },
    remedy: `if the path is right and its disk is mounted, make it: mkdir -p ${typed}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
