/** `bulkId:x`: in the data of a bulk operation, in a filter there (`members[value eq "bulkId:x"]`) and in its path (`/Users/bulkId:x`). */
import type { BulkOperation, ReadOperation } from './bulk-request.ts';

const MARK = 'bulkId:';
/** A whole text, or in quotes within one. */
const IN_QUOTES = /"bulkId:([^"\\]*)"/g;
/** Data deeper than this is nothing that a resource holds: it is left as it is. */
const DEEPEST = 20;

type Replace = (id: string) => string | undefined;

export function bulkIdsIn({ path, data }: Omit<ReadOperation, 'method'>): ReadonlySet<string> {
  const found = new Set<string>();
  const note: Replace = (id) => {
    found.add(id);
    return undefined;
  };
  inPath(path, note);
  inData(data, note, 0);
  return found;
}

/** `ids` has all of them. */
export function withIds({ path, data, method, bulkId, version }: ReadOperation, ids: ReadonlyMap<string, string>): BulkOperation {
  const id: Replace = (one) => ids.get(one);
  return {
    method: method as BulkOperation['method'],
    path: pathWith(path, ids)!,
    ...(bulkId === undefined ? {} : { bulkId }),
    ...(version === undefined ? {} : { version }),
    ...(data === undefined ? {} : { data: inData(data, id, 0) }),
  };
}

/** Null where `ids` does not have all of them. */
export function pathWith(path: string, ids: ReadonlyMap<string, string | null>): string | null {
  if ([...bulkIdsIn({ path })].some((id) => typeof ids.get(id) !== 'string')) return null;
  return inPath(path, (id) => encodeURIComponent(ids.get(id)!));
}

function inPath(path: string, replace: Replace): string {
  return path
    .split('/')
    .map((part) => (part.startsWith(MARK) ? (replace(part.slice(MARK.length)) ?? part) : part))
    .join('/');
}

function inData(value: unknown, replace: Replace, depth: number): unknown {
  if (typeof value === 'string') return inText(value, replace);
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) return value.map((one) => inData(one, replace, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inData(one, replace, depth + 1)]));
}

function inText(text: string, replace: Replace): string {
  if (!text.includes(MARK)) return text;
  if (text.startsWith(MARK)) return replace(text.slice(MARK.length)) ?? text;
  return text.replace(IN_QUOTES, (whole, id: string) => {
    const made = replace(id);
    return made === undefined ? whole : JSON.stringify(made);
  });
}
