/** End states by the names of things, so that two of them can be compared: ids are everybody's own business. */
import { type Kind, scalars } from '#core/values';
import {
  type Memory,
  type ObjectMemory,
  type Parked,
  placeOf,
  type Rules,
  type Settled,
  type SystemObject,
  spot,
} from '../oracle/world.ts';

export interface EndState {
  readonly objects: ReadonlyMap<
    string,
    {
      readonly kind: Kind;
      readonly state: ObjectMemory['state'];
      readonly attributes: { readonly [name: string]: unknown };
    }
  >;
  /** `connection|kind:anchor` → name of the object. */
  readonly links: ReadonlyMap<string, string>;
  readonly systems: ReadonlyMap<string, ReadonlyMap<string, SystemObject>>;
  /** `kind connection subject` */
  readonly parked: readonly string[];
}

export function endOf({ memory, systems, parked }: Settled, rules: Rules): EndState {
  const name = namesIn(memory, rules);
  const objects = new Map(
    [...memory.objects.values()].map(({ id, kind, state, attributes }) => {
      const types = rules.kinds.get(kind)!.attributes;
      // Members are edges of the group's source, not values: of one that has left it the target alone shows whom it had.
      const left = state === 'leaving' || state === 'gone';
      const isEdges = (name: string): boolean => types.get(name)?.type === 'reference' && types.get(name)!.multi;
      const held = Object.entries(attributes).filter(([name, value]) => value !== null && !(left && isEdges(name)));
      const plain = held.map(([attribute, value]) => {
        const isReference = types.get(attribute)?.type === 'reference';
        const named = () => scalars(value).map((other) => name(Number(other)));
        return [attribute, isReference ? named().sort() : value] as const;
      });
      return [name(id), { kind, state, attributes: Object.fromEntries(plain) }];
    }),
  );
  const linked = [...memory.staged].filter(([, staged]) => staged.object !== null);
  return {
    objects,
    links: new Map(linked.map(([key, staged]) => [key, name(staged.object!)])),
    systems: new Map([...systems].map(([connection, system]) => [connection, system.objects])),
    parked: [...new Set(parked.map((one) => lineOf(one, name)))].sort(),
  };
}

function lineOf({ kind, connection, subject }: Parked, name: (id: number) => string): string {
  return `${kind} ${connection ?? '-'} ${typeof subject === 'number' ? name(subject) : spot(subject)}`;
}

/** An object is called after the first of its staged objects that was not made for it. */
function namesIn(memory: Memory, rules: Rules): (id: number) => string {
  const rank = new Map(rules.connections.map((c) => [c.name, c.rank]));
  const names = new Map<number, string>();
  const staged = [...memory.staged.values()].sort(
    (a, b) => rank.get(a.connection)! - rank.get(b.connection)! || (spot(a) < spot(b) ? -1 : 1),
  );
  for (const made of [false, true])
    for (const one of staged)
      if (one.object !== null && (one.origin === 'created') === made && !names.has(one.object))
        names.set(one.object, placeOf(one));
  return (id) => names.get(id) ?? `nothing left of ${id}`;
}
