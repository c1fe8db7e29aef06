/** The cases, in the order they are run. */
import type { Case } from './case.ts';
import { delta100 } from './cases/delta-100.ts';
import { explain } from './cases/explain.ts';
import { firstCycle } from './cases/first-cycle.ts';
import { massChange } from './cases/mass-change.ts';
import { member1 } from './cases/member-1.ts';
import { memberCompare } from './cases/member-compare.ts';
import { memory } from './cases/memory.ts';
import { peopleSearch } from './cases/people-search.ts';
import { planRule } from './cases/plan-rule.ts';
import { pushBesideBulk } from './cases/push-beside-bulk.ts';
import { quietCycle } from './cases/quiet-cycle.ts';

export const CASES: readonly Case[] = [
  firstCycle,
  quietCycle,
  massChange,
  delta100,
  member1,
  memberCompare,
  planRule,
  explain,
  peopleSearch,
  memory,
  pushBesideBulk,
];
