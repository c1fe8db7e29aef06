/** Reads for people: decisions, what is parked, search, debts, blobs. */
import { madeBlob } from '#core/photo';
import type { Subjects } from '../../contract.ts';
import type { PersonReads } from '../../reads.ts';
import { GONE } from '../../tables/codes.ts';
import type { Database } from '../../tables/database.ts';
import { DECISION, decisionRow, named, PARKED, parkedRow } from '../../tables/record-rows.ts';
import { refusals } from '../../tables/refused.ts';
import { EDGE, edgeRow } from '../../tables/rows.ts';
import type { Names } from './names.ts';
import { searchReads } from './search.ts';

/** Ids of the rows about given subjects, each found by its own index. */
function about(table: 'decision' | 'parked'): string {
  return `select id from ${table} where staged_id in (select value from json_each(?))
    union select id from ${table} where object_id in (select value from json_each(?))`;
}

function subjects(filter: Subjects): string[] {
  return [JSON.stringify(filter.stagedIds ?? []), JSON.stringify(filter.objectIds ?? [])];
}

export function peopleReads(db: Database, names: Names): PersonReads {
  return {
    async list(filter, { after, limit }) {
      const connection = filter.connection === undefined ? null : (names.connectionId(filter.connection) ?? 0);
      const kinds = filter.kinds ?? [];
      const ofKinds = filter.kinds === undefined ? '' : `and d.kind in (${kinds.map(() => '?').join(', ')})`;
      const rest = `(? is null or d.connection = ?) ${ofKinds} and (? = 0 or d.revoked_at is null) and d.id > ? order by d.id limit ?`;
      const values = [connection, connection, ...kinds, filter.active ? 1 : 0, after, limit];
      if (filter.stagedIds === undefined && filter.objectIds === undefined)
        return db.all(`select ${DECISION} from decision d where ${rest}`, ...values).map((row) => decisionRow(names, row));
      return db
        .all(
          `select ${DECISION} from decision d where d.id in (${about('decision')}) and ${rest}`,
          ...subjects(filter),
          ...values,
        )
        .map((row) => decisionRow(names, row));
    },
    async parked(filter, { after, limit }) {
      const connection = filter.connection === undefined ? null : (names.connectionId(filter.connection) ?? 0);
      const rest = 'p.id > ? and (? is null or p.kind = ?) and (? is null or p.connection = ?) order by p.id limit ?';
      const values = [after, filter.kind ?? null, filter.kind ?? null, connection, connection, limit];
      if (filter.stagedIds === undefined && filter.objectIds === undefined)
        return db.all(`select ${PARKED} from parked p where ${rest}`, ...values).map((row) => parkedRow(names, row));
      return db
        .all(`select ${PARKED} from parked p where p.id in (${about('parked')}) and ${rest}`, ...subjects(filter), ...values)
        .map((row) => parkedRow(names, row));
    },
    async parkedCounts() {
      return db
        .all('select kind, connection, count(*) from parked group by kind, connection order by kind, connection')
        .map(([kind, connection, count]) => ({ kind: String(kind), connection: named(names, connection), count: Number(count) }));
    },
    async refusals(connection) {
      const [count, first] = db.get(refusals('?1'), names.connectionId(connection) ?? 0)!;
      return { count: Number(count), first: first === null ? null : String(first) };
    },
    async counts() {
      const out: { [kind: string]: number } = Object.create(null);
      for (const [kind, count] of db.all('select kind, count from object_count')) out[names.term(Number(kind))] = Number(count);
      return out;
    },
    ...searchReads(db, names),
    async bytesOf(hash) {
      const having = db.all('select 1 from object where instr(attributes, ?) > 0 limit 2', hash);
      if (having.length > 1) return [];
      const made = db.all(`select hash, bytes from blob where hash glob 'photo * of ' || ?`, hash);
      return [hash, ...made.flatMap(([name, bytes]) => [String(name), madeBlob(bytes as Uint8Array).blob])];
    },
    async debts({ after, limit }) {
      return db
        .all(
          `select r.connection, ${EDGE} from reference r join staged s on s.id = r.staged_id
           where r.debt_since is not null and s.presence <> ${GONE} and (r.staged_id, r.attribute, r.key) > (?, ?, ?)
           order by r.staged_id, r.attribute, r.key limit ?`,
          after?.stagedId ?? 0,
          after ? (names.termId(after.attribute) ?? 0) : 0,
          after?.key ?? '',
          limit,
        )
        .map(([connection, ...row]) => ({ ...edgeRow(names, row), connection: names.connection(Number(connection)) }));
    },
    async get(hash) {
      const row = db.get('select bytes from blob where hash = ?', hash);
      return row ? (row[0] as Uint8Array) : null;
    },
  };
}
