/** Reads too long for a calling thread, on a thread and read-only connection of their own. */
import { createHash } from 'node:crypto';
import { type Database, openDatabase } from '../tables/database.ts';
import { plainError } from '../tables/faults.ts';
import { serve } from '../threads.ts';
import { CACHE_KB } from './caches.ts';
import { pendingOf } from './read/exports.ts';
import { readIndexRows } from './read/index-rows.ts';

export type LongRead =
  | { readonly what: 'importIndex'; readonly connection: string }
  /** By the id of the connection. */
  | { readonly what: 'pending'; readonly connection: number }
  | { readonly what: 'checksums' }
  | { readonly what: 'copy'; readonly to: string };

export interface Asked {
  readonly path: string;
  readonly read: LongRead;
}

serve<Asked>(({ path, read }, port) => {
  try {
    const db = openDatabase(path, { readOnly: true, cacheKb: CACHE_KB.longReads });
    const { result, moved } = answer(db, read);
    db.close();
    port.postMessage({ ok: true, result }, moved);
  } catch (error) {
    port.postMessage({ ok: false, error: plainError(error) });
  }
  port.close();
});

/** `moved`: what is handed to the calling thread, not copied. */
function answer(db: Database, read: LongRead): { readonly result: unknown; readonly moved: ArrayBuffer[] } {
  if (read.what === 'checksums') return { result: checksums(db), moved: [] };
  if (read.what === 'pending') return { result: pendingOf(db, read.connection), moved: [] };
  if (read.what === 'copy') return { result: copy(db, read.to), moved: [] };
  const rows = readIndexRows(db, read.connection);
  const columns = [rows.anchorHigh, rows.anchorLow, rows.ids, rows.content, rows.present];
  return { result: rows, moved: columns.map(({ buffer }) => buffer as ArrayBuffer) };
}

/**
 * A consistent copy, whoever writes meanwhile; the source is not touched. `vacuum into` is as fast as node:sqlite's `backup`
 * (0.4 s for 260 MB), whose promise was seen never to settle under memory pressure (Node 24.21).
 */
function copy(db: Database, to: string): null {
  db.raw.prepare('vacuum into ?').run(to);
  return null;
}

/** All columns of all rows in key order. The search index is left out: it is derived, and grows when somebody searches. */
function checksums(db: Database): { [table: string]: string } {
  const out: { [table: string]: string } = {};
  db.exec('begin');
  const tables = db.all(
    `select name from sqlite_schema where type = 'table' and name not like 'search%' and name not like 'sqlite_%' order by name`,
  );
  for (const [table] of tables) {
    const name = String(table);
    const key = db
      .all('select name from pragma_table_info(?) where pk > 0 order by pk', name)
      .map((row) => `"${String(row[0])}"`);
    const hash = createHash('sha256');
    let block = '';
    for (const row of db.each(`select * from "${name}" order by ${key.join(', ')}`)) {
      block += `${JSON.stringify(row, bytesAsHex)}\n`;
      if (block.length > 65_536) {
        hash.update(block);
        block = '';
      }
    }
    out[name] = hash.update(block).digest('hex');
  }
  db.exec('commit');
  return out;
}

function bytesAsHex(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : value;
}
