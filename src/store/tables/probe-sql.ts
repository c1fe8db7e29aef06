/** A probe (core/probe) as SQL over agreed attributes. Names and values are parameters, every one of them. */
import type { Probe } from '#core/probe';
import { checkText } from '#core/text';

type Tested = Exclude<Probe, { readonly and: unknown } | { readonly or: unknown } | { readonly has: unknown }>;

export interface ProbeDialect {
  /** An item of `from`: as `e` the values that an attribute has, one by one. */
  values(name: string): string;
  readonly isAny: string;
  test(probe: Tested): string;
}

/** @throws RollcallError invalidValue for text that no store holds */
export function probeSql(probe: Probe, dialect: ProbeDialect): string {
  if ('and' in probe)
    return probe.and.length === 0 ? '1 = 1' : `(${probe.and.map((one) => probeSql(one, dialect)).join(' and ')})`;
  if ('or' in probe) return probe.or.length === 0 ? '1 = 0' : `(${probe.or.map((one) => probeSql(one, dialect)).join(' or ')})`;
  if ('has' in probe) return `exists (select 1 from ${dialect.values(checkText(probe.has))} where ${dialect.isAny})`;
  if ('text' in probe) checkText(probe.text);
  if ('is' in probe && typeof probe.is === 'string') checkText(probe.is);
  // What is looked for stands in the text before what looks for it: parameters are numbered as they come.
  const from = dialect.values(checkText(probe.attribute));
  return `exists (select 1 from ${from} where ${dialect.test(probe)})`;
}
