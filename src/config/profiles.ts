/** Run profiles: what a run does, and in which order. The file may name sequences of them (`profiles`). */

/** `cycle` is all of it: import, sync, export, and reading back what was written. */
export const PROFILES = ['cycle', 'full-import', 'delta-import', 'full-sync', 'delta-sync', 'export'] as const;
export type Profile = (typeof PROFILES)[number];

export function isProfile(name: string): name is Profile {
  return (PROFILES as readonly string[]).includes(name);
}

/** The profiles that a run of this name does one after the other; null for a name that nobody gave. */
export function stepsOf(name: string, named: ReadonlyMap<string, readonly Profile[]>): readonly Profile[] | null {
  return isProfile(name) ? [name] : (named.get(name) ?? null);
}
