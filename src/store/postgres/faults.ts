/** PostgreSQL's errors in our kinds. What it says of a connection may hold the address, never the password. */
import { type ErrorKind, RollcallError, StoreUnavailable } from '#core/errors';

/** There was no connection yet. */
const UNREACHED = /^(ECONNREFUSED|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)/;
const LOST = /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_|EHOSTUNREACH|ENETUNREACH)/;

/** `committing`: whether it was kept is not known. */
export function postgresError(error: unknown, committing: boolean = false): RollcallError {
  if (error instanceof RollcallError) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  const message = error instanceof Error ? error.message : String(error);
  if (UNREACHED.test(code) || /timeout expired|timeout exceeded when trying to connect|connection timeout$/.test(message))
    return said(
      'unavailable',
      `PostgreSQL cannot be reached: ${message}`,
      'see that the server runs, and that `store:` names its host and port',
    );
  if (isLost(error))
    return said(
      'unavailable',
      `the connection to PostgreSQL was lost: ${message}`,
      committing ? 'start the command again: what was written is looked at first' : 'see that the server runs and can be reached',
    );
  // A connection that cannot even begin has no code for it.
  if (code === '53100' || message.startsWith('could not write init file'))
    return said('unavailable', "the disk of the store's server is full", 'free space on it; nothing of the last write was kept');
  if (code.startsWith('53') || code === '55P03' || code.startsWith('40'))
    return said(
      'unavailable',
      `PostgreSQL is too busy: ${message}`,
      'try again; if it stays so, see its limits of connections and memory',
    );
  if (code.startsWith('28'))
    return said('permission', `PostgreSQL refuses the user or password: ${message}`, 'check the user and password in `store:`');
  if (code === '3D000')
    return said('notFound', `PostgreSQL has no such database: ${message}`, 'create the database, or change `store:`');
  if (code === '42501')
    return said(
      'permission',
      `PostgreSQL refuses: ${message}`,
      'give the user of `store:` its own database, or the right to create in it',
    );
  return new RollcallError('internal', `store: ${message}`, { cause: error });

  function said(kind: ErrorKind, text: string, remedy: string): RollcallError {
    const more = { remedy, cause: error };
    return kind === 'unavailable' ? new StoreUnavailable(text, more) : new RollcallError(kind, text, more);
  }
}

/** A transaction that stood still too long, as when the server was frozen: 25P03, 25P04. It is undone, and its connection closed. */
const STOOD_STILL = /^25P0[34]$/;

/** The server or the way to it is gone; a new connection may find it again. */
export function isLost(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return (
    LOST.test(code) ||
    code.startsWith('08') ||
    code.startsWith('57P') ||
    STOOD_STILL.test(code) ||
    /^Connection terminated|^Client has encountered a connection error|^timeout expired$/.test(message)
  );
}
