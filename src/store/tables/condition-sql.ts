/**
 * A condition (core/condition) as SQL over a folded document. Names and values are parameters, every one of them: the text of the SQL
 * follows from the shape of the condition alone.
 */
import type { Comparison, Condition, Path } from '#core/condition';
import { checkText } from '#core/text';

export interface ConditionDialect {
  /** An item of `from`: the elements, as `alias`, of the list that a document has under a name. */
  elements(document: string, name: string, alias: string): string;
  isObject(alias: string): string;
  /** An element as a document; what is no object has nothing. */
  inside(alias: string): string;
  /** True or false, never null. */
  test(alias: string, compare: Exclude<Comparison, 'ne'>, value: string | number | boolean): string;
}

/** `document`: an expression. @throws RollcallError invalidValue for text that no store holds */
export function conditionSql(condition: Condition, document: string, dialect: ConditionDialect): string {
  let aliases = 0;

  const exists = (path: Path, from: string, where: (last: string) => string | null): string => {
    let inner = from;
    let last = '';
    const items = path.map((name) => {
      last = `e${++aliases}`;
      const item = dialect.elements(inner, checkText(name), last);
      inner = dialect.inside(last);
      return item;
    });
    const wanted = where(last);
    return `exists (select 1 from ${items.join(', ')}${wanted === null ? '' : ` where ${wanted}`})`;
  };
  const any = (): null => null;

  const sql = (one: Condition, from: string): string => {
    if ('and' in one) return one.and.length === 0 ? '1 = 1' : `(${one.and.map((part) => sql(part, from)).join(' and ')})`;
    if ('or' in one) return one.or.length === 0 ? '1 = 0' : `(${one.or.map((part) => sql(part, from)).join(' or ')})`;
    if ('not' in one) return `not ${sql(one.not, from)}`;
    if ('present' in one) return exists(one.present, from, any);
    if ('any' in one)
      return exists(one.any, from, (last) => `${dialect.isObject(last)} and ${sql(one.of, dialect.inside(last))}`);
    const { compare, path, value } = one;
    if (value === null) {
      if (compare === 'eq') return `not ${exists(path, from, any)}`;
      return compare === 'ne' ? exists(path, from, any) : '1 = 0';
    }
    if (typeof value === 'string') checkText(value);
    if (compare !== 'ne') return exists(path, from, (last) => dialect.test(last, compare, value));
    return `(not ${exists(path, from, any)} or ${exists(path, from, (last) => `not ${dialect.test(last, 'eq', value)}`)})`;
  };
  return sql(condition, document);
}
