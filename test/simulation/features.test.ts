/** A report on the generators: each interesting thing that SEMANTICS 18 names, and that is generated here, is generated often. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { normalForm } from '#core/matching';
import { announce, seed } from './driver.ts';
import { KEEPER, type Organisation, type PlainObject, type Step } from './organisation.ts';
import { organisation, sample } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { step } from './random-steps.ts';

const LEAST = 5;
const STORIES = 600;

const keyOf = ({ attributes }: PlainObject): string => normalForm(String(attributes['id'] ?? attributes['number']), 'caseIgnore');

function people({ systems }: Organisation, connection?: string): PlainObject[] {
  const chosen = Object.entries(systems).filter(([name]) => connection === undefined || name === connection);
  return chosen.flatMap(([, { objects }]) => objects).filter((o) => o.kind === 'person' && o.anchor !== KEEPER);
}

/** Whether two of them are the same by `same`, and not by `other`. */
function someDiffer<T>(all: readonly T[], same: (one: T) => unknown, other: (one: T) => unknown): boolean {
  return all.some((a) => all.some((b) => same(a) === same(b) && other(a) !== other(b)));
}

function refersBack(all: readonly PlainObject[], from: PlainObject): boolean {
  const met = new Set<PlainObject>();
  for (let at: PlainObject | undefined = from; at && !met.has(at); at = all.find((o) => o.anchor === at!.attributes['boss']))
    met.add(at);
  return [...met].some((one) => one.attributes['boss'] === from.anchor);
}

const groups = ({ systems }: Organisation): PlainObject[] =>
  systems['hr']!.objects.filter((o) => o.kind === 'group' && o.anchor !== KEEPER);
const membersOf = (group: PlainObject | undefined): readonly string[] =>
  (group?.attributes['members'] ?? []) as readonly string[];

const putIn = (steps: readonly Step[], connection: string): PlainObject[] =>
  steps.flatMap((one) => (one.do === 'put' && one.connection === connection ? [one.object] : []));

const FEATURES: { readonly [name: string]: (org: Organisation, steps: readonly Step[]) => boolean } = {
  'explicit nulls': (org) => people(org).some((o) => Object.values(o.attributes).includes(null)),
  'a key in two spellings': (org) => someDiffer(people(org), keyOf, (o) => o.attributes['id'] ?? o.attributes['number']),
  'names that differ in case or normal form': (org) =>
    someDiffer(
      people(org, 'hr'),
      (o) => normalForm(String(o.attributes['first']), 'caseIgnore'),
      (o) => o.attributes['first'],
    ),
  'several contracts of one person': (org) =>
    org.yaml.includes('many: true') && someDiffer(people(org, 'hr'), keyOf, (o) => o.anchor),
  'two people of one key, not many': (org) =>
    !org.yaml.includes('many: true') && someDiffer(people(org, 'hr'), keyOf, (o) => o.anchor),
  'an anchor used again for another person': (org, steps) =>
    someDiffer([...people(org, 'hr'), ...putIn(steps, 'hr')], (o) => o.anchor, keyOf),
  'a source that makes people and is no owner, beside one that is': ({ yaml }) =>
    Object.values((parse(yaml) as { connections: { [name: string]: object } }).connections).some(
      (one) => JSON.stringify(one).includes('"project":true') && !('owner' in one),
    ) && yaml.includes('owner: true'),
  'a circle of references': (org) => people(org, 'hr').some((one) => refersBack(people(org, 'hr'), one)),
  'first and last days': (org) => org.yaml.includes('starts:') && people(org, 'hr').some((o) => o.attributes['end'] !== null),
  'groups in groups': (org) => groups(org).some((o) => membersOf(o).some((m) => groups(org).some((g) => g.anchor === m))),
  'groups in a circle': (org) =>
    groups(org).some((o) => membersOf(o).some((m) => membersOf(groups(org).find((g) => g.anchor === m)).includes(o.anchor))),
  'a group that leaves its source': (org, steps) =>
    groups(org).length > 0 && steps.some((one) => one.do === 'delete' && one.kind === 'group'),
  'memberships that change': (_, steps) => steps.some((one) => one.do === 'member'),
  'a target edited by others': (_, steps) => steps.some((one) => one.do === 'set' && one.connection === 'dir'),
  'a target that rewrites to an equivalent value': ({ systems }) => systems['dir']!.manner?.rewrites?.['mail'] !== undefined,
  'a target that rewrites to another value': ({ systems }) => systems['dir']!.manner?.rewrites?.['cn'] !== undefined,
  'a target that refuses': ({ systems }) => systems['dir']!.manner?.refuses !== undefined,
};

it(`each is in at least ${LEAST} of ${STORIES} stories`, () => {
  const stories = sample(fc.tuple(organisation(shape, true), fc.array(step(true), { maxLength: 8 })), seed, STORIES);
  const counted = Object.entries(FEATURES).map(
    ([name, has]) => [name, stories.filter(([org, steps]) => has(org, steps)).length] as const,
  );
  announce(`generated: ${counted.map(([name, n]) => `${name} ${n}`).join(', ')}`);
  expect(counted.filter(([, n]) => n < LEAST)).toEqual([]);
});
