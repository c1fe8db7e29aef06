/** What waits at a connection for an approval: its first plan, or the changes a tripped gate holds. */
import { z } from 'zod';
import { parseImage } from '#core/canonical';
import { printed } from '#core/generated';
import { formatInstant } from '#core/time';
import type { Value } from '#core/values';
import { named, namesOf, pending, type Waiting } from '#decisions/approve';
import { sizeOf } from '#decisions/change';
import { withLabels } from '#people/label';
import type { Services } from '#runs/model';
import { endingsOf, undiscarded, wantedMembers } from '#runs/reasons';
import { type Operation, versioned } from './operation.ts';
import { instant, values } from './shapes.ts';
import { sightOf, without } from './shown.ts';
import { effectOf, endsAccount, PLACE, pageOf, type WaitingRow } from './waiting-page.ts';
import { type Asker, whoShape } from './who.ts';

export interface WaitingInput {
  /** Connection, or id of a hold. */
  readonly target: string;
  /** Accounts chosen, as they are listed; empty = all. */
  readonly only: readonly string[];
  /** From the `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly who: Asker;
}
export interface WaitingChange {
  /** How `--only` names it. */
  readonly account: string;
  /** Null where its system has not chosen one yet. */
  readonly anchor: string | null;
  readonly person: number | null;
  readonly label: string;
  readonly operation: 'create' | 'update' | 'delete';
  /** An update that takes away the right to sign in, or gives it back. */
  readonly effect: 'disable' | 'enable' | null;
  /** Why the account ends; null where it does not. */
  readonly ending: string | null;
  readonly before: { readonly [attribute: string]: unknown } | null;
  readonly after: { readonly [attribute: string]: unknown } | null;
}
export interface WaitingOutput {
  readonly connection: string;
  readonly what: 'firstPlan' | 'gate';
  readonly digest: string;
  readonly total: number;
  /** Changes that wait and were not chosen. */
  readonly left: number;
  readonly create: number;
  /** Without those that disable or enable. */
  readonly update: number;
  readonly disable: number;
  readonly enable: number;
  readonly delete: number;
  /** A disabled account is deleted so long after, in days; null where it is not. */
  readonly deleteAfterDays: number | null;
  readonly memberships: number;
  /** Of the groups to create: they follow with their creation. */
  readonly newMembers: number;
  readonly holds: readonly {
    readonly id: number;
    readonly part: string;
    /** Changes that it keeps now. */
    readonly count: number;
    /** When the gate tripped: with what had been sent in the 24 hours before. */
    readonly firstCount: number;
    /** Of the same kind, sent there in the last 24 hours: the limit is for both. */
    readonly sent: number;
    readonly limit: number;
    readonly since: string;
  }[];
  /** Groups whose memberships change; counted in `total`, one by one. `limit` of them. */
  readonly members: readonly {
    readonly account: string;
    readonly add: number;
    readonly remove: number;
  }[];
  /** Accounts whose link would end, and who decided so; `limit` of them. */
  readonly links: readonly { readonly account: string; readonly by: string; readonly reason: string }[];
  /** Changes of accounts: those that delete and disable first, a thousand at most; `limit` of the others. */
  readonly changes: readonly WaitingChange[];
  /** Changes that come after this page, and those of them that delete or disable. */
  readonly more: number;
  readonly moreEnding: number;
  /** `after` of the next page, which goes on with each of the lists; null = that was all. */
  readonly next: string | null;
}

export const waiting: Operation<WaitingInput, WaitingOutput> = {
  name: 'waiting',
  permission: 'decisions.read',
  input: z.object({
    target: z.string().min(1),
    only: z.array(z.string().min(1)).default([]),
    after: z.string().regex(PLACE, 'must be the next of the page before').optional(),
    limit: z.int().min(1).max(10_000).default(20),
    who: whoShape.default(null),
  }),
  output: versioned<WaitingOutput>('waiting', {
    connection: z.string(),
    what: z.enum(['firstPlan', 'gate']),
    digest: z.string(),
    total: z.number(),
    left: z.number(),
    create: z.number(),
    update: z.number(),
    disable: z.number(),
    enable: z.number(),
    delete: z.number(),
    deleteAfterDays: z.number().nullable(),
    memberships: z.number(),
    newMembers: z.number(),
    holds: z.array(
      z.object({
        id: z.number(),
        part: z.string(),
        count: z.number(),
        firstCount: z.number(),
        sent: z.number(),
        limit: z.number(),
        since: instant,
      }),
    ),
    members: z.array(z.object({ account: z.string(), add: z.number(), remove: z.number() })),
    links: z.array(z.object({ account: z.string(), by: z.string(), reason: z.string() })),
    changes: z.array(
      z.object({
        account: z.string(),
        anchor: z.string().nullable(),
        person: z.number().nullable(),
        label: z.string(),
        operation: z.enum(['create', 'update', 'delete']),
        effect: z.enum(['disable', 'enable']).nullable(),
        ending: z.string().nullable(),
        before: values.nullable(),
        after: values.nullable(),
      }),
    ),
    more: z.number(),
    moreEnding: z.number(),
    next: z.string().nullable(),
  }),
  async run({ target, only, after: from, limit, who }, session) {
    // Shown before it is decided, so the store is opened for writing at once: the decision follows in the same session.
    const services = await session.services('write');
    const all = await pending(target, services);
    // The digest is of all that waits: what is decided is measured against it.
    const found: Waiting = { ...all, ...named(all, only) };
    const { rows: shown, members, links, ...page } = pageOf(found, from ?? null, limit);
    const sight = sightOf(who, services);
    const labels = await sight.labels(shown.flatMap((row) => (row.objectId === null ? [] : [row.objectId])));
    const { kinds } = services.config;
    const endings = await endingsOf(
      shown.filter(endsAccount).flatMap((row) => (row.objectId === null ? [] : [row.objectId])),
      services.store,
      services.config,
    );
    const images = shown.map((row) => {
      const isHidden = sight.account({ ...row, object: row.objectId });
      const image = imagesOf(row);
      return { before: without(image.before, isHidden), after: without(image.after, isHidden) };
    });
    const before = await withLabels(
      images.map((one) => one.before),
      kinds,
      sight.labels,
    );
    const after = await withLabels(
      images.map((one) => one.after),
      kinds,
      sight.labels,
    );
    const counts = await services.store.exports.gateCounts(found.connection, services.wall() - DAY_MS);
    const sent = new Map(counts.map((one) => [one.part, one.sent]));
    return {
      connection: found.connection,
      what: found.what,
      digest: found.digest,
      total: sizeOf(found),
      left: sizeOf(all) - sizeOf(found),
      ...countsOf(found.rows),
      deleteAfterDays: deleteAfter(found, services),
      memberships: found.members.length,
      newMembers: await newMembers(found.rows, services),
      holds: found.holds.map(({ id, part, waits, count: firstCount, limit: most, since }) => ({
        id,
        part,
        count: waits,
        firstCount,
        sent: sent.get(part) ?? 0,
        limit: most,
        since: formatInstant(since),
      })),
      members: members.map((edges) => groupOf(edges, found)),
      links: links.map(({ stagedId, by, reason }) => ({ account: linkedName(found, stagedId!), by, reason })),
      changes: shown.map((row, i) => ({ ...change(row, labels, endings), before: before[i]!, after: after[i]! })),
      ...page,
    };
  },
};

async function newMembers(rows: readonly WaitingRow[], { config, store }: Services): Promise<number> {
  let sum = 0;
  for (const row of rows) sum += (await wantedMembers(row, config, store)) ?? 0;
  return sum;
}

function groupOf(edges: Waiting['members'], { groups }: Waiting): WaitingOutput['members'][number] {
  const id = edges[0]!.stagedId;
  const group = groups.get(id);
  const add = edges.filter((edge) => edge.state === 'add').length;
  return { account: (group && namesOf(group)[0]) ?? `#${id}`, add, remove: edges.length - add };
}

function linkedName({ linked }: Waiting, id: number): string {
  const row = linked.get(id);
  return (row && namesOf(row)[0]) ?? `#${id}`;
}

const DAY_MS = 86_400_000;

function countsOf(rows: readonly WaitingRow[]): Pick<WaitingOutput, 'create' | 'update' | 'disable' | 'enable' | 'delete'> {
  const counts = { create: 0, update: 0, disable: 0, enable: 0, delete: 0 };
  for (const row of rows) counts[effectOf(row) ?? row.export!.operation] += 1;
  return counts;
}

function deleteAfter({ connection, rows }: Waiting, { config }: Services): number | null {
  const rules = config.connections.find((one) => one.name === connection)?.exports.values() ?? [];
  const kinds = new Set(rows.flatMap((row) => (effectOf(row) === 'disable' ? [row.kind] : [])));
  const days = [...rules].flatMap(({ to, deprovision }) =>
    kinds.has(to) && deprovision.then === 'delete' ? [deprovision.afterMs / DAY_MS] : [],
  );
  return days.length === 0 ? null : Math.min(...days);
}

function change(
  row: WaitingRow,
  labels: ReadonlyMap<number, string>,
  endings: ReadonlyMap<number, string>,
): Omit<WaitingChange, 'before' | 'after'> {
  const account = namesOf(row)[0] ?? `#${row.id}`;
  const label = (row.objectId === null ? undefined : labels.get(row.objectId)) ?? account;
  const ending = endsAccount(row) ? (endings.get(row.objectId ?? 0) ?? 'it belongs to nobody') : null;
  return {
    account,
    anchor: row.anchor,
    person: row.objectId,
    label,
    operation: row.export!.operation,
    effect: effectOf(row),
    ending,
  };
}

function imagesOf(row: WaitingRow): { before: Values | null; after: Values | null } {
  const seen = row.seen === null ? null : parseImage(row.seen);
  const left = undiscarded(row);
  const after = left?.wanted ? printed(left.wanted) : null;
  if (row.export!.operation !== 'update') return { before: seen, after };
  // As a plan says it: an account that gets another name is approved with that name.
  const name = left?.name ?? null;
  const renamed = (is: string | null): Values => (name === null ? {} : { '(name)': is });
  return {
    before: seen === null || after === null ? seen : { ...among(seen, after), ...renamed(row.name) },
    after: after && { ...after, ...renamed(name) },
  };
}

type Values = { readonly [attribute: string]: Value };

/** An update says only what it changes; the other attributes of the account stay and are not shown. */
function among<T extends object>(all: T, named: object): T {
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(named, name))) as T;
}
