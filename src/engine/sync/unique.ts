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
import { tryMore } from './candidates.ts';
import { keyText, type ParkedItem, reservedScope, uniqueScope } from './generation.ts';
import { listsOf } from './kinds.ts';
import { type Line, linesOf } from './namesakes.ts';
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
  const wanting: { claimant: Claimant; line: Line<Claimant> | null }[] = [];
  const lines = linesOf<Claimant>(type);
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
      wanting.push({ claimant, line: null });
      want(claimant, String(contributed));
      continue;
    }
    if (!claimant.living) continue;
    const line = lines.of(claimant);
    if (line.tries.texts.length === 0 && line.failures.length > 0) tellFailed(context, type, claimant, line.failures[0]);
    wanting.push({ claimant, line });
    if (line.count === 1) for (const text of line.tries.texts) want(claimant, text);
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
  // All lines at once: statements grow with the longest of them, as its logarithm, and not with their number.
  for (let short = lines.all; short.length > 0; await lookUp())
    short = short.filter((line) => {
      const { first, tries, count } = line;
      let free = 0;
      for (let n = 0; n < tries.texts.length && free < count; n++)
        if (isFree(type, first, tries.texts[n]!, owners, claims, false)) free++;
      if (free === count || tries.next === null) return false;
      for (const text of tryMore(type, line, tries, Math.max(tries.texts.length, count - free))) want(first, text);
      return true;
    });
  for (const { claimant, line } of wanting) {
    const given = line === null ? String(claimant.attributes[type.name]) : null;
    let chosen = given !== null && isFree(type, claimant, given, owners, claims, true) ? given : null;
    for (let n = line?.from ?? 0; line !== null && chosen === null; n++) {
      const { tries } = line;
      if (n === tries.texts.length) for (const text of tryMore(type, line, tries, n)) want(claimant, text);
      const text = tries.texts[n];
      if (text === undefined) break;
      if (keysOf(claimant, type, text).some((key) => !looked.has(keyText(key)))) await lookUp();
      if (isFree(type, claimant, text, owners, claims, false)) chosen = text;
      if (line.shared) line.from = n + 1;
    }
    if (chosen !== null) {
      claimant.attributes[type.name] = chosen;
      claims.set(keyText(objectKey(claimant.kind, type, chosen)), claimant.object);
      continue;
    }
    if (given !== null) {
      // branch: parks uniqueTaken
      const detail = { attribute: type.name, value: given, holders: holdersOf(type, claimant, given, owners, claims) };
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
