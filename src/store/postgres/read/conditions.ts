/** Conditions in PostgreSQL: the elements of a list are rows of one column `v`, jsonb. */
import type { ConditionDialect } from '../../tables/condition-sql.ts';

const SIGN = { gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

/** `bind` takes a value and its type and answers what stands for it. */
export function postgresConditions(bind: (value: string, type: 'text' | 'jsonb' | 'numeric') => string): ConditionDialect {
  return {
    elements: (document, name, alias) => `jsonb_array_elements(${document} -> ${bind(name, 'text')}) ${alias}(v)`,
    isObject: (alias) => `jsonb_typeof(${alias}.v) = 'object'`,
    inside: (alias) => `${alias}.v`,
    test(alias, compare, value) {
      if (compare === 'eq') return `${alias}.v = ${bind(JSON.stringify(value), 'jsonb')}`;
      if (typeof value === 'number') {
        if (!(compare in SIGN)) return 'false';
        const number = `(${alias}.v #>> '{}')::numeric ${SIGN[compare as keyof typeof SIGN]} ${bind(JSON.stringify(value), 'numeric')}`;
        return `case jsonb_typeof(${alias}.v) when 'number' then ${number} else false end`;
      }
      if (typeof value === 'boolean') return 'false';
      return `case jsonb_typeof(${alias}.v) when 'string' then ${text(`(${alias}.v #>> '{}') collate "C"`, compare, bind(value, 'text'))} else false end`;
    },
  };
}

function text(value: string, compare: keyof typeof SIGN | 'co' | 'sw' | 'ew', to: string): string {
  if (compare === 'co') return `strpos(${value}, ${to}) > 0`;
  if (compare === 'sw') return `starts_with(${value}, ${to})`;
  if (compare === 'ew') return `right(${value}, char_length(${to})) = ${to}`;
  return `${value} ${SIGN[compare]} ${to}`;
}
