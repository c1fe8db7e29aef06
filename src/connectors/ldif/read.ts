/** A content file to pages, one page a block; and the search through it for one value. */
import { stat } from 'node:fs/promises';
import type { Page, ReadObject, Schema } from '#connectors/contract';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { normalForm } from '#core/matching';
import type { AttributeType, Scalar } from '#core/values';
import { type LdifItem, LdifReader } from '#protocols/ldap/ldif';
import { nameKey } from '#protocols/ldap/names';
import { attributeHint } from '#protocols/ldap/schema';
import { EMPTY_PRINT } from '../files/identity.ts';
import { KeyTable } from '../files/keys.ts';
import { type Skipped, skippedIn } from '../files/skipped.ts';
import { openSource, refuseMissing, type SourceFile } from '../files/source.ts';
import type { Plan } from './config.ts';
import { objectOf } from './view.ts';

type Warn = (fault: Fault) => void;

/** Null while the file does not exist yet: a target before its first export. Any other trouble is thrown. */
export async function openExisting(path: string): Promise<SourceFile | null> {
  const missing = await stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
  return missing ? null : openSource(path);
}

/** Records and faults of a file, block by block. */
export async function* itemsOf(source: SourceFile, plan: Plan, signal?: AbortSignal): AsyncGenerator<LdifItem[]> {
  const reader = new LdifReader({ file: source.path, maxEntryBytes: plan.maxEntryBytes, telling: [plan.anchor] });
  for await (const block of source.blocks(signal === undefined ? {} : { signal })) yield reader.push(block);
  yield reader.end();
}

export async function* readContent(plan: Plan, warn: Warn, signal: AbortSignal, restarted: boolean): AsyncGenerator<Page> {
  const again = restarted ? { restarted } : {};
  const source = await openExisting(plan.path);
  if (source === null) {
    refuseMissing(plan.path, plan.made);
    yield { objects: [], ...again, end: { complete: true, fingerprint: EMPTY_PRINT, absent: plan.path } };
    return;
  }
  try {
    const seen = new Seen(plan, warn);
    let first = true;
    for await (const items of itemsOf(source, plan, signal)) {
      const objects: ReadObject[] = [];
      for (const item of items) {
        const object = seen.take(item);
        if (object !== null) objects.push(object);
      }
      yield { objects, ...(first ? again : {}) };
      first = false;
    }
    const changed = await source.changed();
    const reason = changed ?? seen.skipped.reason();
    yield {
      objects: [],
      end: reason === undefined ? { complete: true, fingerprint: source.fingerprint() } : { complete: false, reason },
    };
  } finally {
    await source.close();
  }
}

/** Decides about each item of one pass, and keeps what the end has to say. */
class Seen {
  readonly skipped: Skipped;
  readonly #names = new KeyTable();
  readonly #anchors: KeyTable | null;
  readonly #plan: Plan;
  readonly #warn: Warn;

  constructor(plan: Plan, warn: Warn) {
    this.#plan = plan;
    this.#warn = warn;
    this.skipped = skippedIn(plan.path, 'entries', warn);
    this.#anchors = plan.anchor === 'dn' ? null : new KeyTable();
  }

  take(item: LdifItem): ReadObject | null {
    if (item.type === 'fault') {
      if (item.skipped) this.skipped.add(item.fault);
      else this.#warn(item.fault);
      return null;
    }
    try {
      if (item.type !== 'entry' && item.type !== 'add') {
        throw new RollcallError('invalidValue', `a change record (${item.type}) in a file of entries`, {
          remedy: 'say "format: changes" for a file of changes',
        });
      }
      const line = this.#names.setNew('', nameKey(item.dn) ?? item.dn, item.line);
      if (line !== undefined) throw double('DN', line);
      const object = objectOf(item, this.#plan);
      const other = object === null ? undefined : this.#anchors?.setNew(object.kind, object.anchor, item.line);
      if (other !== undefined) throw double('anchor', other);
      return object;
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      this.skipped.add(toFault(error, { line: item.line, object: item.dn.slice(0, 512) }));
      return null;
    }
  }
}

function double(what: string, line: number): RollcallError {
  return new RollcallError('conflict', `the entry of line ${line} has the same ${what}; that one counts`, {
    remedy: 'keep one of the two',
  });
}

/** Entries of a kind with this anchor, or with an equivalent value in this attribute. */
export async function find(
  plan: Plan,
  by: { anchor: string } | { attribute: string; value: string },
  kind: string,
): Promise<ReadObject[]> {
  const source = await openExisting(plan.path);
  if (source === null) return [];
  const attribute = 'attribute' in by ? by.attribute.toLowerCase() : '';
  const { matching } = attributeHint(attribute);
  const wanted = 'attribute' in by ? normalForm(by.value, matching) : plan.anchor === 'dn' ? nameKey(by.anchor) : by.anchor;
  const has = (object: ReadObject): boolean => {
    if (!('attribute' in by)) return object.anchor === wanted;
    const name = Object.keys(object.attributes).find((each) => each.toLowerCase() === attribute);
    const value = name === undefined ? null : object.attributes[name]!;
    return (Array.isArray(value) ? value : [value]).some(
      (each) => typeof each === 'string' && normalForm(each as Scalar, matching) === wanted,
    );
  };
  const found: ReadObject[] = [];
  try {
    for await (const items of itemsOf(source, plan)) {
      for (const item of items) {
        if (item.type !== 'entry' && item.type !== 'add') continue;
        const object = tryObject(item, plan);
        if (object !== null && object.kind === kind && has(object)) found.push(object);
      }
    }
    return found;
  } finally {
    await source.close();
  }
}

/** An entry without an anchor is no answer to a search. */
function tryObject(item: Parameters<typeof objectOf>[0], plan: Plan): ReadObject | null {
  try {
    return objectOf(item, plan);
  } catch (error) {
    if (error instanceof RollcallError) return null;
    throw error;
  }
}

/** The attributes in use, by kind, with the types directories give them. A file never refuses another one. */
export async function schemaOf(plan: Plan): Promise<Schema> {
  const kinds: { [kind: string]: { [attribute: string]: AttributeType & { readonly readOnly?: boolean } } } = Object.create(null);
  const source = await openExisting(plan.path);
  if (source === null) return { complete: false, kinds };
  try {
    for await (const items of itemsOf(source, plan)) {
      for (const item of items) {
        if (item.type !== 'entry' && item.type !== 'add') continue;
        const kind = plan.kindOf(item.attributes.objectClass ?? []);
        if (kind === null) continue;
        kinds[kind] ??= Object.create(null) as { [attribute: string]: AttributeType };
        const own = kinds[kind];
        for (const name of Object.keys(item.attributes)) own[name] ??= attributeHint(name);
      }
    }
    return { complete: false, kinds };
  } finally {
    await source.close();
  }
}
