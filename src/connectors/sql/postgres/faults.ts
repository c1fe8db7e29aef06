/** PostgreSQL's SQLSTATEs in our kinds: https://www.postgresql.org/docs/current/errcodes-appendix.html. No value of a row is told. */
import type { ErrorKind } from '#core/errors';
import type { SqlFault } from '../driver.ts';

interface ServerError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly constraint?: unknown;
  readonly column?: unknown;
}

/** About one row. `#`: the constraint or the column. */
const ITEMS: { readonly [code: string]: readonly [kind: ErrorKind, message: string] } = {
  '23505': ['conflict', 'a value is taken already (#)'],
  '23P01': ['conflict', 'a value is in the way of another row (#)'],
  '23503': ['conflict', 'it refers to a row that is not there, or another row refers to it (#)'],
  '23001': ['conflict', 'another row refers to it (#)'],
  '23502': ['invalidValue', 'a value is missing that must be there (#)'],
  '23514': ['invalidValue', 'a value is against a rule of the table (#)'],
  '22001': ['invalidValue', 'a text is longer than its column'],
  '22003': ['invalidValue', 'a number is out of the range of its column'],
  '22007': ['invalidValue', 'a value is no date or time'],
  '22008': ['invalidValue', 'a date or time is out of range'],
  '22P02': ['invalidValue', 'a value is not of the type of its column'],
  '22021': ['invalidValue', 'a text holds a character that the database does not take'],
  '42804': ['invalidValue', 'a value is not of the type of its column'],
  '428C9': ['invalidValue', 'the database works out this column itself (#)'],
  P0001: ['invalidValue', 'a trigger refuses it'],
};

const LOST = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH)/;

export function postgresFault(error: unknown): SqlFault {
  const { code: raw, message: said, constraint, column } = error as ServerError;
  const code = String(raw ?? '');
  const message = String(said ?? error);
  if (Object.hasOwn(ITEMS, code)) {
    const [kind, text] = ITEMS[code]!;
    const named = typeof constraint === 'string' ? constraint : typeof column === 'string' ? column : '';
    return {
      kind,
      message: named === '' ? text.replace(' (#)', '') : text.replace('#', named),
      item: true,
      ...(typeof column === 'string' ? { column } : {}),
    };
  }
  // Anything else about data; the message may quote it.
  if (/^(22|23|44)/.test(code)) return { kind: 'invalidValue', message: `PostgreSQL refuses it (${code})`, item: true };
  if (code.startsWith('28'))
    return {
      kind: 'authentication',
      message: 'the database refuses the user or the password',
      remedy: 'check `user` and `password`',
    };
  if (code === '42501' || code === '25006')
    return { kind: 'permission', message, remedy: 'give `user` the right to the tables that are named under `kinds`' };
  if (code === '3D000') return { kind: 'notFound', message, remedy: 'check the database in `url`' };
  if (code === '42P01' || code === '3F000')
    return { kind: 'configuration', message, remedy: 'check the names of tables under `kinds`; they are taken letter by letter' };
  if (code === '57014')
    return { kind: 'unavailable', message, remedy: 'look for locks that it waits for, or give it more time with `timeout`' };
  if (
    /^(08|57P|25P0[34])/.test(code) ||
    LOST.test(code) ||
    /^(Connection terminated|Client has encountered|timeout expired)/.test(message)
  )
    return { kind: 'unavailable', message: `the database cannot be reached: ${message}`, lost: true, remedy: REACH };
  if (/^(40|53|55|57|58)/.test(code))
    return { kind: 'unavailable', message, remedy: 'it is tried again; see the log of the database' };
  if (code === '0A000')
    return { kind: 'configuration', message, remedy: 'name a table under `kinds`, or a view that can be written' };
  if (code.startsWith('42')) return { kind: 'configuration', message, remedy: 'check `kinds`, and a `query` in it' };
  if (/^(SELF_SIGNED|UNABLE_TO|CERT_|DEPTH_ZERO|ERR_TLS)/.test(code) || /SSL|certificate|SASL/i.test(message))
    return { kind: 'configuration', message: `no safe connection: ${message}`, remedy: 'see `tls`, `user` and `password`' };
  return { kind: 'internal', message };
}

const REACH = 'see that the server runs, and that `url` names its host and port';
