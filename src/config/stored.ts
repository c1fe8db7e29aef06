/**
 * What a file with faults in it still tells: where the store is. With that, what is in the store can be looked at while somebody
 * mends the file; no connection and no rule of such a file is ever used.
 */
import path from 'node:path';
import type { Kind } from '#core/values';
import type { KindRules } from '#rules/model';
import { NO_ACCESS } from './access.ts';
import { collector } from './collect.ts';
import { parseDocument } from './document.ts';
import { logOf } from './log.ts';
import type { Configuration } from './model.ts';
import { outlineOf } from './outline.ts';
import { bytes } from './quantity.ts';
import { compileRules } from './rules.ts';
import { conceal } from './secrets/conceal.ts';
import { type Resolved, resolveReferences, type Sources } from './secrets/references.ts';
import { serverOf } from './server.ts';

export const DEFAULT_STORE: string = 'sqlite:rollcall.db';
export const DEFAULT_OBJECT_SIZE: string = '16MB';
export const STORE: RegExp = /^(?:sqlite:.|postgres(?:ql)?:\/\/.)/;
const TOP = /^store[ \t]*:(?=[ \t\r\n])/gm;

export function storeOf(store: Resolved & { written: unknown }, folder: string): Configuration['store'] {
  const text = String(store.data);
  if (text.startsWith('sqlite:')) return { kind: 'sqlite', path: path.resolve(folder, text.slice('sqlite:'.length)) };
  const out = { kind: 'postgres', url: text } as const;
  conceal(
    out,
    { kind: 'postgres', url: store.written },
    store.references.map(() => ['url']),
  );
  return out;
}

/** `kinds`: as far as they could be read; null = only those that are built in. Undefined where even the store is in doubt. */
export async function storedOnly(
  { text, data, file }: { readonly text: string; readonly data: unknown; readonly file: string },
  kinds: ReadonlyMap<Kind, KindRules> | null,
  sources: Sources,
): Promise<Configuration | undefined> {
  const written = data === undefined ? storeIn(text, file) : namedIn(data);
  if (typeof written !== 'string') return undefined;
  const quiet = collector(file, () => ({ line: 1, column: 1 }));
  const store = await resolveReferences(
    written,
    () => false,
    sources,
    (_, message) => quiet.fault([], 'value', message),
  );
  if (quiet.faults.length > 0 || !STORE.test(String(store.data))) return undefined;
  return {
    file,
    files: new Map(),
    folder: sources.folder,
    store: storeOf({ ...store, written }, sources.folder),
    zone: 'UTC',
    connections: [],
    kinds: kinds ?? compileRules({}, outlineOf({}), new Map(), quiet).kinds,
    hooks: [],
    profiles: new Map(),
    schedule: new Map(),
    retentionDays: Number.POSITIVE_INFINITY,
    auditRetentionMs: null,
    limits: { maxObjectBytes: bytes(DEFAULT_OBJECT_SIZE) },
    access: NO_ACCESS,
    notify: [],
    server: serverOf({}, sources.folder),
    log: logOf({}, sources.folder),
    telemetry: { traces: null },
    scim: new Map(),
  };
}

function namedIn(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  return Object.hasOwn(data, 'store') ? (data as { readonly store: unknown }).store : DEFAULT_STORE;
}

/** Of a text that is no YAML as a whole: the one line that begins with `store:`, read by itself. */
function storeIn(text: string, file: string): unknown {
  if (/^\s*[{[]/.test(text)) return undefined;
  const found = [...text.matchAll(TOP)];
  if (found.length === 0) return DEFAULT_STORE;
  if (found.length > 1) return undefined;
  const line = text.slice(found[0]!.index).split(/\r\n|\r|\n/, 1)[0]!;
  const { data, broken } = parseDocument(line, file);
  return broken ? undefined : namedIn(data);
}
