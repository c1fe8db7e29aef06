/** The ldap connector on a server of tests: opened as the engine opens it, read to the end, and what it refuses as data. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change, Connection, Cursor, ReadEnd, ReadObject, WriteItem, WriteResult } from '#connectors/contract';
import { ldap as connector } from '#connectors/ldap/index';
import type { Fault } from '#core/errors';
import { toFault } from '#core/errors';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { ldap as program } from './ldap-programs.ts';

export interface Read {
  readonly objects: readonly (ReadObject | Change)[];
  readonly end: ReadEnd | undefined;
}

export interface System extends AsyncDisposable {
  readonly connection: Connection;
  readonly warned: readonly Fault[];
  full(): Promise<Read>;
  since(cursor: Cursor): Promise<Read>;
  /** One change, or some that are handed over together. */
  write(...items: readonly (Partial<WriteItem> & Pick<WriteItem, 'operation'>)[]): Promise<readonly WriteResult[]>;
}

export function systemOn(
  folder: string,
  config: object,
  { maxObjectBytes = 16 * 1_048_576 }: { maxObjectBytes?: number } = {},
): System {
  const warned: Fault[] = [];
  const connection = connector.open(connector.config.parse(config), {
    connection: 'directory',
    folder,
    limits: { maxObjectBytes },
    warn: (fault) => void warned.push(fault),
  });
  const all = async (since?: Cursor): Promise<Read> => {
    const objects: (ReadObject | Change)[] = [];
    let end: ReadEnd | undefined;
    const { signal } = new AbortController();
    for await (const page of connection.read!.read(since === undefined ? { signal } : { since, signal })) {
      objects.push(...page.objects);
      end = page.end;
    }
    return { objects, end };
  };
  let attempts = 0;
  return {
    connection,
    warned,
    full: () => all(),
    since: all,
    write: (...items) =>
      connection.write!.write(
        items.map((item) => ({ attempt: `${++attempts}`, kind: 'person', anchor: null, set: {}, ...item })),
      ),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** What a connection to this server is given: its account `sync`, and everything below the suffix. */
export async function configOf(server: SlapdServer): Promise<{ [setting: string]: unknown }> {
  await writeFile(join(server.folder, 'ca.pem'), server.ca);
  return { url: server.ldaps, tls: { ca: 'ca.pem' }, bind: server.sync, base: server.suffix };
}

/** What is refused, as data. */
export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  try {
    await work;
  } catch (error) {
    return toFault(error);
  }
  throw new Error('nothing was refused');
}

export const personLdif = (suffix: string, uid: string, more = ''): string =>
  `dn: uid=${uid},${suffix}\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\n${more}`;

/** Entries written by somebody else than Rollcall. */
export const addedTo = (server: SlapdServer, ...entries: readonly string[]): Promise<string> =>
  program('ldapadd', { url: server.ldap, ...server.admin }, ['-e', 'relax'], entries.join('\n'));

export const changedIn = (server: SlapdServer, ldif: string): Promise<string> =>
  program('ldapmodify', { url: server.ldap, ...server.admin }, [], ldif);

/** DNs of what a read showed, as they are spelled, sorted. */
export const namesOf = ({ objects }: Pick<Read, 'objects'>): readonly string[] =>
  objects.flatMap((one) => ('name' in one && one.name !== undefined ? [one.name] : [])).sort();

export const objectNamed = ({ objects }: Pick<Read, 'objects'>, dn: string): ReadObject =>
  objects.find((one): one is ReadObject => 'attributes' in one && one.name === dn)!;
