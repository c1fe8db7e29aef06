/** Conditions in SQLite: the elements of a list are rows of json_each, whose `type` says what they are. */

import type { ConditionDialect } from '../../tables/condition-sql.ts';
import type { Bind } from '../../tables/database.ts';

const SIGN = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

/** `bind` takes a value and answers what stands for it. */
export function sqliteConditions(bind: (value: Bind) => string): ConditionDialect {
  return {
    // A name in a path is written as a JSON string.
    elements: (document, name, alias) => `json_each(${document}, ${bind(`$.${JSON.stringify(name)}`)}) ${alias}`,
    isObject: (alias) => `${alias}.type = 'object'`,
    inside: (alias) => `case ${alias}.type when 'object' then ${alias}.value else '{}' end`,
    test(alias, compare, value) {
      if (typeof value === 'boolean') return compare === 'eq' ? `${alias}.type = ${bind(String(value))}` : '1 = 0';
      if (typeof value === 'number') {
        if (!(compare in SIGN)) return '1 = 0';
        // As JSON: a double that is bound and the one that is read of the same digits may differ in the last bit.
        const number = `json_extract(${bind(JSON.stringify(value))}, '$')`;
        return `(${alias}.type in ('integer', 'real') and ${alias}.value ${SIGN[compare as keyof typeof SIGN]} ${number})`;
      }
      if (value === '' && !(compare in SIGN)) return `${alias}.type = 'text'`;
      return `(${alias}.type = 'text' and ${text(`${alias}.value`, compare, bind(value))})`;
    },
  };
}

function text(value: string, compare: keyof typeof SIGN | 'co' | 'sw' | 'ew', to: string): string {
  if (compare === 'co') return `instr(${value}, ${to}) > 0`;
  if (compare === 'sw') return `substr(${value}, 1, length(${to})) = ${to}`;
  if (compare === 'ew') return `substr(${value}, -length(${to})) = ${to}`;
  return `${value} ${SIGN[compare]} ${to}`;
}
