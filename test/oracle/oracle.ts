/** Whole cycles until nothing changes any more. See world.ts. */
import { imageText, sameValue } from '#core/canonical';
import { equivalent } from '#core/matching';
import { agreeOn, targetType } from './agree.ts';
import { listDoubtful, makeLinks } from './links.ts';
import { State } from './state.ts';
import { fresh, undo, writeTargets } from './targets.ts';
import { makeUnique } from './unique.ts';
import { placeOf, type Settled, type SystemObject, type World } from './world.ts';

const MOST_CYCLES = 30;
const MOST_ROUNDS = 1000;

export function settle(world: World): Settled {
  const state = new State(world);
  for (let cycle = 1; cycle <= MOST_CYCLES; cycle++) {
    for (const [connection, system] of state.systems)
      for (const object of system.objects.values()) see(state, connection, object);
    sync(state);
    const written = writeTargets(state);
    if (cycle === 1) world.meanwhile?.(state.systems);
    for (const look of state.looks.splice(0)) look();
    if (!written && cycle > 1) return { memory: state.memory, systems: state.systems, parked: [...state.parked.values()] };
  }
  throw new Error('the oracle finds no quiet end');
}

/** What a system shows: what is new there, what somebody else edited, and when. */
function see(state: State, connection: string, object: SystemObject): void {
  const unknown = fresh(connection, object);
  const staged = state.memory.staged.get(placeOf(unknown)) ?? unknown;
  state.memory.staged.set(placeOf(staged), staged);
  for (const [name, ours] of Object.entries(staged.confirmed)) {
    const type = targetType(state, staged, name);
    // Somebody else's value from now on, even when it is later set back to what it was.
    if (type.multi || equivalent(object.attributes[name], ours, type)) continue;
    delete staged.confirmed[name];
    undo(staged, name, ours);
  }
  const rule = state.importRuleOf(staged);
  for (const flow of rule?.flows ?? []) {
    if (state.rules.kinds.get(rule!.kind)!.attributes.get(flow.attribute)!.strategy !== 'latest') continue;
    for (const name of flow.reads) {
      const value = object.attributes[name] ?? null;
      const known = staged.times[name];
      if (known ? !sameValue(known.value, value) : value !== null) staged.times[name] = { value, at: state.now };
    }
  }
}

function sync(state: State): void {
  for (let round = 0; ; round++) {
    if (round > MOST_ROUNDS) throw new Error('the oracle goes in circles');
    Object.assign(state, { parked: new Map(), debts: new Set(), winners: new Map() });
    const before = agreement(state);
    for (const object of state.objectsInOrder()) agreeOn(state, object);
    const linked = makeLinks(state);
    // Accounts are joined before values are made for their people.
    if (!linked && agreement(state) === before && !makeUnique(state)) break;
  }
  listDoubtful(state);
}

const agreement = (state: State): string =>
  [...state.memory.objects.values()].map((o) => `${o.id} ${o.state} ${imageText(o.attributes)}`).join('\n');
