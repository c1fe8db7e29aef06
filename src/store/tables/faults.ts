/** Errors on their way from the writer thread, and SQLite's own in our kinds. */
import { type ErrorKind, RollcallError, StoreInUse, StoreUnavailable, Superseded, type Where } from '#core/errors';

export interface PlainError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly where: Where;
  readonly remedy: string | undefined;
  /** What catches it asks for more than its kind. */
  readonly of: 'superseded' | 'store' | 'inUse' | null;
  readonly stack: string | undefined;
}

/** `where`: the store, unless the error names another place. */
export function plainError(error: unknown, where: Where = {}): PlainError {
  const said = storeError(error);
  // What is refused is so for what was asked, wherever the store is.
  const isRefused = said === error && classOf(said) === null;
  return {
    kind: said.kind,
    message: said.message,
    where: isRefused ? said.where : { ...where, ...said.where },
    remedy: said.remedy,
    of: classOf(said),
    stack: error instanceof Error ? error.stack : undefined,
  };
}

function classOf(error: RollcallError): PlainError['of'] {
  if (error instanceof Superseded) return 'superseded';
  if (error instanceof StoreInUse) return 'inUse';
  return error instanceof StoreUnavailable ? 'store' : null;
}

export function revive(plain: PlainError): RollcallError {
  const { kind, message, where, remedy, of, stack } = plain;
  const more = remedy === undefined ? { where } : { where, remedy };
  const error =
    of === 'superseded'
      ? new Superseded(message, { remedy: remedy! })
      : of === 'store'
        ? new StoreUnavailable(message, more)
        : of === 'inUse'
          ? new StoreInUse(message, more)
          : new RollcallError(kind, message, more);
  if (stack !== undefined) error.stack = `${error.stack}\n    in the writer thread: ${stack}`;
  return error;
}

/** SQLITE_IOERR_SHMSIZE: the file that readers share with the writer does not fit on the disk. */
const NO_ROOM_TO_SHARE = 4874;

export function storeError(error: unknown): RollcallError {
  if (error instanceof RollcallError) return error;
  const code = (error as { errcode?: number }).errcode;
  const message = error instanceof Error ? error.message : String(error);
  const primary = code === undefined ? undefined : code & 0xff;
  if (primary === 13 || code === NO_ROOM_TO_SHARE)
    return said('unavailable', 'the disk of the store is full', 'free space on the disk; nothing of the last write was kept');
  if (primary === 10)
    return said(
      'unavailable',
      `the disk of the store reports an error: ${message}`,
      'check the disk, and that there is room on it',
    );
  if (primary === 5 || primary === 6)
    return said('unavailable', 'the store is busy', 'try again; if it stays so, see which process uses the file');
  if (primary === 8 || primary === 14)
    return said(
      'permission',
      `the store cannot be opened or written: ${message}`,
      "check the rights of the store's file and folder",
    );
  if (primary === 11 || primary === 26)
    return said('internal', `the store is damaged or not a store: ${message}`, 'restore the last backup');
  return new RollcallError('internal', `store: ${message}`, { cause: error });

  function said(kind: ErrorKind, text: string, remedy: string): RollcallError {
    const more = { remedy, cause: error };
    return kind === 'unavailable' ? new StoreUnavailable(text, more) : new RollcallError(kind, text, more);
  }
}
