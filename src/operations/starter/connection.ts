/** What the first rollcall.yaml is made of. */
import type { Naming } from './naming.ts';
import type { Proposal } from './propose.ts';

interface Seen {
  readonly name: string;
  /** How many have it, from 0 to 1. */
  readonly share: number;
  readonly several?: true | undefined;
  /** What its values say of whom they refer to: their name, or another attribute. */
  readonly refersBy?: string | undefined;
}

export interface StarterConnection {
  readonly name: string;
  readonly type: string;
  /** The connector's own keys, anchor included. */
  readonly settings: { readonly [key: string]: unknown };
  readonly proposals: readonly Proposal[];
  /** All that it has, where it is there. */
  readonly columns?: readonly string[];
  /** What was seen of its people's columns, and of its groups', where it was looked at. */
  readonly people?: readonly Seen[];
  readonly groups?: readonly Seen[];
  /** Expressions over `row`: who is one of the people, who may sign in. */
  readonly whom?: { readonly expression: string; readonly about: string } | null;
  readonly enabled?: string | null;
  /** Of a target in which names are paths. */
  readonly naming?: Naming | null;
  /** Of a target that nobody is in yet: what attributes are usually called there. */
  readonly names?: { readonly [attribute: string]: string } | undefined;
  /** Of a target: what new accounts are to have besides, made of the attribute `from`. */
  readonly besides?: readonly { readonly column: string; readonly from: string; readonly expression?: string | undefined }[];
  /** Of a target: the column with what its objects are known by, where no setting says it. */
  readonly key?: string | null;
  /** Of a target: attributes that take generated values. */
  readonly secrets?: readonly string[];
}

export const JOIN_KEYS: readonly string[] = ['employeeId', 'login', 'mail'];

export function columnOf(connection: StarterConnection, attribute: string): string | undefined {
  return connection.proposals.find((one) => one.attribute === attribute)?.column;
}

/** Null where nobody looked. */
export function seenOf({ people = [] }: StarterConnection, column: string | undefined): Seen | null {
  return people.find(({ name }) => name === column) ?? null;
}

/** By what its people are told apart: what each of those who were looked at has; the first that is mapped where nobody looked. */
export function keyOf(source: StarterConnection): string | null {
  const keys = JOIN_KEYS.filter((key) => columnOf(source, key) !== undefined);
  return keys.find((key) => (seenOf(source, columnOf(source, key))?.share ?? 1) === 1) ?? keys[0] ?? null;
}
