/** SQL Server's error numbers in our kinds: https://learn.microsoft.com/sql/relational-databases/errors-events/. No value of a row is told. */
import type { ErrorKind } from '#core/errors';
import type { SqlFault } from '../driver.ts';

interface ServerError {
  readonly code?: string;
  readonly number?: number;
  readonly message?: string;
}

/** About one row. `#`: the constraint or the column. */
const ITEMS: { readonly [number: number]: readonly [kind: ErrorKind, message: string] } = {
  2601: ['conflict', 'a value is taken already (#)'],
  2627: ['conflict', 'a value is taken already (#)'],
  547: ['conflict', 'it is against a rule of the table, or refers to a row that is not there, or another row refers to it (#)'],
  515: ['invalidValue', 'a value is missing that must be there (#)'],
  2628: ['invalidValue', 'a text is longer than its column (#)'],
  8152: ['invalidValue', 'a text is longer than its column'],
  220: ['invalidValue', 'a number is out of the range of its column'],
  8115: ['invalidValue', 'a number is out of the range of its column'],
  241: ['invalidValue', 'a value is no date or time'],
  242: ['invalidValue', 'a date or time is out of range'],
  245: ['invalidValue', 'a value is not of the type of its column'],
  8114: ['invalidValue', 'a value is not of the type of its column'],
  8169: ['invalidValue', 'a value is not of the type of its column'],
  206: ['invalidValue', 'a value is not of the type of its column'],
  257: ['invalidValue', 'a value is not of the type of its column'],
  271: ['invalidValue', 'the database works out this column itself (#)'],
  544: ['invalidValue', 'the database gives this key itself: name `findNewBy`'],
  50000: ['invalidValue', 'a trigger refuses it'],
  3609: ['invalidValue', 'a trigger refuses it'],
};

const BUSY = [1205, 1222, 701, 1204, 1105, 9002, 3960, 10928, 10929, 40501, 40613];
const NAMES = [102, 156, 207, 208, 209, 911, 4145, 8155, 8156, 11529, 11501];

export function sqlServerFault(error: unknown): SqlFault {
  const { code = '', number = 0, message: said } = error as ServerError;
  const message = said ?? String(error);
  if (Object.hasOwn(ITEMS, number)) {
    const [kind, text] = ITEMS[number]!;
    const column = /column '([^']+)'/.exec(message)?.[1] ?? /column "([^"]+)" cannot be modified/.exec(message)?.[1];
    const named = /constraint ['"]([^'"]+)['"]/.exec(message)?.[1] ?? /unique index '([^']+)'/.exec(message)?.[1] ?? column;
    return {
      kind,
      message: named === undefined ? text.replace(' (#)', '') : text.replace('#', named),
      item: true,
      ...(column === undefined ? {} : { column }),
    };
  }
  if (number === 18456 || code === 'ELOGIN')
    return {
      kind: 'authentication',
      message: 'the database refuses the user or the password',
      remedy: 'check `user` and `password`',
    };
  if (number === 4060) return { kind: 'notFound', message, remedy: 'check the database in `url`' };
  if (number === 3952)
    return {
      kind: 'configuration',
      message: 'the database does not keep older rows, so a read of it is no one moment',
      remedy: 'allow it: alter database … set allow_snapshot_isolation on',
    };
  if (number === 229 || number === 230 || number === 262)
    return { kind: 'permission', message, remedy: 'give `user` the right to the tables that are named under `kinds`' };
  if (NAMES.includes(number))
    return { kind: 'configuration', message, remedy: 'check the names under `kinds`, and a `query` in it' };
  if (BUSY.includes(number)) return { kind: 'unavailable', message, remedy: 'it is tried again; see the log of the database' };
  if (/certificate|self.signed|TLS|SSL/i.test(message))
    return { kind: 'configuration', message: `no safe connection: ${message}`, remedy: 'see `tls`' };
  if (/^(ESOCKET|ECONN|ETIMEOUT|EINSTLOOKUP|ENOTOPEN|ENOCONN|EPIPE)/.test(code))
    return {
      kind: 'unavailable',
      message: `the database cannot be reached: ${message}`,
      lost: true,
      remedy: 'see that the server runs, and that `url` names its host and port',
    };
  return { kind: 'internal', message: number === 0 ? message : `SQL Server refuses it (${number})` };
}
