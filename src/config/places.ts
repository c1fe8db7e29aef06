/** Where in its file a checked configuration says something. Kept beside it, so that the configuration stays plain data. */

import type { Path, Position, Positions } from './document.ts';
import type { Configuration } from './model.ts';

const places = new WeakMap<Configuration, Positions>();

export function rememberPositions(config: Configuration, positions: Positions): void {
  places.set(config, positions);
}

/** A changed copy: what it says stands where it stood. */
export function copyOf(config: Configuration, changes: Partial<Configuration>): Configuration {
  const copy = { ...config, ...changes };
  const positions = places.get(config);
  if (positions) places.set(copy, positions);
  return copy;
}

/** Line and column of a value (or of its key); of its nearest parent where the path is not written in the file. */
export function positionOf(config: Configuration, path: Path, part: 'key' | 'value' = 'value'): Position {
  return places.get(config)?.(path, part) ?? { line: 1, column: 1 };
}
