/** Hand-written cases: a sentence of docs/SEMANTICS.md as a small story. Each runs in the oracle and in the engine. */
import type { Manner, Organisation, PlainObject, Step } from './organisation.ts';

export interface Case {
  /** Section and sentence it holds the house to. */
  readonly says: string;
  readonly config: { readonly connections: { readonly [name: string]: object } } & { readonly [key: string]: unknown };
  /** Connection → objects by anchor; `person` where the anchor does not say `group:`. */
  readonly systems: { readonly [connection: string]: Objects };
  readonly manners?: { readonly [connection: string]: Manner };
  /** Systems whose writes only the next read proves. */
  readonly mute?: readonly string[];
  /** Targets that may be written; all that have exports where nothing is said. */
  readonly on?: readonly string[];
  readonly story: readonly (Step | 'settle' | Expected)[];
}
export interface Objects {
  readonly [anchor: string]: PlainObject['attributes'] & { readonly $name?: string };
}

/** Parts of the end state; `undefined` for what must not be there. Parked: exactly these, debts of keepers left out. */
export interface Expected {
  readonly objects?: {
    readonly [name: string]: { readonly state?: string; readonly attributes?: { readonly [name: string]: unknown } } | undefined;
  };
  readonly systems?: { readonly [connection: string]: { readonly [spot: string]: object | undefined } };
  readonly links?: { readonly [staged: string]: string | undefined };
  readonly parked?: readonly string[];
}

/** A source that people come from. `more` overrides. */
export function source(attributes: object, more: object = {}, connection: object = {}): object {
  return {
    owner: true,
    import: { person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', ...attributes }, ...more } },
    ...connection,
  };
}

/** A target that accounts are made in, joined by `number`. */
export function target(attributes: object, more: object = {}, connection: object = {}): object {
  return {
    mode: 'on',
    import: { person: { join: 'employeeId', attributes: { employeeId: 'number' } } },
    export: { person: { provision: true, attributes: { number: 'employeeId', ...attributes }, ...more } },
    ...connection,
  };
}

/** The name of a person from hr, and the place of the account made for her. */
export function hr(anchor: string): string {
  return `hr|person:${anchor}`;
}
export function madeFor(anchor: string): string {
  return `person:made for ${hr(anchor)}`;
}

export function disableThenDelete(graceDays: number): object {
  return Object.fromEntries([
    ['action', 'disable'],
    ['then', 'delete'],
    ['after', `${graceDays}d`],
  ]);
}

/** A rule that is an expression. */
export function ex(text: string): string {
  return `\${${text}}`;
}

export function put(connection: string, anchor: string, attributes: PlainObject['attributes']): Step {
  return { do: 'put', connection, object: objectAt(anchor, attributes) };
}
/** Edits the n-th object (by anchor) of a system. */
export function edit(connection: string, which: number, attributes: PlainObject['attributes']): Step {
  return { do: 'set', connection, which, attributes };
}
export function remove(connection: string, which: number): Step {
  return { do: 'delete', connection, which };
}
export function days(n: number): Step {
  return { do: 'days', days: n };
}

export function objectAt(anchor: string, { $name, ...attributes }: Objects[string]): PlainObject {
  const kind = anchor.startsWith('group:') ? 'group' : 'person';
  const object = { kind, anchor: anchor.replace('group:', ''), attributes };
  return $name === undefined ? object : { ...object, name: $name };
}

/** As an organisation: JSON is YAML; every connection is a memory system of its own name. */
export function organisationOf(one: Case): Organisation {
  const connections = Object.fromEntries(
    Object.entries(one.config.connections).map(([name, c]) => [name, { type: 'memory', system: name, ...c }]),
  );
  const systems = Object.fromEntries(
    Object.entries(one.systems).map(([name, objects]) => {
      const all = Object.entries(objects).map(([anchor, attributes]) => objectAt(anchor, attributes));
      const kinds = [...new Set(['person', ...all.map((o) => o.kind)])];
      const keepers = kinds.map((kind) => ({
        kind,
        anchor: 'zz-keeper',
        attributes: { note: 'keeps the system from looking empty' },
      }));
      const manner = one.manners?.[name] ? { manner: one.manners[name] } : {};
      return [name, { objects: [...all, ...keepers], ...manner, mute: one.mute?.includes(name) === true }];
    }),
  );
  const targets =
    one.on ??
    Object.entries(one.config.connections)
      .filter(([, c]) => 'export' in c)
      .map(([name]) => name);
  return { yaml: JSON.stringify({ ...one.config, connections }), systems, targets };
}
