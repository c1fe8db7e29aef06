/** One object as read → one row to stage: canonical image, edges, lookup keys, digests. */
import type { RawValue, ReadObject } from '#connectors/contract';
import { canonicalSet, imageText, sameValue } from '#core/canonical';
import type { Digester } from '#core/digest';
import { sha256Hex } from '#core/digest';
import { normalDn, parentDn } from '#core/dn';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { normalForm } from '#core/matching';
import { checkText } from '#core/text';
import { type Attributes, bare, isBlob, type Matching, type Scalar, scalars, type Value } from '#core/values';
import type { ReferenceBy } from '#rules/model';
import type { EdgeList, StagedKey, StageEdges } from '#store/contract';

export interface PlannedEdge {
  readonly key: (scalar: Scalar) => string;
  readonly multi: boolean;
  /** Staged kinds that have it. */
  readonly kinds: ReadonlySet<string>;
}

/** What the rules of one connection need from a staged object beyond its image. */
export interface StagingPlan {
  /** Reference attributes by name. */
  readonly edges: ReadonlyMap<string, PlannedEdge>;
  /** Attributes whose values are looked up: uniqueIn, references by attribute. */
  readonly keys: ReadonlyMap<string, { readonly scope: string; readonly matching: Matching }>;
  /** Attributes of strategy `latest`. */
  readonly timed: ReadonlySet<string>;
  /** By staged kind: attributes without which nobody can say whether, or as whom, a new object is taken. */
  readonly decides: ReadonlyMap<string, ReadonlySet<string>>;
  /** Attributes that some rule reads, writes or looks up: where others go, and what becomes of them, is nobody's concern. */
  readonly named: ReadonlySet<string>;
}

export interface Canonical {
  readonly attributes: Attributes;
  readonly text: string;
  /** Text the content digest is taken over: the image, the names of what was refused or may be cut short, and the edges kept out of it. */
  readonly digestText: string;
  /** Of attributes kept outside the image; `edgesOf` has all. */
  readonly members: readonly StageEdges[];
  readonly keys: readonly StagedKey[];
  readonly name: string | null;
  readonly blobs: readonly { readonly hash: string; readonly bytes: Uint8Array }[];
  /** Attributes that are there and cannot be used: they say nothing, not even that they are empty. */
  readonly refused: readonly Fault[];
  /** Sets in the image of which there may be more than is shown. */
  readonly partial: readonly string[];
  /** The same of the name. */
  readonly nameRefused: boolean;
}

/** Whether objects of this kind have attributes that are kept as edges, outside the image. */
export function hasMultiEdges(plan: StagingPlan, kind: string): boolean {
  for (const edge of plan.edges.values()) if (edge.multi && edge.kinds.has(kind)) return true;
  return false;
}

/** Refers to nothing. */
export const NO_EDGE: EdgeList = { keys: [], texts: null };
const NO_EDGES: readonly StageEdges[] = [];
const NO_KEYS: readonly StagedKey[] = [];
const NO_BLOBS: readonly { readonly hash: string; readonly bytes: Uint8Array }[] = [];
const NO_FAULTS: readonly Fault[] = [];
const NO_NAMES: readonly string[] = [];

/** What is known of an object from before: as it was last seen, and what was sent to it since. */
export interface Last {
  readonly attributes: Attributes | null;
  readonly name: string | null;
  readonly sent: Attributes | null;
}

/** Throws invalidValue when the object cannot even be told from others; a fault of one attribute refuses that attribute. */
export function canonicalise(object: ReadObject, plan: StagingPlan): Canonical {
  checkText(object.anchor);
  checkText(object.kind);
  const attributes: Attributes = bare();
  let blobs: { hash: string; bytes: Uint8Array }[] | null = null;
  let members: StageEdges[] | null = null;
  let keys: StagedKey[] | null = null;
  let refused: Fault[] | null = object.refused === undefined ? null : [...object.refused];
  let memberTexts: (string | readonly string[])[] | null = null;
  for (const attribute in object.attributes) {
    const raw: RawValue | undefined = object.attributes[attribute];
    const edge = plan.edges.get(attribute);
    let value: Value;
    try {
      if (typeof raw === 'string') value = checkText(raw);
      else if (raw === null || typeof raw === 'number' || typeof raw === 'boolean') value = checkNumber(raw);
      else if (raw === undefined) continue;
      else {
        blobs ??= [];
        value = canonicalValue(raw, blobs);
      }
    } catch (error) {
      refused ??= [];
      refused.push(toFault(error, { attribute }));
      continue;
    }
    if (edge?.multi) {
      const list = edgeList(scalars(value), edge.key);
      members ??= [];
      members.push(edgesTo(object, attribute, list));
      memberTexts ??= [];
      memberTexts.push(attribute, list.texts ?? list.keys);
      continue;
    }
    attributes[attribute] = value;
    const key = plan.keys.get(attribute);
    if (key) {
      keys ??= [];
      addKeys(keys, value, key);
    }
  }
  let name: string | null = null;
  try {
    if (object.name !== undefined) name = checkText(object.name);
  } catch (error) {
    refused ??= [];
    refused.push({ ...toFault(error), message: `its name cannot be used: ${toFault(error).message}` });
  }
  const text = imageText(attributes);
  // An object read again with the same attributes refused is unchanged, whatever stands in them now.
  const whole = refused === null ? text : `${text}\u001c${JSON.stringify(refused.map((fault) => fault.where.attribute ?? null))}`;
  // A list that is all there is says more than the same one cut short.
  const image = object.partial === undefined ? whole : `${whole}\u001b${JSON.stringify(object.partial)}`;
  return {
    attributes,
    text,
    digestText: digestTextOf(image, name, memberTexts),
    members: members ?? NO_EDGES,
    keys: keys ?? NO_KEYS,
    name,
    blobs: blobs ?? NO_BLOBS,
    refused: refused ?? NO_FAULTS,
    partial: object.partial?.filter((attribute) => !plan.edges.has(attribute)) ?? NO_NAMES,
    nameRefused: name === null && object.name !== undefined,
  };
}

/** All that it refers to. Only what is staged needs it: nothing of it is in the digest but what is in the image, and members. */
export function edgesOf(
  object: ReadObject,
  { members, attributes, refused }: Canonical,
  plan: StagingPlan,
): readonly StageEdges[] {
  if (plan.edges.size === 0) return NO_EDGES;
  const edges = [...members];
  for (const [attribute, edge] of plan.edges) {
    if (edge.multi || refused.some((fault) => fault.where.attribute === attribute)) continue;
    const value = attributes[attribute];
    if (value !== undefined) edges.push(edgesTo(object, attribute, edgeList(scalars(value), edge.key)));
    // A single reference that is not there refers to nothing: its old edge goes.
    else if (edge.kinds.has(object.kind)) edges.push({ attribute, all: NO_EDGE });
  }
  return edges;
}

function edgesTo({ partial }: ReadObject, attribute: string, list: EdgeList): StageEdges {
  return partial?.includes(attribute) === true ? { attribute, add: list } : { attribute, all: list };
}

/**
 * No two objects have one text: an image holds no control characters, so the first one says what follows it, and names and
 * members, which may hold any, are quoted beside each other.
 */
function digestTextOf(image: string, name: string | null, members: readonly (string | readonly string[])[] | null): string {
  if (members !== null) return `${image}\u001e${JSON.stringify([name, ...members])}`;
  return name === null ? image : `${image}\u001d${name}`;
}

/** Why an object met for the first time is not staged: what says who it is was refused. Undefined when it may be. */
export function undecided({ kind }: ReadObject, { refused }: Canonical, plan: StagingPlan): Fault | undefined {
  const decides = plan.decides.get(kind);
  return refused.find(({ where: { attribute } }) => attribute !== undefined && decides?.has(attribute) === true);
}

/**
 * With what was staged last in the place of everything refused: a value that cannot be used proves nothing (STORE 1). Of a
 * set that may be cut short, what it does not show is still there (SEMANTICS 6), as it was last seen or written.
 */
export function withLast(canonical: Canonical, last: Last, plan: StagingPlan): Canonical {
  if (canonical.refused.length === 0 && canonical.partial.length === 0) return canonical;
  const attributes: Attributes = Object.assign(Object.create(null), canonical.attributes);
  const keys = [...canonical.keys];
  for (const { where } of canonical.refused) {
    const value = where.attribute === undefined ? undefined : last.attributes?.[where.attribute];
    if (value === undefined) continue;
    attributes[where.attribute!] = value;
    const key = plan.keys.get(where.attribute!);
    if (key) addKeys(keys, value, key);
  }
  for (const attribute of canonical.partial) {
    const shown = scalars(attributes[attribute] ?? null);
    const before = scalars(last.sent?.[attribute] !== undefined ? last.sent[attribute] : (last.attributes?.[attribute] ?? null));
    const more = before.filter((value) => !shown.some((one) => sameValue(one, value)));
    if (more.length === 0) continue;
    attributes[attribute] = canonicalSet([...shown, ...more]);
    const key = plan.keys.get(attribute);
    if (key) addKeys(keys, more, key);
  }
  const name = canonical.nameRefused ? last.name : canonical.name;
  return { ...canonical, attributes, text: imageText(attributes), keys, name };
}

/** Adds the lookup keys of a value. */
export function addKeys(keys: StagedKey[], value: Value, key: { readonly scope: string; readonly matching: Matching }): void {
  for (const scalar of scalars(value)) keys.push({ scope: key.scope, norm: normalForm(scalar, key.matching) });
}

/** Names that are DNs compare as DNs; any other name as it is. */
export function nameKeys(name: string | null): { nameKey: string | null; parentKey: string | null } {
  if (name === null) return { nameKey: null, parentKey: null };
  const normal = name.includes('=') ? normalDn(name) : null;
  if (normal === null) return { nameKey: name, parentKey: null };
  const parent = parentDn(name);
  return { nameKey: normal, parentKey: parent ? normalDn(parent) : null };
}

/** A reference key as it is compared: an anchor exactly, a name as a DN where it is one, a value by its attribute's matching rule. */
export function referenceKey(scalar: Scalar, by: ReferenceBy['by'], matching: Matching): string {
  if (by === 'anchor') return String(scalar);
  if (by === 'name') return nameKeys(String(scalar)).nameKey!;
  return normalForm(scalar, matching);
}

/** The texts only where one of them is not its key. */
export function edgeList(values: readonly Scalar[], key: (scalar: Scalar) => string): EdgeList {
  const keys: string[] = [];
  let texts: string[] | null = null;
  for (const value of values) {
    const one = key(value);
    const text = String(value);
    if (one !== text) texts ??= [...keys];
    keys.push(one);
    texts?.push(text);
  }
  return { keys, texts };
}

function checkNumber(raw: number | boolean | null): Value {
  if (typeof raw === 'number' && !(Number.isFinite(raw) && Math.abs(raw) <= 2 ** 53))
    throw new RollcallError('invalidValue', 'the number is outside ±2^53', { remedy: 'have the source send it as text' });
  return raw;
}

function canonicalValue(raw: RawValue, blobs: { hash: string; bytes: Uint8Array }[]): Value {
  if (!Array.isArray(raw)) return scalarOf(raw as Scalar | Uint8Array, blobs);
  if (raw.length === 0) return null;
  const before = blobs.length;
  try {
    return canonicalSet((raw as readonly (Scalar | Uint8Array)[]).map((item) => scalarOf(item, blobs)));
  } catch (error) {
    // Nobody will refer to the bytes beside a value that was refused.
    blobs.length = before;
    throw error;
  }
}

/** Guards what comes from outside the types too: a list in a list, an object, nothing at all. */
function scalarOf(raw: Scalar | Uint8Array, blobs: { hash: string; bytes: Uint8Array }[]): Scalar {
  if (typeof raw === 'string') return checkText(raw);
  if (typeof raw === 'number' || typeof raw === 'boolean') return checkNumber(raw) as Scalar;
  if (raw instanceof Uint8Array) {
    const hash = sha256Hex(raw);
    blobs.push({ hash, bytes: raw });
    return { blob: hash, size: raw.length };
  }
  if (isBlob(raw)) return raw;
  throw new RollcallError('invalidValue', 'the value is neither text nor number, boolean or bytes', {
    remedy: 'have the source send plain values, or a list of them',
  });
}

/** The digests of a staged object. */
export function digestsOf(
  digester: Digester,
  kind: string,
  anchor: string,
  digestText: string,
): { anchorDigest: Uint8Array; digest: Uint8Array } {
  return { anchorDigest: digester.anchor(kind, anchor), digest: digester.content(kind, anchor, digestText) };
}
