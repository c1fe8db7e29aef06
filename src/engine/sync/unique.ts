/**
 * Unique values: made once, kept, never given twice (SEMANTICS 12). Free means: no object has or had it,
 * nothing staged in the named targets uses it, no target said that it is taken, and nobody earlier in this generation took it.
 */

import { canonicalJson, parseImage, sameValue } from '#core/canonical';
import { toFault } from '#core/errors';
import { normalForm } from '#core/matching';
import { type Attributes, scalars, type Value } from '#core/values';
import type { Clock, KindRules, MetaAttribute, ObjectScope } from '#rules/model';
import type { ObjectId, StagedKey, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { stagedScope } from '../import/plan.ts';
import { keyText, type ParkedItem, reservedScope, uniqueScope } from './generation.ts';
import { listsOf } from './kinds.ts';
import type { Taken } from './taken.ts';

/** An object whose unique values are being settled. */
export interface Claimant {
  readonly object: ObjectId;
  readonly kind: string;
  readonly attributes: Attributes;
  readonly before: Attributes | null;
  /** Its own staged objects: their values do not stand in its way. */
  readonly rows: readonly StagedRow[];
  /** What a person said its values are. */
  readonly fixed: ReadonlyMap<string, Value>;
  readonly scope: ObjectScope;
  readonly clock: Clock;
  readonly living: boolean;
  readonly parked: ParkedItem[];
  readonly taken: Taken | null;
}

export const TRIES_AHEAD = 4;
export const MOST_TRIES = 10_000;

/** Values claimed in this generation and not committed yet. */
export type Claims = Map<string, ObjectId>;

/** Who has a key, by its text. */
export type Owners = ReadonlyMap<string, ReadonlySet<number>>;

export async function settleUnique(
  context: EngineContext,
  rules: KindRules,
  claimants: readonly Claimant[],
  claims: Claims,
): Promise<void> {
  for (const type of rules.attributes.values()) if (type.unique) await settleAttribute(context, type, claimants, claims);
}

/** Before their turn: what was made is theirs until another value is made in its place. */
export function keepUnique(rules: KindRules, claimants: readonly Claimant[]): void {
  for (const type of listsOf(rules).uniques)
    for (const claimant of claimants) {
      const had = claimant.before?.[type.name];
      if (scalars(had ?? null).length === 0) continue;
      const isKept = stays(type, claimant) && !givesWay(type, claimant);
      if (isKept || claimant.attributes[type.name] === undefined) claimant.attributes[type.name] = had!;
    }
}

async function settleAttribute(
  context: EngineContext,
  type: MetaAttribute,
  claimants: readonly Claimant[],
  claims: Claims,
): Promise<void> {
  const owners = new Map<string, Set<number>>();
  const looked = new Set<string>();
  const wanting: { claimant: Claimant; tries: Tries }[] = [];
  /** Of namesakes: the counter that the next new one begins with, by the last text that they all try first. */
  const reached = new Map<string, number>();
  const wanted = new Map<string, StagedKey>();
  const want = (claimant: Claimant, text: string): void => {
    for (const key of keysOf(claimant, type, text)) if (!looked.has(keyText(key))) wanted.set(keyText(key), key);
  };
  for (const claimant of claimants) {
    const had = claimant.before?.[type.name];
    const made = scalars(had ?? null).length > 0;
    // What an account has of a value that was made, or taken over, before is that value, also when a rename changes it.
    const contributed = claimant.attributes[type.name] ?? (made ? undefined : adopted(type, claimant.rows));
    const over = givesWay(type, claimant);
    if (made && !over && stays(type, claimant)) {
      claimant.attributes[type.name] = had!;
      continue;
    }
    if (over) {
      over.replaced.add(type.name);
      if (over.attributes.has(type.name)) {
        const key = reservedKey(claimant.kind, type, String(had));
        over.reserved.push(key);
        owners.set(keyText(key), new Set([claimant.object]));
      }
    }
    if (!over && scalars(contributed ?? null).length > 0) {
      // An adopted account's value is taken over.
      claimant.attributes[type.name] = contributed!;
      wanting.push({ claimant, tries: { texts: [String(contributed)], places: [0], next: null } });
      want(claimant, String(contributed));
      continue;
    }
    if (!claimant.living) continue;
    const failures: unknown[] = [];
    const tries = candidates(type, claimant, TRIES_AHEAD, failures);
    if (tries.texts.length === 0 && failures.length > 0) tellFailed(context, type, claimant, failures[0]);
    wanting.push({ claimant, tries });
    for (const text of tries.texts) want(claimant, text);
  }
  const lookUp = async (): Promise<void> => {
    if (wanted.size === 0) return;
    for (const text of wanted.keys()) looked.add(text);
    for (const row of await context.store.sync.keys([...wanted.values()])) {
      const set = owners.get(keyText(row)) ?? new Set<number>();
      owners.set(keyText(row), set);
      set.add(row.owner);
    }
    wanted.clear();
  };
  await lookUp();
  for (const { claimant, tries } of wanting) {
    const contributed = scalars(claimant.attributes[type.name] ?? null).length > 0;
    const { texts } = tries;
    // Whatever new namesakes found taken in this generation is taken for the next one of them too.
    const namesakes = claimant.before === null && !contributed ? texts.at(-1) : undefined;
    let chosen: string | null = null;
    for (let n = 0; n < texts.length && chosen === null; n++) {
      const text = texts[n]!;
      if (keysOf(claimant, type, text).some((key) => !looked.has(keyText(key)))) {
        want(claimant, text);
        await lookUp();
      }
      if (isFree(type, claimant, text, owners, claims, contributed)) {
        chosen = text;
        if (namesakes !== undefined && n >= TRIES_AHEAD) reached.set(namesakes, tries.places[n]! + 1);
      } else if (n === texts.length - 1 && n < MOST_TRIES) {
        const far = namesakes === undefined ? undefined : reached.get(namesakes);
        if (far !== undefined && tries.next !== null) tries.next = Math.max(tries.next, far);
        for (const more of tryMore(type, claimant, tries, far === undefined ? texts.length : TRIES_AHEAD)) want(claimant, more);
      }
    }
    if (chosen !== null) {
      claimant.attributes[type.name] = chosen;
      claims.set(keyText(objectKey(claimant.kind, type, chosen)), claimant.object);
      continue;
    }
    if (contributed) {
      // branch: parks uniqueTaken
      const detail = { attribute: type.name, value: texts[0]!, holders: holdersOf(type, claimant, texts[0]!, owners, claims) };
      claimant.parked.push({ kind: 'uniqueTaken', connection: null, detail: canonicalJson(detail) });
      // A value fixed by a person that somebody else has: the one that was there stays.
      const had = claimant.before?.[type.name];
      if (scalars(had ?? null).length > 0) claimant.attributes[type.name] = had!;
      else delete claimant.attributes[type.name];
    } else {
      // branch: parks noCandidate
      claimant.parked.push({ kind: 'noCandidate', connection: null, detail: canonicalJson({ attribute: type.name }) });
      claimant.taken?.replaced.delete(type.name);
      // The one that was there stays until there is another one.
      const had = claimant.before?.[type.name];
      if (scalars(had ?? null).length > 0) claimant.attributes[type.name] = had!;
    }
  }
}

/** Whether a value that was made, or taken over, before is still the one, whatever anybody contributes. */
function stays(type: MetaAttribute, claimant: Claimant): boolean {
  const fixed = claimant.fixed.get(type.name);
  if (fixed !== undefined) return sameValue(claimant.before?.[type.name] ?? null, fixed);
  return !claimant.living || !renamed(type, claimant);
}

/** Who has, or takes in this generation, the value that somebody gives this one. */
function holdersOf(type: MetaAttribute, { object, kind }: Claimant, text: string, owners: Owners, claims: Claims): ObjectId[] {
  const key = keyText(objectKey(kind, type, text));
  const all = new Set([...(owners.get(key) ?? []), ...(claims.has(key) ? [claims.get(key)!] : [])]);
  return [...all].filter((one) => one !== object).sort((a, b) => a - b);
}

/** Candidates that all fail for one object are that one's trouble, and of nobody else. */
function tellFailed(context: EngineContext, type: MetaAttribute, { object, rows }: Claimant, error: unknown): void {
  const anchor = rows.find((row) => row.anchor !== null)?.anchor;
  const fault = toFault(error, { attribute: type.name, object: anchor ?? `#${object}` });
  context.fault(fault, { subject: 'object', id: object });
}

/** The value its account already has in a target where it must be unique. */
function adopted(type: MetaAttribute, rows: readonly StagedRow[]): Value | undefined {
  for (const place of type.unique!.uniqueIn)
    for (const row of rows) {
      if (row.connection !== place.connection || row.presence !== 'present' || row.seen === null) continue;
      const [value, ...others] = scalars(parseImage(row.seen)[place.attribute] ?? null);
      if (value !== undefined && others.length === 0) return value;
    }
  return undefined;
}

function objectKey(kind: string, type: MetaAttribute, text: string): StagedKey {
  return { scope: uniqueScope(kind, type.name), norm: normalForm(text, type.matching) };
}

function reservedKey(kind: string, type: MetaAttribute, text: string): StagedKey {
  return { scope: reservedScope(kind, type.name), norm: normalForm(text, type.matching) };
}

export function keysOf({ kind, before }: Claimant, type: MetaAttribute, text: string): StagedKey[] {
  const norm = normalForm(text, type.matching);
  return [
    { scope: uniqueScope(kind, type.name), norm },
    // What was taken was somebody's who is known: a new object meets it as a former value of that one.
    ...(before === null ? [] : [{ scope: reservedScope(kind, type.name), norm }]),
    ...type.unique!.uniqueIn.map((place) => ({ scope: stagedScope(place.connection, place.attribute), norm })),
  ];
}

export function isFree(
  type: MetaAttribute,
  claimant: Claimant,
  text: string,
  owners: Owners,
  claims: Claims,
  contributed: boolean,
): boolean {
  for (const key of keysOf(claimant, type, text)) {
    const id = keyText(key);
    const staged = key.scope.startsWith('staged:');
    if (key.scope.startsWith('reserved:') && !contributed && owners.has(id)) return false;
    if (key.scope.startsWith('reserved:')) continue;
    // A value that somebody gives is the person's, also where an account of nobody has it: that one may be hers.
    if (staged && contributed) continue;
    for (const owner of owners.get(id) ?? [])
      if (staged ? !claimant.rows.some((row) => row.id === owner) : owner !== claimant.object) return false;
    const claimed = claims.get(id);
    if (claimed !== undefined && claimed !== claimant.object) return false;
  }
  return true;
}

/**
 * Whether its value was made here and has to give way: a target answered that it is taken, or it was made of one that gave
 * way. What a source or a person says, and what an adopted account has, stays.
 */
function givesWay(type: MetaAttribute, claimant: Claimant): Taken | null {
  const { taken, living, fixed, attributes, rows } = claimant;
  const had = claimant.before?.[type.name];
  if (taken === null || !living || scalars(had ?? null).length === 0) return null;
  if (fixed.has(type.name) || attributes[type.name] !== undefined) return null;
  if (!taken.attributes.has(type.name) && !type.unique!.reads.some((read) => taken.replaced.has(read))) return null;
  const found = rows.filter((row) => row.origin === 'adopted');
  return sameValue(adopted(type, found) ?? null, had!) ? null : taken;
}

/** With `onRename: regenerate`, whether anything the candidates read has changed. */
function renamed(type: MetaAttribute, claimant: Claimant): boolean {
  const rule = type.unique!;
  if (rule.onRename !== 'regenerate') return false;
  return rule.reads.some((read) => !sameValue(claimant.before?.[read] ?? null, claimant.attributes[read] ?? null));
}

export interface Tries {
  readonly texts: string[];
  /** Of each text: which expression, and from there on which counter, gave it. */
  readonly places: number[];
  /** The first place not tried; null when nothing new comes. */
  next: number | null;
}

/** The first candidate texts, of `n` places: each expression once, then the last one counting from 2. */
export function candidates(type: MetaAttribute, claimant: Claimant, n: number, failures: unknown[] = []): Tries {
  const tries: Tries = { texts: [], places: [], next: 0 };
  tryMore(type, claimant, tries, Math.max(n, type.unique!.candidates.length), failures);
  return tries;
}

/** The texts of `n` more places. When one fails for this object, such as for a name of one word, the next one has its turn. */
export function tryMore(type: MetaAttribute, claimant: Claimant, tries: Tries, n: number, failures: unknown[] = []): string[] {
  const list = type.unique!.candidates;
  const known = new Set(tries.texts);
  const before = tries.texts.length;
  for (let i = 0; i < n && tries.next !== null; i++) {
    const place = tries.next;
    const counter = place < list.length ? null : place - list.length + 2;
    tries.next = place + 1;
    try {
      const text = list[Math.min(place, list.length - 1)]!(claimant.scope, counter, claimant.clock);
      if (text === undefined || text === '' || known.has(text)) continue;
      known.add(text);
      tries.texts.push(text);
      tries.places.push(place);
    } catch (error) {
      failures.push(error);
      if (place >= list.length - 1) tries.next = null;
    }
  }
  if (tries.texts.length === before) tries.next = null;
  return tries.texts.slice(before);
}
