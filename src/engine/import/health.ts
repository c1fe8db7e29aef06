/**
 * Whether a read may prove that something is gone (SEMANTICS 6): of objects by counts, of attributes by how many were
 * filled. The baseline is what the last complete, healthy read saw.
 */
import { canonicalJson } from '#core/canonical';
import type { Fault } from '#core/errors';
import { grouped, nearest } from '#core/text';
import type { StageEdges } from '#store/contract';

export interface Baseline {
  readonly counts: { readonly [kind: string]: number };
  readonly filled: { readonly [kind: string]: { readonly [attribute: string]: number } };
}

export interface Outage {
  readonly kind: string;
  readonly attribute: string;
  readonly filledBefore: number;
  readonly filledNow: number;
  readonly since: number;
  /** The system lists its attributes, and this is none of them; `meant`: the nearest that it lists. */
  readonly unlisted?: { readonly meant: string | null };
}

/** What waits for a person about the reads of one connection, and what a person said; used up by the next complete read. */
export interface Outages {
  readonly attributes: readonly Outage[];
  /** `read`, or `kind.attribute`: it is right as it is. */
  readonly accepted: readonly string[];
  /** How many of each kind the newest read showed that was not believed: what an approval of it speaks of. */
  readonly shown?: Baseline['counts'];
}

/** `kind.attribute` → since when it is out. */
export type OutageTimes = Pick<ReadonlyMap<string, number>, 'get' | 'has' | 'size'>;

export function outageTimes(outages: Outages): OutageTimes {
  return new Map(outages.attributes.map((one) => [`${one.kind}.${one.attribute}`, one.since]));
}

/** Below this many objects a shrunken read is believed: half of nothing says nothing. */
const SMALL = 10;
const FILLED_ENOUGH = 50;

export function parseBaseline(text: string | null): Baseline {
  return text === null ? { counts: {}, filled: {} } : (JSON.parse(text) as Baseline);
}

export function parseOutages(text: string | null): Outages {
  return text === null ? { attributes: [], accepted: [] } : (JSON.parse(text) as Outages);
}

/** Null when nothing is out. */
export function outagesText(outages: Outages): string | null {
  const nothing = outages.attributes.length === 0 && outages.accepted.length === 0 && outages.shown === undefined;
  return nothing ? null : canonicalJson(outages);
}

/** Tally of one read, kept while objects stream by. */
export class Tally {
  readonly counts: Map<string, number>;
  readonly filled: Map<string, Map<string, number>>;

  /** Goes on from what the first part of an interrupted read showed. */
  constructor(from: Baseline = { counts: {}, filled: {} }) {
    this.counts = new Map(Object.entries(from.counts));
    this.filled = new Map(Object.entries(from.filled).map(([kind, map]) => [kind, new Map(Object.entries(map))]));
  }

  clear(): void {
    this.counts.clear();
    this.filled.clear();
  }

  /** What was refused is there, though nobody can use it: it is not empty. */
  add(
    kind: string,
    attributes: { readonly [attribute: string]: unknown },
    refused: readonly Fault[] = [],
    members: readonly StageEdges[] = [],
  ): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    let filled = this.filled.get(kind);
    if (!filled) {
      filled = new Map();
      this.filled.set(kind, filled);
    }
    for (const attribute in attributes) {
      const value = attributes[attribute];
      if (value !== null && value !== '') filled.set(attribute, (filled.get(attribute) ?? 0) + 1);
    }
    for (const { attribute, all, add } of members)
      if (((all ?? add)?.keys.length ?? 0) > 0) filled.set(attribute, (filled.get(attribute) ?? 0) + 1);
    for (const { where } of refused)
      if (where.attribute !== undefined) filled.set(where.attribute, (filled.get(where.attribute) ?? 0) + 1);
  }

  baseline(): Baseline {
    return {
      counts: Object.fromEntries(this.counts),
      filled: Object.fromEntries([...this.filled].map(([kind, map]) => [kind, Object.fromEntries(map)])),
    };
  }
}

/**
 * Why this read proves no absence, of each kind, or null when it does. A read that a person approved is measured against what was
 * shown to them: one that is smaller still is another matter.
 */
export function unhealthy(before: Baseline, now: Baseline, known: Outages): string | null {
  const approved = known.accepted.includes('read');
  const counts = approved ? (known.shown ?? {}) : before.counts;
  const last = approved ? 'the approved read' : 'the last complete read';
  const lacks: string[] = [];
  for (const [kind, was] of Object.entries(counts)) {
    const is = now.counts[kind] ?? 0;
    const far = was > 0 && (is === 0 || (was >= SMALL && is * 2 <= was));
    if (!far && !(approved && is < was)) continue;
    const by = lacks.length === 0 ? last : 'it';
    lacks.push(`${is === 0 ? `no ${kind} at all` : `${grouped(is)} of kind ${kind}`} where ${by} showed ${grouped(was)}`);
  }
  return lacks.length === 0 ? null : `it shows ${lacks.join(', and ')}`;
}

/**
 * Attributes that fell out: gone from the system's own list of attributes while they were filled, or filled in at least 50
 * objects and now empty in more than half of those.
 */
export function findOutages(
  before: Baseline,
  now: Baseline,
  listed: readonly string[] | undefined,
  known: Outages,
  at: number,
): Outage[] {
  const out: Outage[] = [];
  for (const [kind, filled] of Object.entries(before.filled)) {
    const [had, has] = [before.counts[kind] ?? 0, now.counts[kind] ?? 0];
    if (has === 0) continue;
    // Objects that are not there any more are not empty.
    const share = had > has ? has / had : 1;
    for (const [attribute, was] of Object.entries(filled)) {
      if (known.accepted.includes(`${kind}.${attribute}`) || was === 0) continue;
      const is = now.filled[kind]?.[attribute] ?? 0;
      const vanished = listed !== undefined && !listed.includes(attribute) && is === 0;
      if (!vanished && !(was >= FILLED_ENOUGH && is * 2 < Math.min(was, had) * share)) continue;
      const since = known.attributes.find((o) => o.kind === kind && o.attribute === attribute)?.since ?? at;
      const unlisted = vanished ? { unlisted: { meant: nearest(attribute, listed) } } : {};
      out.push({ kind, attribute, filledBefore: was, filledNow: is, since, ...unlisted });
    }
  }
  return out;
}

/** The baseline to keep: an attribute that is out keeps the count it is compared with. */
export function nextBaseline(before: Baseline, now: Baseline, outages: readonly Outage[]): Baseline {
  const filled: { [kind: string]: { [attribute: string]: number } } = {};
  for (const [kind, map] of Object.entries(now.filled)) filled[kind] = { ...map };
  for (const outage of outages) {
    filled[outage.kind] ??= {};
    filled[outage.kind]![outage.attribute] = before.filled[outage.kind]![outage.attribute]!;
  }
  return { counts: now.counts, filled };
}
