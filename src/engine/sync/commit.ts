/** One evaluated object → the rows that say so: object, keys, changes; and what it publishes to others (SEMANTICS 4). */
import { canonicalJson, imageText, sameValue } from '#core/canonical';
import { searchText } from '#core/searched';
import { type Attributes, bare, hasAny } from '#core/values';
import type { KeyRow, NewChange, ObjectWrite } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';
import { keyText, strongScope } from './generation.ts';
import { joinKeysOf } from './join-keys.ts';
import { publishedKeys } from './published-keys.ts';

export interface ObjectResult {
  /** Null when nothing about the object changed. */
  readonly write: ObjectWrite | null;
  readonly change: NewChange | null;
  readonly addKeys: readonly KeyRow[];
  /** The same as they are stored: those that a new object must have alone are of the strong scope. */
  readonly storedKeys: readonly KeyRow[];
  readonly removeKeys: readonly KeyRow[];
  readonly changed: readonly string[];
}

const UNIQUE = 'unique:';

/** `alone`: a new object that is the only one by the keys it was looked for with. */
export function resultOf(context: EngineContext, one: Evaluated, due: number, alone: boolean): ObjectResult {
  const { before, id } = one;
  const attributes = imageText(one.attributes);
  const dates = datesText(one.life.dates);
  const frozen = one.frozen === null ? null : imageText(one.frozen);
  const dueAt = Number.isFinite(due) ? due : null;
  const { addKeys, removeKeys } = keysOf(one);
  if (
    before &&
    before.attributes === attributes &&
    before.state === one.life.state &&
    before.dates === dates &&
    before.frozen === frozen &&
    before.owned === one.owned &&
    before.dueAt === dueAt
  )
    return { write: null, change: null, addKeys, storedKeys: addKeys, removeKeys, changed: [] };
  const changed = before ? changedNames(one.beforeAttributes!, one.attributes) : [];
  return {
    write: {
      object: id,
      insert: before === null,
      expectRevision: before?.revision ?? 0,
      kind: one.kind,
      attributes,
      frozen,
      owned: one.owned,
      state: one.life.state,
      dates,
      dueAt,
      folded: searchText(one.attributes, one.rules.searched),
      notes: before ? notesAfter(before.notes, changed, context) : `{"*":[${context.run},${context.now}]}`,
    },
    change: before
      ? updateChange(one, changed)
      : { subject: 'object', from: id, to: id, operation: 'create', before: null, after: null },
    addKeys,
    storedKeys: alone ? withStrong(context, one, addKeys) : addKeys,
    removeKeys,
    changed,
  };
}

/** It was projected because these keys named nobody: another sync that made the same person at the same time has them first. */
function withStrong(context: EngineContext, one: Evaluated, keys: readonly KeyRow[]): readonly KeyRow[] {
  const looked = new Set<string>();
  for (const { row, rule, scope } of one.contributors)
    if (row.linkHow === 'projected')
      for (const list of joinKeysOf(context, rule, scope, one.clock)) for (const key of list) looked.add(keyText(key));
  return keys.map((key) => (looked.has(keyText(key)) ? { ...key, scope: strongScope(key.scope) } : key));
}

/** What it is found by from now on, and no longer. */
function keysOf({ id, rules, attributes, beforeAttributes, taken }: Evaluated): Pick<ObjectResult, 'addKeys' | 'removeKeys'> {
  const after = publishedKeys(rules, attributes);
  if (beforeAttributes === null) return { addKeys: after.map(({ scope, norm }) => ({ scope, norm, owner: id })), removeKeys: [] };
  const had = publishedKeys(rules, beforeAttributes);
  const afterSet = new Set(after.map(keyText));
  const hadSet = new Set(had.map(keyText));
  return {
    addKeys: [...after.filter((key) => !hadSet.has(keyText(key))), ...(taken?.reserved ?? [])].map((key) => ({
      ...key,
      owner: id,
    })),
    // A unique value once held stays reserved: nobody else gets a former login.
    removeKeys: had
      .filter((key) => !key.scope.startsWith(UNIQUE) && !afterSet.has(keyText(key)))
      .map((key) => ({ ...key, owner: id })),
  };
}

function updateChange(one: Evaluated, changed: readonly string[]): NewChange | null {
  const stateChanged = one.before!.state !== one.life.state;
  if (changed.length === 0 && !stateChanged) return null;
  const before: Attributes = bare();
  const after: Attributes = bare();
  for (const name of changed) {
    before[name] = one.beforeAttributes![name] ?? null;
    after[name] = one.attributes[name] ?? null;
  }
  if (stateChanged) {
    before['(state)'] = one.before!.state;
    after['(state)'] = one.life.state;
  }
  return {
    subject: 'object',
    from: one.id,
    to: one.id,
    operation: stateChanged && changed.length === 0 ? 'state' : 'update',
    before: imageText(before),
    after: imageText(after),
  };
}

function changedNames(before: Attributes, after: Attributes): string[] {
  const out: string[] = [];
  for (const name in after) if (!sameValue(before[name] ?? null, after[name]!)) out.push(name);
  for (const name in before) if (!(name in after) && before[name] !== null) out.push(name);
  return out.sort();
}

function datesText(dates: Evaluated['life']['dates']): string {
  return hasAny(dates) ? canonicalJson(dates) : '{}';
}

/** `*` stands for every attribute without a note of its own: when the object was made. */
function notesAfter(notes: string, changed: readonly string[], context: EngineContext): string {
  if (changed.length === 0) return notes;
  const all = JSON.parse(notes) as { [attribute: string]: [number, number] };
  for (const name of changed) all[name] = [context.run, context.now];
  return canonicalJson(all);
}

/** Creates of consecutive ids are one row: it names the range and repeats no values. */
export function mergeCreates(changes: readonly NewChange[]): NewChange[] {
  const out: NewChange[] = [];
  for (const change of changes) {
    const last = out[out.length - 1];
    if (
      last &&
      change.operation === 'create' &&
      last.operation === 'create' &&
      last.subject === change.subject &&
      last.to + 1 === change.from
    )
      out[out.length - 1] = { ...last, to: change.to };
    else out.push(change);
  }
  return out;
}
