/** What waits, as SQL that every database understands. */
import type { Waits } from '../contract.ts';
import { WAITING } from './codes.ts';
import type { Row } from './rows.ts';

export const DIRTY: string = `select (select min(seq) from dirty), (select value from counter where name = 'seq')`;

export const EXPORTS: string = `select c.name,
  (select count(*) from (select 1 as one from staged s where s.connection = c.id and s.export_state = ${WAITING} limit 10000) n),
  (select r.now from run r where r.id = (select min(f.export_run) from
    (select s.export_run from staged s where s.connection = c.id and s.export_state = ${WAITING} limit 1000) f))
  from connection c order by c.name`;

export const PARKED_WAITS: string = `select c.name, count(*), min(p.since) from parked p left join connection c on c.id = p.connection
  group by c.name order by c.name`;

const instant = (value: unknown): number | null => (value === null ? null : Number(value));

export function waitsOf(dirty: Row, exports: readonly Row[], parked: readonly Row[]): Waits {
  return {
    dirty: { oldest: instant(dirty[0]), newest: Number(dirty[1]) },
    exports: exports.flatMap(([name, count, oldest]) =>
      Number(count) === 0 ? [] : [{ connection: String(name), count: Number(count), oldest: instant(oldest) }],
    ),
    parked: parked.map(([name, count, since]) => ({
      connection: name === null ? null : String(name),
      count: Number(count),
      oldest: instant(since),
    })),
  };
}
