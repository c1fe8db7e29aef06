/**
 * Conditions about the members of groups, which no folded document has: they are references, kept and found as such. Identity providers
 * ask whether one is a member: `id eq "…" and members eq "…"`, `members[value eq "…"]`.
 */
import type { Condition } from '#core/condition';
import { FilterError } from './ast.ts';

/** The ids of those who are asked for as members. @throws FilterError `invalidFilter` where something else is asked of members */
export function membersAsked(condition: Condition): readonly string[] {
  const asked = new Set<string>();
  withMembers(condition, (member) => {
    asked.add(member);
    return [];
  });
  return [...asked];
}

/** The same about documents: who has a member is one of these groups. @throws FilterError `invalidFilter` as `membersAsked` */
export function withMembers(condition: Condition, groupsOf: (member: string) => readonly string[]): Condition {
  if ('and' in condition) return { and: condition.and.map((one) => withMembers(one, groupsOf)) };
  if ('or' in condition) return { or: condition.or.map((one) => withMembers(one, groupsOf)) };
  if ('not' in condition) return { not: withMembers(condition.not, groupsOf) };
  const path = 'present' in condition ? condition.present : 'any' in condition ? condition.any : condition.path;
  if (path[0] !== 'members') return condition;
  const member = memberOf(condition);
  if (member === null) throw new FilterError('invalidFilter', 1, 'members are asked for by their ids: members eq "…"');
  return { or: groupsOf(member).map((id) => ({ compare: 'eq', path: ['id'], value: id })) };
}

/** Whether something is asked of an attribute that no folded document has: what is derived (`groups`), or kept apart (`members`). */
export function asksOf(condition: Condition, name: 'groups' | 'members'): boolean {
  if ('and' in condition) return condition.and.some((one) => asksOf(one, name));
  if ('or' in condition) return condition.or.some((one) => asksOf(one, name));
  if ('not' in condition) return asksOf(condition.not, name);
  const path = 'present' in condition ? condition.present : 'any' in condition ? condition.any : condition.path;
  return path[0] === name;
}

/** Of `members.value eq …`, in either form. */
function memberOf(condition: Condition): string | null {
  if ('any' in condition && condition.any.length === 1 && 'compare' in condition.of)
    return memberOf({ ...condition.of, path: [...condition.any, ...condition.of.path] });
  if (!('compare' in condition) || condition.compare !== 'eq' || typeof condition.value !== 'string') return null;
  return condition.path.join('.') === 'members.value' ? condition.value : null;
}
