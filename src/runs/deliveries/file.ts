/** One file per account, readable by its owner alone: there as a whole or not at all, and on the disk when it is said to be. */
import { randomUUID } from 'node:crypto';
import { access, constants, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '#core/digest';
import { RollcallError } from '#core/errors';
import type { DeliveredSecret } from '#engine/index';

const OWNER_WRITES = 0o600;
const OTHERS_WRITE = 0o022;

/** Makes it where it is not there. Throws where others could put files, or links, into it. */
export async function checkFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
    const { mode } = await stat(folder);
    if (process.platform === 'win32' || (mode & OTHERS_WRITE) === 0) return;
  } catch (error) {
    throw refused(folder, `cannot be written to (${(error as NodeJS.ErrnoException).code})`, 'let Rollcall write there');
  }
  throw refused(folder, 'may be written to by others', `chmod go-w ${folder}`);
}

function refused(folder: string, why: string, remedy: string): RollcallError {
  return new RollcallError('configuration', `the folder for generated values ${why}`, { where: { file: folder }, remedy });
}

/** A later value of the same account takes the place of the one before. */
export async function writeSecretFile(folder: string, secret: DeliveredSecret, text: string): Promise<void> {
  const file = join(folder, fileName(secret));
  const part = join(folder, `.${randomUUID()}`);
  let handle: FileHandle | null = null;
  try {
    handle = await open(part, 'wx', OWNER_WRITES);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    handle = null;
    await rename(part, file);
    await syncFolder(folder);
  } catch (error) {
    await handle?.close().catch(() => undefined);
    await rm(part, { force: true }).catch(() => undefined);
    throw refused(
      folder,
      `cannot be written to (${(error as NodeJS.ErrnoException).code})`,
      'make room, and let Rollcall write there',
    );
  }
}

/** Names come from outside: what is legible of one, and a digest that no other account has. */
export function fileName({ connection, kind, anchor, name, attribute }: DeliveredSecret): string {
  const legible = (text: string): string =>
    text
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60);
  const digest = sha256Hex(JSON.stringify([connection, kind, anchor, attribute])).slice(0, 16);
  return `${[connection, name ?? anchor].map(legible).join('-')}-${digest}.json`;
}

/** Without it the name may be gone after a power loss, though the bytes are there. */
async function syncFolder(folder: string): Promise<void> {
  // A folder cannot be opened on Windows.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
