/** State of the connections, absence, the bitmap of an interrupted read. */
import { canonicalJson } from '#core/canonical';
import { bare } from '#core/values';
import type { BaselineChange, ConnectionState, SpaceOperations } from '../contract.ts';
import { codeOf, GONE, PRESENCES } from '../tables/codes.ts';
import type { Bind } from '../tables/database.ts';
import { writeDirtyIds } from './dirty.ts';
import { forgetStagedKeys } from './keys.ts';
import { forgetPushed } from './pushed.ts';
import type { Session } from './session.ts';

export const STATE_COLUMNS: { readonly [field in keyof Omit<ConnectionState, 'name'>]: string } = {
  mode: 'mode',
  approval: 'approval',
  held: 'held',
  cursor: 'cursor',
  checkpoint: 'checkpoint',
  fingerprint: 'fingerprint',
  baseline: 'baseline',
  outages: 'outages',
  lastCompleteRead: 'last_complete_read',
  lastRead: 'last_read',
  readMark: 'read_mark',
  rulesHash: 'rules_hash',
  configHash: 'config_hash',
};

export function saveState(
  session: Session,
  { name, patch, epoch }: { name: string; patch: Partial<Omit<ConnectionState, 'name'>>; epoch: number | null },
): void {
  session.checkEpoch(epoch);
  const id = session.connection(name);
  const set: string[] = [];
  const values: Bind[] = [];
  for (const field of Object.keys(STATE_COLUMNS) as (keyof typeof STATE_COLUMNS)[]) {
    const value = patch[field];
    if (value === undefined) continue;
    set.push(STATE_COLUMNS[field]);
    values.push(typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
  }
  if (set.length === 0) return;
  session.db.run(
    'connection',
    `update connection set ${set.map((column) => `${column} = ?`).join(', ')} where id = ? and (${set.map((column) => `${column} is not ?`).join(' or ')})`,
    ...values,
    id,
    ...values,
  );
}

type Counts = { readonly [name: string]: number };

export function addToBaseline(
  session: Session,
  { name, change, epoch }: { name: string; change: BaselineChange; epoch: number },
): string | null {
  session.checkEpoch(epoch);
  const id = session.connection(name);
  const text = session.db.get('select baseline from connection where id = ?', id)![0];
  if (typeof text !== 'string') return null;
  const before = JSON.parse(text) as { readonly counts: Counts; readonly filled: { readonly [kind: string]: Counts } };
  const filled = Object.assign(bare<Counts>(), before.filled);
  for (const [kind, by] of change.filled) filled[kind] = sums(filled[kind] ?? {}, by);
  const now = canonicalJson({ counts: sums(before.counts, change.counts), filled });
  if (now !== text) session.db.run('connection', 'update connection set baseline = ? where id = ?', now, id);
  return now;
}

/** What is none is not named. */
function sums(before: Counts, by: ReadonlyMap<string, number>): Counts {
  const out = Object.assign(bare<number>(), before);
  for (const [name, n] of by) {
    const sum = Math.max(0, (out[name] ?? 0) + n);
    if (sum > 0) out[name] = sum;
    else delete out[name];
  }
  return out;
}

export function markAbsent(session: Session, batch: Parameters<SpaceOperations['markAbsent']>[0]): void {
  session.checkEpoch(batch.epoch);
  const presence = codeOf(PRESENCES, batch.presence);
  const changed: number[] = [];
  for (const id of batch.ids) {
    const row = session.db.get('select presence, touched_seq, object_id, connection, kind, keys from staged where id = ?', id);
    if (!row || Number(row[0]) === presence || Number(row[0]) === GONE) continue;
    if (batch.unlessTouchedSince !== undefined && Number(row[1]) > batch.unlessTouchedSince) continue;
    session.db.run(
      'staged',
      `update staged set presence = ?, gone_at = ?, revision = revision + 1, touched_seq = ?, content_0 = null, content_1 = null, content_2 = null, content_3 = null where id = ?`,
      presence,
      presence === GONE ? batch.at : null,
      session.seq(),
      id,
    );
    if (presence === GONE) {
      forgetStagedKeys(session, id, row[5] as string | null);
      forgetPushed(session, id);
    }
    const linked = row[2] !== null;
    session.moved(Number(row[3]), Number(row[4]), { presence: Number(row[0]), linked }, { presence, linked });
    changed.push(id);
  }
  writeDirtyIds(session, changed, batch.presence);
}

export function saveBitmap(
  session: Session,
  {
    connection,
    epoch,
    checkpoint,
    pages,
  }: { connection: string; epoch: number; checkpoint: string; pages: readonly { page: number; bytes: Uint8Array }[] },
): void {
  session.checkEpoch(epoch);
  const id = session.connection(connection);
  for (const { page, bytes } of pages)
    session.db.run(
      'bitmap_page',
      'insert into bitmap_page (connection, page, bytes) values (?, ?, ?) on conflict do update set bytes = excluded.bytes',
      id,
      page,
      bytes,
    );
  session.db.run('connection', 'update connection set checkpoint = ? where id = ?', checkpoint, id);
}

export function clearBitmap(session: Session, { connection, epoch }: { connection: string; epoch: number }): void {
  session.checkEpoch(epoch);
  const id = session.connection(connection);
  session.db.run('bitmap_page', 'delete from bitmap_page where connection = ?', id);
  session.db.run('connection', 'update connection set checkpoint = null where id = ? and checkpoint is not null', id);
}
