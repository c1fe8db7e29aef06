/** Joins and projections (SEMANTICS 1, 3, 7): which staged object belongs to which person or group. */
import type { ConnectionConfig } from '#config/model';
import type { Value } from '#core/values';
import type { ImportRule } from '#rules/model';
import { agreeOn } from './agree.ts';
import { clock, compareText, contentOf, inScope, linksOf, norms, park, rowOf, type State } from './state.ts';
import { type StagedMemory, spot } from './world.ts';

/** One pass over everything unlinked, in the order (connection rank, kind, anchor). True when a link was made. */
export function makeLinks(state: State): boolean {
  let made = false;
  for (const connection of [...state.config.connections].sort((a, b) => a.rank - b.rank)) {
    for (const rule of connection.imports.values()) {
      const staged = [...state.memory.staged.values()]
        .filter((s) => s.connection === connection.name && s.kind === rule.from)
        .sort((a, b) => compareText(a.anchor, b.anchor));
      for (const one of staged)
        if (one.object === null && inScope(state, one)) made = linkOne(state, connection, rule, one) || made;
    }
  }
  return made;
}

function linkOne(state: State, connection: ConnectionConfig, rule: ImportRule, staged: StagedMemory): boolean {
  const found = candidates(state, rule, staged).filter((id) => !staged.barred.includes(id));
  if (found.length > 1) return parked(state, staged, 'ambiguous');
  const object = found[0];
  if (object !== undefined) {
    const taken = linksOf(state, object).some(
      (s) => s.connection === connection.name && s.kind === staged.kind && s !== staged && inScope(state, s),
    );
    if (taken && !rule.many) return parked(state, staged, isTarget(connection, rule) ? 'duplicateAccount' : 'second');
    link(state, staged, object, 'joined', isTarget(connection, rule));
    return true;
  }
  if (!rule.project) return parked(state, staged, 'unjoined');
  const id = state.memory.nextObject++;
  state.memory.objects.set(id, {
    id,
    kind: rule.kind,
    state: 'active',
    leavingSince: null,
    goneSince: null,
    frozen: null,
    attributes: Object.create(null),
  });
  link(state, staged, id, 'projected', isTarget(connection, rule));
  return true;
}

function isTarget(connection: ConnectionConfig, rule: ImportRule): boolean {
  return [...connection.exports.values()].some((e) => e.to === rule.from);
}

function parked(state: State, staged: StagedMemory, kind: string): false {
  park(state, kind, staged.connection, spot(staged.kind, staged.anchor));
  return false;
}

function link(state: State, staged: StagedMemory, object: number, how: 'joined' | 'projected', target: boolean): void {
  for (const kind of ['ambiguous', 'second', 'duplicateAccount', 'unjoined'])
    state.parked.delete(`${kind} ${staged.connection} ${spot(staged.kind, staged.anchor)}`);
  staged.object = object;
  staged.how = how;
  staged.origin = target && how === 'joined' ? 'adopted' : null;
  agreeOn(state, object);
}

/** Objects found by the first join attribute that finds any. */
export function candidates(state: State, rule: ImportRule, staged: StagedMemory): number[] {
  const content = contentOf(state, staged)!;
  for (const attribute of rule.join) {
    const flow = rule.flows.find((f) => f.attribute === attribute);
    if (!flow) continue;
    let value: Value | undefined;
    try {
      value = flow.evaluate(rowOf(content), clock(state));
    } catch {
      continue;
    }
    const wanted = norms(state, rule.kind, attribute, value);
    const found = [...state.memory.objects.values()].filter(
      (o) => o.kind === rule.kind && norms(state, o.kind, attribute, o.attributes[attribute]).some((n) => wanted.includes(n)),
    );
    if (found.length > 0) return found.map((o) => o.id);
  }
  return [];
}

/** Joined once, and would not be now: listed, not changed. */
export function listDoubtful(state: State): void {
  for (const staged of state.memory.staged.values()) {
    if (staged.object === null || staged.how !== 'joined' || !inScope(state, staged)) continue;
    const rule = [...state.config.connections.find((c) => c.name === staged.connection)!.imports.values()].find(
      (r) => r.from === staged.kind,
    )!;
    const found = candidates(state, rule, staged);
    if (found.length !== 1 || found[0] !== staged.object)
      park(state, 'linkDoubtful', staged.connection, spot(staged.kind, staged.anchor));
  }
}
