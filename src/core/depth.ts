/** How deep data are that came from outside: what works on them by recursion has an end. */

/** More than `most` lists and objects in each other. */
export function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return most === 0 || Object.values(value).some((one) => isDeeper(one, most - 1));
}
