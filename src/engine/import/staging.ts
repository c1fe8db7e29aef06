/** One object as read → one row to stage: canonical image, edges, lookup keys, digests. */
import type { RawValue, ReadObject } from '#connectors/contract';
import { canonicalSet, imageText } from '#core/canonical';
import type { Digester } from '#core/digest';
import { sha256Hex } from '#core/digest';
import { normalDn, parentDn } from '#core/dn';
import { RollcallError } from '#core/errors';
import { normalForm } from '#core/matching';
import { checkText } from '#core/text';
import type { Attributes, Matching, Scalar, Value } from '#core/values';
import type { ReferenceBy } from '#rules/model';
import type { EdgeKey, StagedKey, StageEdges } from '#store/contract';

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
}

export interface Canonical {
  readonly attributes: Attributes;
  readonly text: string;
  /** Text the content digest is taken over: the image and the edges kept out of it. */
  readonly digestText: string;
  readonly edges: readonly StageEdges[];
  readonly keys: readonly StagedKey[];
  readonly name: string | null;
  readonly nameKey: string | null;
  readonly parentKey: string | null;
  readonly blobs: readonly { readonly hash: string; readonly bytes: Uint8Array }[];
}

/** Whether objects of this kind have attributes that are kept as edges, outside the image. */
export function hasMultiEdges(plan: StagingPlan, kind: string): boolean {
  for (const edge of plan.edges.values()) if (edge.multi && edge.kinds.has(kind)) return true;
  return false;
}

const NO_EDGES: readonly StageEdges[] = [];
const NO_KEYS: readonly StagedKey[] = [];
const NO_BLOBS: readonly { readonly hash: string; readonly bytes: Uint8Array }[] = [];

/** Throws invalidValue naming the attribute. */
export function canonicalise(object: ReadObject, plan: StagingPlan): Canonical {
  const attributes: Attributes = Object.create(null);
  let blobs: { hash: string; bytes: Uint8Array }[] | null = null;
  let edges: StageEdges[] | null = null;
  let keys: StagedKey[] | null = null;
  let edgeText = '';
  for (const attribute in object.attributes) {
    const raw = object.attributes[attribute]!;
    const edge = plan.edges.get(attribute);
    let value: Value;
    if (typeof raw === 'string') value = scalarText(raw, attribute);
    else if (raw === null || typeof raw === 'number' || typeof raw === 'boolean') value = checkNumber(raw, attribute);
    else {
      blobs ??= [];
      value = canonicalValue(raw, attribute, blobs);
    }
    if (edge) {
      const list = edgeKeys(value, edge.key);
      const partial = object.partial?.includes(attribute) === true;
      edges ??= [];
      edges.push(partial ? { attribute, add: list } : { attribute, all: list });
      if (edge.multi) {
        edgeText += `\u001f${attribute}\u001e${list.map((k) => k.text).join('\u001e')}`;
        continue;
      }
    }
    attributes[attribute] = value;
    const key = plan.keys.get(attribute);
    if (key) {
      keys ??= [];
      for (const scalar of value === null ? [] : Array.isArray(value) ? value : [value as Scalar])
        keys.push({ scope: key.scope, norm: normalForm(scalar, key.matching) });
    }
  }
  const name = object.name === undefined ? null : scalarText(object.name, 'name');
  for (const [attribute, edge] of plan.edges) {
    // A single reference that is not there refers to nothing: its old edge goes.
    if (!edge.multi && edge.kinds.has(object.kind) && attributes[attribute] === undefined) {
      edges ??= [];
      edges.push({ attribute, all: [] });
    }
  }
  const text = imageText(attributes);
  return {
    attributes,
    text,
    digestText: name === null && edgeText === '' ? text : `${text}\u001d${name ?? ''}${edgeText}`,
    edges: edges ?? NO_EDGES,
    keys: keys ?? NO_KEYS,
    name,
    ...nameKeys(name),
    blobs: blobs ?? NO_BLOBS,
  };
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

function edgeKeys(value: Value, key: (scalar: Scalar) => string): readonly EdgeKey[] {
  if (value === null) return [];
  const list = Array.isArray(value) ? (value as readonly Scalar[]) : [value as Scalar];
  return list.map((scalar) => {
    return { key: key(scalar), text: String(scalar) };
  });
}

function scalarText(text: string, attribute: string): string {
  try {
    return checkText(text);
  } catch (error) {
    throw new RollcallError('invalidValue', error instanceof Error ? error.message : String(error), { where: { attribute } });
  }
}

function checkNumber(raw: number | boolean | null, attribute: string): Value {
  if (typeof raw === 'number' && !(Number.isFinite(raw) && Math.abs(raw) <= 2 ** 53))
    throw new RollcallError('invalidValue', 'the number is outside ±2^53; send it as text', { where: { attribute } });
  return raw;
}

function canonicalValue(raw: RawValue, attribute: string, blobs: { hash: string; bytes: Uint8Array }[]): Value {
  if (raw instanceof Uint8Array) {
    const hash = sha256Hex(raw);
    blobs.push({ hash, bytes: raw });
    return { blob: hash, size: raw.length };
  }
  if (Array.isArray(raw)) {
    if (raw.length === 0) return null;
    const list = (raw as readonly RawValue[]).map((item) => {
      const value = canonicalValue(item, attribute, blobs);
      if (value === null || Array.isArray(value))
        throw new RollcallError('invalidValue', 'a list inside a list', { where: { attribute } });
      return value as Scalar;
    });
    return canonicalSet(list);
  }
  if (typeof raw === 'string') return scalarText(raw, attribute);
  if (raw === null || typeof raw === 'number' || typeof raw === 'boolean') return checkNumber(raw, attribute);
  return raw as Scalar;
}

/** Digest pair of a staged object. */
export function digestsOf(
  digester: Digester,
  kind: string,
  anchor: string,
  digestText: string,
): { anchorDigest: Uint8Array; digest: Uint8Array } {
  return { anchorDigest: digester.anchor(kind, anchor), digest: digester.content(kind, anchor, digestText) };
}
