/** The address of a database, as settings have it. */

export type System = 'postgres' | 'mariadb' | 'sqlite' | 'sqlserver';

const SCHEMES: { readonly [scheme: string]: System } = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mariadb:': 'mariadb',
  'mysql:': 'mariadb',
  'sqlite:': 'sqlite',
  'sqlserver:': 'sqlserver',
};

/** What the address comes to. `path` only of SQLite, the rest only of servers. */
export type Place =
  | { readonly system: 'sqlite'; readonly path: string }
  | {
      readonly system: Exclude<System, 'sqlite'>;
      readonly host: string;
      readonly port: number | undefined;
      readonly database: string;
    };

/** @throws what is wrong with the address, as a sentence's end. */
export function placeOf(url: string): Place {
  const scheme = /^[a-z]+:/i.exec(url)?.[0].toLowerCase() ?? '';
  const system = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme]! : undefined;
  if (system === undefined)
    throw new Error('must begin with postgres://, mariadb://, mysql://, sqlserver:// or sqlite: and name a database');
  if (system === 'sqlite') {
    const path = url.slice(scheme.length).replace(/^\/\/(?=\/)/, '');
    if (path === '' || path.startsWith('//') || path === ':memory:') throw new Error('must name a file, such as sqlite:hr.db');
    return { system, path };
  }
  const parsed = URL.parse(url);
  if (parsed === null || parsed.hostname === '') throw new Error(`must be ${scheme}//host/database`);
  if (parsed.username !== '' || parsed.password !== '')
    throw new Error('must hold no user and no password: they are settings of their own, `user` and `password`');
  if (parsed.search !== '' || parsed.hash !== '') throw new Error('must end with the database: nothing may follow it');
  const database = decoded(parsed.pathname.slice(1));
  if (database === null || database === '' || database.includes('/'))
    throw new Error(`must name the database: ${scheme}//host/database`);
  const host = decoded(parsed.hostname.replace(/^\[(.*)\]$/, '$1'));
  if (host === null) throw new Error('names no host');
  return { system, host, port: parsed.port === '' ? undefined : Number(parsed.port), database };
}

/** Null where something is wrong with it. */
export function placeFor(url: string): Place | null {
  try {
    return placeOf(url);
  } catch {
    return null;
  }
}

/** By itself a connection is, unless it leaves no machine. */
export function isEncrypted(tls: boolean | object | undefined, host: string): boolean {
  if (tls !== undefined) return tls !== false;
  return !(host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host));
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
