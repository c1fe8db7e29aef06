/** Whole cycles until nothing changes any more, and the end state by the names of things. See world.ts. */
import { sameImage, sameValue } from '#core/canonical';
import { equivalent } from '#core/matching';
import { scalars } from '#core/values';
import type { LifeState } from '#store/contract';
import { agreeOn, targetType } from './agree.ts';
import { listDoubtful, makeLinks } from './links.ts';
import { begin, connectionOf, importRuleFor, nameOf, objectsInOrder, type State, stagedKey } from './state.ts';
import { fresh, writeTargets } from './targets.ts';
import { makeUnique } from './unique.ts';
import type { EndState, Settled, World } from './world.ts';

const MOST_CYCLES = 30;
type EndObjects = Map<string, { kind: string; state: LifeState; attributes: { [name: string]: unknown } }>;

export function settle(world: World): Settled {
  const state = begin(world);
  let cycles = 0;
  do {
    if (++cycles > MOST_CYCLES) throw new Error('the oracle finds no quiet end');
    read(state);
    sync(state);
  } while (writeTargets(state));
  return { end: endOf(state), memory: state.memory, systems: state.systems, cycles };
}

/** Sees what the systems hold: what is new, what is gone, what somebody else edited. */
function read(state: State): void {
  for (const [connection, system] of state.systems) {
    for (const object of system.objects.values()) {
      const key = stagedKey(connection, object.kind, object.anchor);
      const staged = state.memory.staged.get(key) ?? fresh(connection, object);
      state.memory.staged.set(key, staged);
      staged.present = true;
      for (const [name, ours] of Object.entries(staged.confirmed)) {
        // Somebody else's value from now on, even when it is later set back to what it was.
        if (
          !equivalent(object.attributes[name], ours, targetType(state, staged, name)) &&
          targetType(state, staged, name).multi === false
        )
          delete staged.confirmed[name];
      }
      for (const name of timed(state, connection, object.kind)) {
        const value = object.attributes[name] ?? null;
        const known = staged.times[name];
        if (known ? !sameValue(known.value, value) : value !== null) staged.times[name] = { value, at: state.now };
      }
    }
    for (const staged of state.memory.staged.values())
      if (staged.connection === connection && !system.objects.has(`${staged.kind}:${staged.anchor}`)) staged.present = false;
  }
}

/** Staged attributes that a `latest` attribute reads. */
function timed(state: State, connection: string, kind: string): Set<string> {
  const rule = importRuleFor(connectionOf(state, connection), kind);
  const types = rule && state.config.kinds.get(rule.kind)!.attributes;
  return new Set(rule?.flows.filter((f) => types!.get(f.attribute)?.strategy === 'latest').flatMap((f) => f.reads));
}

function sync(state: State): void {
  for (let round = 0; ; round++) {
    if (round > 1000) throw new Error('the oracle goes in circles');
    state.parked = new Set();
    state.debts = new Set();
    state.winners = new Map();
    const was = new Map([...state.memory.objects.values()].map((o) => [o.id, { attributes: o.attributes, state: o.state }]));
    for (const object of objectsInOrder(state)) agreeOn(state, object.id);
    const linked = makeLinks(state);
    const settled = [...state.memory.objects.values()].every(
      (o) => was.has(o.id) && was.get(o.id)!.state === o.state && sameImage(was.get(o.id)!.attributes, o.attributes),
    );
    // Accounts are joined before values are made for their people.
    if (!linked && settled && !makeUnique(state)) break;
  }
  listDoubtful(state);
}

export function endOf(state: State): EndState {
  const name = (id: number): string => nameOf(state, id);
  const objects: EndObjects = new Map();
  for (const object of state.memory.objects.values()) {
    const plain: { [name: string]: unknown } = {};
    for (const [attribute, value] of Object.entries(object.attributes)) {
      const reference = state.config.kinds.get(object.kind)!.attributes.get(attribute)?.type === 'reference';
      plain[attribute] = reference
        ? scalars(value)
            .map((id) => name(id as number))
            .sort()
        : value;
    }
    objects.set(name(object.id), { kind: object.kind, state: object.state, attributes: plain });
  }
  const links = new Map<string, string>();
  for (const [key, staged] of state.memory.staged) if (staged.object !== null) links.set(key, name(staged.object));
  const parked = [...state.parked].map((line) => line.replace(/(?<=^\S+ \S+ )\d+(?= |$)/, (id) => name(Number(id))));
  return { objects, links, systems: new Map([...state.systems].map(([c, s]) => [c, s.objects])), parked: parked.sort() };
}
