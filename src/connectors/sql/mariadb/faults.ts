/** MariaDB's and MySQL's error numbers in our kinds: https://mariadb.com/kb/en/mariadb-error-codes/. No value of a row is told. */
import type { ErrorKind } from '#core/errors';
import type { SqlFault } from '../driver.ts';

interface ServerError {
  readonly code?: string;
  readonly errno?: number;
  readonly message?: string;
  readonly sqlMessage?: string;
}

/** About one row. `#`: the constraint or the column. */
const ITEMS: { readonly [errno: number]: readonly [kind: ErrorKind, message: string] } = {
  1062: ['conflict', 'a value is taken already (#)'],
  1586: ['conflict', 'a value is taken already (#)'],
  1451: ['conflict', 'another row refers to it'],
  1452: ['conflict', 'it refers to a row that is not there'],
  1048: ['invalidValue', 'a value is missing that must be there (#)'],
  1364: ['invalidValue', 'a value is missing that must be there (#)'],
  4025: ['invalidValue', 'a value is against a rule of the table (#)'],
  3819: ['invalidValue', 'a value is against a rule of the table (#)'],
  1406: ['invalidValue', 'a text is longer than its column (#)'],
  1265: ['invalidValue', 'a value does not fit its column (#)'],
  1264: ['invalidValue', 'a number is out of the range of its column (#)'],
  1292: ['invalidValue', 'a value is not of the type of its column'],
  1366: ['invalidValue', 'a value is not of the type of its column (#)'],
  1644: ['invalidValue', 'a trigger refuses it'],
  1906: ['invalidValue', 'the database works out this column itself (#)'],
  3105: ['invalidValue', 'the database works out this column itself (#)'],
};

const LOST =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOSTUNREACH|ENETUNREACH|PROTOCOL_CONNECTION_LOST|PROTOCOL_SEQUENCE_TIMEOUT)/;
const GONE = [1053, 1077, 1079, 1927, 2006, 2013, 4031];
const BUSY = [1040, 1203, 1205, 1213, 1226, 1317, 1969, 3024, 1021, 1114];
const RIGHTS = [1044, 1142, 1143, 1227, 1290, 1370, 1792];
const NAMES = [1054, 1064, 1109, 1146, 1049, 1052, 1060, 1222, 1267, 1248];

export function mariadbFault(error: unknown): SqlFault {
  const { code = '', errno = 0, message: said, sqlMessage } = error as ServerError;
  const message = sqlMessage ?? said ?? String(error);
  if (Object.hasOwn(ITEMS, errno)) {
    const [kind, text] = ITEMS[errno]!;
    const named = nameIn(message);
    return {
      kind,
      message: named === undefined ? text.replace(' (#)', '') : text.replace('#', named),
      item: true,
      ...(named === undefined ? {} : { column: named }),
    };
  }
  if (errno === 1045 || errno === 1698)
    return {
      kind: 'authentication',
      message: 'the database refuses the user or the password',
      remedy: 'check `user` and `password`',
    };
  if (RIGHTS.includes(errno))
    return { kind: 'permission', message, remedy: 'give `user` the right to the tables that are named under `kinds`' };
  if (NAMES.includes(errno))
    return {
      kind: 'configuration',
      message,
      remedy: 'check the database in `url`, and the names under `kinds`: they are taken letter by letter',
    };
  if (LOST.test(code) || GONE.includes(errno))
    return {
      kind: 'unavailable',
      message: `the database cannot be reached: ${message}`,
      lost: true,
      remedy: 'see that the server runs, and that `url` names its host and port',
    };
  if (BUSY.includes(errno)) return { kind: 'unavailable', message, remedy: 'it is tried again; see the log of the database' };
  if (/^(HANDSHAKE_|SELF_SIGNED|UNABLE_TO|CERT_|DEPTH_ZERO|ERR_TLS)/.test(code) || /certificate|SSL/i.test(message))
    return { kind: 'configuration', message: `no safe connection: ${message}`, remedy: 'see `tls`' };
  return { kind: 'internal', message: errno === 0 ? message : `MariaDB refuses it (${errno})` };
}

/** `Duplicate entry '…' for key 'mail'`, `Data too long for column 'name' at row 1`: the name behind the value, which may hold anything. */
function nameIn(message: string): string | undefined {
  const found =
    /for key '([^']+)'$/.exec(message)?.[1] ??
    /(?:[Cc]olumn|[Ff]ield) '([^']+)'(?: in table '[^']+')? (?:at row \d+|cannot be null|doesn't have a default value|(?:in table '[^']+' )?(?:has been ignored|is not allowed))[^']*$/.exec(
      message,
    )?.[1] ??
    /^CONSTRAINT `([^`]+)` failed for /.exec(message)?.[1] ??
    /`([^`]+)` at row \d+$/.exec(message)?.[1];
  return found?.split('.').at(-1);
}
