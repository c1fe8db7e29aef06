/**
 * Whether the server is set so that what it says is committed outlives its machine's power (PostgreSQL's manual, "Write Ahead Log").
 * What a session may set for itself is set by the writer; these two are the server's.
 */
import type { ClientBase } from 'pg';
import type { Fault } from '#core/errors';
import { query, type Row } from './connect.ts';

const RISKS: { readonly [setting: string]: { readonly risk: string; readonly harmless: string } } = {
  fsync: {
    risk: 'a power cut may take what was committed, and damage the whole database',
    harmless: 'what is in it may be lost',
  },
  full_page_writes: {
    risk: 'a power cut may damage the whole database',
    harmless: 'its file system never tears a page (such as ZFS)',
  },
};

/** What to say of rows of name and setting. */
export function durabilityDoubts(rows: readonly Row[]): Fault[] {
  return rows.flatMap(([name, setting]): Fault[] => {
    const known = RISKS[String(name)];
    if (known === undefined || setting === 'on') return [];
    return [
      {
        kind: 'configuration',
        message: `the PostgreSQL server runs with ${String(name)} = ${String(setting)}: ${known.risk}`,
        where: {},
        remedy: `as its administrator: alter system set ${String(name)} = on; select pg_reload_conf(); (no harm where ${known.harmless})`,
      },
    ];
  });
}

/** Asks the server. */
export async function doubtsOf(client: ClientBase): Promise<Fault[]> {
  return durabilityDoubts(
    await query(client, 'select name, setting from pg_settings where name = any($1) order by name', [Object.keys(RISKS)]),
  );
}
