/**
 * Settings that hold resolved secrets print as they are written in the file. The values stay readable for the connector
 * that needs them; JSON.stringify, console.log and string templates show the reference.
 */
import { inspect } from 'node:util';
import type { Path } from '../document.ts';

/**
 * Gives every object on the way to a resolved reference its written form for printing.
 * @param value the checked value; @param written the same as in the file; @param paths of the resolved references in it.
 */
export function conceal(value: unknown, written: unknown, paths: readonly Path[]): void {
  if (paths.length === 0 || typeof value !== 'object' || value === null) return;
  for (const [name, print] of [
    ['toJSON', () => written],
    [inspect.custom, () => written],
  ] as const) {
    Object.defineProperty(value, name, { value: print, enumerable: false, configurable: true });
  }
  const below = Map.groupBy(
    paths.filter((path) => path.length > 1),
    (path) => path[0]!,
  );
  for (const [key, inner] of below) {
    const next = (value as Record<string | number, unknown>)[key];
    const nextWritten = (written as Record<string | number, unknown> | undefined)?.[key];
    conceal(
      next,
      nextWritten,
      inner.map((path) => path.slice(1)),
    );
  }
}
