/** Reading parsed YAML that nobody has checked: every fault is reported with its path, nothing throws. */
import { nearest } from '#core/text';

/** `path` is relative to the node that was handed in. */
export type Report = (path: readonly (string | number)[], message: string, remedy?: string) => void;

export function within(report: Report, ...prefix: readonly (string | number)[]): Report {
  return (path, message, remedy) => report([...prefix, ...path], message, remedy);
}

export type Raw = ReadonlyMap<string, unknown>;

/** A mapping as a Map; null and reported for anything else. With `keys` given, other keys are faults. */
export function mapping(raw: unknown, report: Report, keys: readonly string[] | null = null): Raw | null {
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
    report([], 'must be a mapping', 'write `key: value` lines, indented');
    return null;
  }
  const entries =
    raw instanceof Map ? [...raw].map(([key, value]): [string, unknown] => [String(key), value]) : Object.entries(raw);
  for (const [key] of keys === null ? [] : entries) {
    if (keys!.includes(key)) continue;
    const meant = nearest(key, keys!);
    report([key], `unknown key ${quoted(key)}`, meant === null ? `known here: ${keys!.join(', ')}` : `did you mean ${meant}?`);
  }
  return new Map(entries);
}

export function text(raw: Raw, key: string, report: Report): string | null {
  const value = raw.get(key);
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  report([key], 'must be text', 'put it in quotes');
  return null;
}

export function flag(raw: Raw, key: string, report: Report, unless = false): boolean {
  const value = raw.get(key);
  if (value === undefined || value === null) return unless;
  if (typeof value !== 'boolean') report([key], 'must be true or false', 'write true or false');
  return value === true;
}

export function oneOf<T extends string>(raw: Raw, key: string, options: readonly T[], report: Report): T | null {
  const value = raw.get(key);
  if (value === undefined || value === null) return null;
  const found = options.find((option) => option === value);
  if (found !== undefined) return found;
  const meant = typeof value === 'string' ? nearest(value, options) : null;
  report([key], `must be one of ${options.join(', ')}`, meant === null ? 'choose one of them' : `did you mean ${meant}?`);
  return null;
}

export function whole(raw: Raw, key: string, report: Report): number | null {
  const value = raw.get(key);
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  report([key], 'must be a whole number above 0');
  return null;
}

/** One text or a list of texts, each with the path it came from. */
export function texts(
  raw: Raw,
  key: string,
  report: Report,
): readonly { readonly text: string; readonly path: readonly (string | number)[] }[] {
  const value = raw.get(key);
  if (value === undefined || value === null) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item, i) => {
    const path = Array.isArray(value) ? [key, i] : [key];
    if (typeof item === 'string' && item.trim() !== '') return [{ text: item.trim(), path }];
    report(path, 'must be text', 'put it in quotes');
    return [];
  });
}

/** A name as it is shown in a message: short, on one line. */
export function quoted(name: string): string {
  const line = name.replace(/\s+/g, ' ');
  return `'${line.length > 60 ? `${line.slice(0, 57)}…` : line}'`;
}

/** Reports a name that is not among the known ones; true when it is. */
export function known(
  name: string,
  names: { has(name: string): boolean; keys(): Iterable<string> },
  what: string,
  report: Report,
): boolean {
  if (names.has(name)) return true;
  const meant = nearest(name, names.keys());
  report(
    [],
    `there is no ${what} ${quoted(name)}`,
    meant === null ? `declare it, or use an existing ${what}` : `did you mean ${meant}?`,
  );
  return false;
}
