/** Joins and projections (SEMANTICS 1, 3, 7): which staged object belongs to which person or group. */
import { attributes } from '#core/values';
import type { ImportRule } from '#rules/model';
import { agreeOn } from './agree.ts';
import { attempt, compareText, FAILED, rowOf, type State } from './state.ts';
import { isProtected } from './targets.ts';
import type { ObjectMemory, StagedMemory } from './world.ts';

/** One pass over everything unlinked, in the order (rank, kind, protected last, anchor). True when a link was made. */
export function makeLinks(state: State): boolean {
  let made = false;
  for (const connection of [...state.rules.connections].sort((a, b) => a.rank - b.rank))
    for (const { from } of connection.imports.values()) {
      const here = [...state.memory.staged.values()].filter((s) => s.connection === connection.name && s.kind === from);
      const staged = here.filter((s) => s.object === null || isDisplaced(state, s));
      const last = (s: StagedMemory) => Number(isTarget(state, s) && isProtected(state, s));
      for (const one of staged.sort((a, b) => last(a) - last(b) || compareText(a.anchor, b.anchor))) {
        const rule = state.ruleFor(one);
        made ||= one.object !== null;
        one.object = null;
        if (rule) made = linkOne(state, rule, one) || made;
      }
    }
  return made;
}

function linkOne(state: State, rule: ImportRule, staged: StagedMemory): boolean {
  const [object, ...others] = candidates(state, rule, staged);
  if (others.length > 0) return state.park('ambiguous', staged.connection, staged);
  if (!object && !rule.project) return state.park('unjoined', staged.connection, staged);
  if (!object) return link(state, staged, project(state, rule), 'projected');
  const there = state.linksOf(object).filter((s) => s.connection === staged.connection && s.kind === staged.kind);
  if (there.some((s) => state.ruleFor(s)) && !rule.many)
    return state.park(isTarget(state, staged) ? 'duplicateAccount' : 'second', staged.connection, staged);
  return link(state, staged, object, 'joined');
}

/** It came back after another one was linked in its place. */
function isDisplaced(state: State, one: StagedMemory): boolean {
  if (state.ruleFor(one)?.many !== false || one.how === 'decided' || isTarget(state, one)) return false;
  const others = state.linksOf({ id: one.object! }).filter((o) => o.connection === one.connection && o.kind === one.kind);
  return others.some((o) => o.how !== 'decided' && o.linked > one.linked && state.ruleFor(o));
}

function project(state: State, { kind }: ImportRule): ObjectMemory {
  const id = state.memory.nextObject++;
  const unheld = { owned: false, frozen: false, leavingSince: null };
  const object: ObjectMemory = { id, kind, state: 'active', ...unheld, attributes: attributes() };
  state.memory.objects.set(id, object);
  return object;
}

function link(state: State, staged: StagedMemory, object: ObjectMemory, how: 'joined' | 'projected'): true {
  staged.object = object.id;
  staged.how = how;
  staged.linked = state.memory.nextLink++;
  staged.origin = how === 'joined' && isTarget(state, staged) ? 'adopted' : null;
  agreeOn(state, object);
  return true;
}

const isTarget = (state: State, staged: StagedMemory): boolean =>
  [...state.connectionOf(staged.connection).exports.values()].some((rule) => rule.to === staged.kind);

/** Objects found by the first join attribute that finds any. */
function candidates(state: State, rule: ImportRule, staged: StagedMemory): ObjectMemory[] {
  const row = rowOf(state.contentOf(staged)!);
  for (const attribute of rule.join) {
    const value = attempt(() => rule.flows.find((f) => f.attribute === attribute)?.evaluate(row, state.clock));
    const found = value === FAILED ? [] : state.holdersOf(rule.kind, attribute, state.norms(rule.kind, attribute, value));
    if (found.length > 0) return found;
  }
  return [];
}

/** Joined once, and would not be now: listed, not changed. */
export function listDoubtful(state: State): void {
  for (const staged of state.memory.staged.values()) {
    const rule = staged.object !== null && staged.how === 'joined' ? state.ruleFor(staged) : undefined;
    const found = rule && candidates(state, rule, staged).map(({ id }) => id);
    if (found && found.join() !== String(staged.object)) state.park('linkDoubtful', staged.connection, staged);
  }
}
