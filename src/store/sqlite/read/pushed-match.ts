/** Which of some pushed objects a condition holds for, and what they are sorted by. */
import type { Path } from '#core/condition';
import type { PushedPosition, PushedQuery } from '../../contract.ts';
import { conditionSql } from '../../tables/condition-sql.ts';
import type { Bind, Database, Row } from '../../tables/database.ts';
import { sqliteConditions } from './conditions.ts';

/** Its statement is the asker's own: it is prepared once for all windows, and not kept. */
export function matcher(
  db: Database,
  condition: PushedQuery['condition'],
  sort: Path | null,
): (some: readonly PushedPosition[]) => readonly PushedPosition[] {
  const values: Bind[] = [''];
  const bind = (value: Bind): string => `?${values.push(value)}`;
  const first = sort === null ? null : bind(`$${sort.map((name) => `.${JSON.stringify(name)}[0]`).join('')}`);
  const columns =
    first === null ? '' : sortColumns(`json_type(pushed.document, ${first})`, `json_extract(pushed.document, ${first})`);
  const where = condition === null ? '' : ` where ${conditionSql(condition, 'pushed.document', sqliteConditions(bind))}`;
  const statement = db.once(
    `select w.key${columns} from json_each(?1) w cross join pushed on pushed.staged_id = w.value${where} order by w.key`,
  );
  return (some) => {
    values[0] = JSON.stringify(some.map(({ staged }) => staged));
    return statement(...values).map((row) => {
      const one = some[Number(row[0])]!;
      return sort === null ? one : { ...one, value: sortValue(row) };
    });
  };
}

/** An integer beyond 2^53 cannot be read as one. */
function sortColumns(type: string, value: string): string {
  return `, ${type}, case ${type} when 'integer' then cast(${value} as real) else ${value} end`;
}

function sortValue([, type, value]: Row): PushedPosition['value'] {
  if (type === 'true' || type === 'false') return type === 'true';
  if (type === 'text') return String(value);
  return type === 'integer' || type === 'real' ? Number(value) : null;
}
