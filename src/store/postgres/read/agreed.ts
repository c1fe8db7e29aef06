/** Reads of agreed people and groups for applications. */
import type { AgreedQuery } from '../../contract.ts';
import type { AgreedReads } from '../../reads.ts';
import { LIFE_STATES } from '../../tables/codes.ts';
import { type ProbeDialect, probeSql } from '../../tables/probe-sql.ts';
import { OBJECT, objectRow } from '../../tables/rows.ts';
import { type Queryable, query, queryOnce } from '../connect.ts';
import type { Names } from './names.ts';

const SIGN = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

// In this form only the index over kinds has the order: see read/pushed.
const IDS = `select l.id from unnest($2::smallint[]) c(state) cross join lateral (
    select o.id from object o where (o.kind, o.state, o.id) > ($1::bigint, c.state, $3::bigint) and (o.kind, o.state) <= ($1::bigint, c.state)
      and o.alias_of is null order by o.kind, o.state, o.id limit $4::bigint + $5::bigint) l
  order by l.id limit $4 offset $5`;
const COUNT = `select coalesce((select count from object_count where kind = $1), 0)
  - (select count(*) from object where kind = $1 and state = any($2::smallint[]) and alias_of is null)`;
const STANDING = 'select o.id, o.kind, o.state from object o where o.id = any($1::bigint[]) and o.alias_of is null';

export function agreedReads(pool: Queryable, names: Names): AgreedReads {
  const codes = ({ states }: Pick<AgreedQuery, 'states'>): number[] => states.map((state) => LIFE_STATES.indexOf(state));
  return {
    async window({ probe, after, offset, look, ...of }) {
      const ids = (await query(pool, IDS, [await names.termId(of.kind), codes(of), after, look, offset])).map(([id]) =>
        Number(id),
      );
      const values: unknown[] = [ids];
      const bind = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
      const document = probe === null ? '' : 'cross join lateral (select o.attributes::jsonb as d offset 0) x';
      const where = probe === null ? '' : ` and ${probeSql(probe, dialect(bind))}`;
      const text = `select ${OBJECT} from object o ${document} where o.id = any($1::bigint[])${where} order by o.id`;
      const rows = ids.length === 0 ? [] : await queryOnce(pool, text, values);
      return {
        rows: await names.mapped(rows, (row) => objectRow(names, row)),
        last: ids.at(-1) ?? null,
        more: ids.length === look,
      };
    },
    async count({ kind, states }) {
      // Mostly few are in the states that are not asked for.
      const others = LIFE_STATES.filter((state) => !states.includes(state));
      const [row] = await query(pool, COUNT, [await names.termId(kind), codes({ states: others })]);
      return Number(row![0]);
    },
    async standing(wanted) {
      const rows = await query(pool, STANDING, [wanted]);
      return await names.mapped(rows, ([id, kind, state]) => ({
        id: Number(id),
        kind: names.term(Number(kind)),
        state: LIFE_STATES[Number(state)]!,
      }));
    },
  };
}

/** `bind` takes a value and its type and answers what stands for it. */
function dialect(bind: (value: unknown, type: string) => string): ProbeDialect {
  return {
    // Also a single value, as a list of one.
    values(name) {
      const value = `(x.d -> ${bind(name, 'text')})`;
      return `jsonb_array_elements(case jsonb_typeof(${value}) when 'array' then ${value} else jsonb_build_array(${value}) end) e(v)`;
    },
    isAny: "jsonb_typeof(e.v) <> 'null'",
    test(probe) {
      if ('is' in probe) return `e.v = ${bind(JSON.stringify(probe.is), 'jsonb')}`;
      if ('order' in probe) {
        const number = `(e.v #>> '{}')::numeric ${SIGN[probe.order]} ${bind(JSON.stringify(probe.number), 'numeric')}`;
        return `case jsonb_typeof(e.v) when 'number' then ${number} when 'string' then true else false end`;
      }
      const value = `(e.v #>> '{}') collate "C"`;
      const odd = `${value} !~ '^[!-~]+( [!-~]+)*$'`;
      const holds = text(`lower(${value})`, probe.at, bind(probe.text, 'text'));
      return `case jsonb_typeof(e.v) when 'string' then ${odd} or ${holds} else false end`;
    },
  };
}

function text(value: string, at: 'eq' | 'co' | 'sw' | 'ew', to: string): string {
  if (at === 'co') return `strpos(${value}, ${to}) > 0`;
  if (at === 'sw') return `starts_with(${value}, ${to})`;
  if (at === 'ew') return `right(${value}, char_length(${to})) = ${to}`;
  return `${value} = ${to}`;
}
