/** Reads of agreed people and groups for applications: windows of few rows, since they run in the calling thread. */
import { setImmediate as pause } from 'node:timers/promises';
import type { AgreedQuery } from '../../contract.ts';
import type { AgreedReads } from '../../reads.ts';
import { LIFE_STATES } from '../../tables/codes.ts';
import type { Bind, Database } from '../../tables/database.ts';
import { type ProbeDialect, probeSql } from '../../tables/probe-sql.ts';
import { OBJECT, objectRow } from '../../tables/rows.ts';
import type { Names } from './names.ts';

/** Index entries that are passed over at one go: a few milliseconds. */
const STRIDE = 50_000;
const OF_STATE = 'select id from object indexed by object_kind where kind = ? and state = ? and alias_of is null and id > ?';
const ODD = "e.value = '' or e.value glob '*[^ -~]*' or e.value glob ' *' or e.value glob '* ' or e.value glob '*  *'";
const SIGN = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

export function agreedReads(db: Database, names: Names): AgreedReads {
  const ids = ({ kind, states }: AgreedQuery, after: number, offset: number, limit: number): number[] => {
    if (states.length === 0) return [];
    const sql = `${states.map(() => OF_STATE).join(' union all ')} order by id limit ? offset ?`;
    const term = names.termId(kind) ?? 0;
    const values = states.flatMap((state) => [term, LIFE_STATES.indexOf(state), after]);
    return db.all(sql, ...values, limit, offset).map(([id]) => Number(id));
  };
  return {
    async window({ probe, after, offset, look, ...query }) {
      let from = after;
      let left = offset;
      for (; left >= STRIDE; left -= STRIDE) {
        const [last] = ids(query, from, STRIDE - 1, 1);
        if (last === undefined) return { rows: [], last: null, more: false };
        from = last;
        await pause();
      }
      const looked = ids(query, from, left, look);
      const values: Bind[] = [JSON.stringify(looked)];
      const where =
        probe === null
          ? ''
          : ` where ${probeSql(
              probe,
              dialect((value) => `?${values.push(value)}`),
            )}`;
      const rows = db.once(`select ${OBJECT} from json_each(?1) j cross join object o on o.id = j.value${where} order by j.key`);
      return {
        rows: rows(...values).map((row) => objectRow(names, row)),
        last: looked.at(-1) ?? null,
        more: looked.length === look,
      };
    },
    async count({ kind, states }) {
      const term = names.termId(kind) ?? 0;
      const all = Number(db.get('select count from object_count where kind = ?', term)?.[0] ?? 0);
      const others = LIFE_STATES.flatMap((state, code) => (states.includes(state) ? [] : [code]));
      // Mostly few are in the states that are not asked for.
      const sql =
        'select count(*) from json_each(?) j cross join object indexed by object_kind on kind = ? and state = j.value and alias_of is null';
      return all - Number(db.get(sql, JSON.stringify(others), term)![0]);
    },
    async standing(wanted) {
      const sql =
        'select o.id, o.kind, o.state from object o where o.id in (select value from json_each(?)) and o.alias_of is null';
      return db
        .all(sql, JSON.stringify(wanted))
        .map(([id, kind, state]) => ({ id: Number(id), kind: names.term(Number(kind)), state: LIFE_STATES[Number(state)]! }));
    },
  };
}

/** `bind` takes a value and answers what stands for it. */
function dialect(bind: (value: Bind) => string): ProbeDialect {
  return {
    values: (name) => `json_each(o.attributes, ${bind(`$.${JSON.stringify(name)}`)}) e`,
    isAny: "e.type <> 'null'",
    // Of bytes json_each tells the parts, by their names.
    test: (probe) => `(typeof(e.key) <> 'text' and ${test(probe)})`,
  };
  function test(probe: Parameters<ProbeDialect['test']>[0]): string {
    if ('is' in probe) {
      if (typeof probe.is === 'boolean') return `e.type = ${bind(String(probe.is))}`;
      if (typeof probe.is === 'number') return `(e.type in ('integer', 'real') and e.value = ${number(probe.is)})`;
      return `(e.type = 'text' and e.value = ${bind(probe.is)})`;
    }
    if ('order' in probe)
      return `(e.type = 'text' or (e.type in ('integer', 'real') and e.value ${SIGN[probe.order]} ${number(probe.number)}))`;
    return `(e.type = 'text' and (${ODD} or ${text('lower(e.value)', probe.at, bind(probe.text))}))`;
  }
  function number(value: number): string {
    // As JSON: see conditions.ts.
    return `json_extract(${bind(JSON.stringify(value))}, '$')`;
  }
}

function text(value: string, at: 'eq' | 'co' | 'sw' | 'ew', to: string): string {
  if (at === 'co') return `instr(${value}, ${to}) > 0`;
  if (at === 'sw') return `substr(${value}, 1, length(${to})) = ${to}`;
  if (at === 'ew') return `(length(${to}) = 0 or substr(${value}, -length(${to})) = ${to})`;
  return `${value} = ${to}`;
}
