/**
 * Who refers by name to an object that changes its name or goes: a directory may mend such references without a word in its changes
 * (OpenLDAP's refint, links in Active Directory). They are looked up whole, so that a name that somebody else gets later brings nobody
 * memberships.
 */
import type { Change, ReadObject } from '#connectors/contract';
import { toFault } from '#core/errors';
import type { StagedId, StagedRow } from '#store/contract';
import { type EngineConnection, type EngineContext, saveState } from '../context.ts';
import { OF_ALL } from './moving.ts';
import { nameKeys } from './staging.ts';

/** Looked up in one read; of more, a full read is cheaper. */
const MOST = 1_000;
/** Look-ups on their way at a time. */
const LOOKUPS = 8;

/** There are too many to look up: only a full read shows them all, before anything is worked out. */
export class ReadInFull extends Error {}

export interface Referring {
  /** As they are now, those that refer to old names of `entries`. Throws ReadInFull before anything of them is staged. */
  of(
    entries: readonly (ReadObject | Change)[],
    rowOf: (entry: ReadObject | Change) => StagedRow | undefined,
  ): Promise<readonly ReadObject[]>;
}

/** Null where nobody can be looked up, or nothing refers by name. */
export function createReferring(context: EngineContext, connection: EngineConnection): Referring | null {
  const { read, lookup } = context.open(connection);
  const attributes = namedIn(connection);
  if (read?.deltas !== true || lookup === undefined || attributes.size === 0) return null;
  const { spaces } = context.store;
  const asked = new Set<StagedId>();

  /** Of those not asked yet. */
  async function holders(keys: readonly string[]): Promise<readonly StagedId[]> {
    const found = new Set<StagedId>();
    for (let after = 0; ; ) {
      const page = await spaces.edgesTo(connection.name, keys, { after, limit: MOST });
      for (const edge of page) if (attributes.has(edge.attribute) && !asked.has(edge.stagedId)) found.add(edge.stagedId);
      if (page.length < MOST || asked.size + found.size > MOST) return [...found];
      after = page[page.length - 1]!.stagedId;
    }
  }

  async function look({ id, kind, anchor }: StagedRow): Promise<readonly ReadObject[]> {
    try {
      return anchor === null ? [] : await lookup!({ anchor }, kind);
    } catch (error) {
      const fault = toFault(error, { connection: connection.name, object: anchor! });
      if (OF_ALL.has(fault.kind)) throw error;
      context.fault(fault, { subject: 'staged', id });
      return [];
    }
  }

  return {
    async of(entries, rowOf) {
      const keys = [...new Set(entries.flatMap((entry) => oldKey(entry, rowOf(entry)) ?? []))];
      if (keys.length === 0) return [];
      const ids = await holders(keys);
      if (asked.size + ids.length > MOST) {
        // branch: retries: more refer to a name that is gone than are looked up, and all is read
        // Whatever happens to this run: names that are staged show no second time that they are new.
        await saveState(context, connection.name, { cursor: null });
        throw new ReadInFull();
      }
      for (const id of ids) asked.add(id);
      const told = new Set(entries.filter(({ op }) => op === undefined || op === 'put').map((entry) => rowOf(entry)?.id));
      const rows = (await spaces.byIds(ids)).filter((row) => !told.has(row.id) && row.presence !== 'gone');
      const out: ReadObject[] = [];
      for (let i = 0; i < rows.length; i += LOOKUPS) {
        context.signal.throwIfAborted();
        out.push(...(await Promise.all(rows.slice(i, i + LOOKUPS).map(look))).flat());
      }
      return out;
    },
  };
}

/** Attributes that refer to objects of this connection by name. */
function namedIn(connection: EngineConnection): ReadonlySet<string> {
  const out = new Set<string>();
  for (const { edges } of connection.imports.values())
    for (const { attribute, reference } of edges)
      if (reference.by === 'name' && reference.connection === connection.name) out.add(attribute);
  for (const { flows } of connection.exports.values())
    for (const { attribute, reference } of flows) if (reference?.by === 'name') out.add(attribute);
  return out;
}

/** Of the name that it had, and has no more. What we deleted is gone by now: who refers to it, the system may have changed since. */
function oldKey(entry: ReadObject | Change, row: StagedRow | undefined): string | null {
  const before = row === undefined ? null : nameKeys(row.name).nameKey;
  if (before === null || entry.op === 'delete') return before;
  return entry.name === undefined || nameKeys(entry.name).nameKey === before ? null : before;
}
