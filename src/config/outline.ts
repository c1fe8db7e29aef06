/**
 * Names that the file gives, read from it as it is written, faults and all: a rule with a fault still fills its attributes
 * as far as the rules beside it are concerned, so that nobody is told of consequences.
 */
import { BUILT_IN } from '#core/attributes';
import type { Kind } from '#core/values';

export interface Outline {
  readonly connections: readonly string[];
  /** Built-in kinds, and those under `attributes`. */
  readonly kinds: readonly Kind[];
  /** Attributes declared under `attributes`. */
  readonly declares: (kind: Kind) => readonly string[];
  /** Connection → attributes that its import rule fills. */
  readonly fills: (kind: Kind) => ReadonlyMap<string, readonly string[]>;
}

export function outlineOf(data: unknown): Outline {
  const connections = at(data, 'connections');
  const attributes = at(data, 'attributes');
  return {
    connections: Object.keys(connections),
    kinds: [...new Set([...BUILT_IN.keys(), ...Object.keys(attributes)])],
    declares: (kind) => Object.keys(at(attributes, kind)),
    fills: (kind) =>
      new Map(
        Object.entries(connections).map(([name, node]) => [name, Object.keys(at(at(at(node, 'import'), kind), 'attributes'))]),
      ),
  };
}

function at(node: unknown, key: string): Readonly<Record<string, unknown>> {
  if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return {};
  const found = (node as Readonly<Record<string, unknown>>)[key];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Readonly<Record<string, unknown>>) : {};
}
